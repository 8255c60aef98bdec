// The headers that tell a browser what not to do with what we send. They are the same for each reply, so they are made
// once: to make them anew for each costs as much as to find who asked.
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import helmet from 'helmet'

/** @param tls the plane is reached by TLS: browsers are told to stay with it */
export function securityHeaders(app: FastifyInstance, tls: boolean): void {
  const headers = made(tls)
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
}

function made(tls: boolean): Record<string, string> {
  const request = new IncomingMessage(new Socket())
  const reply = new ServerResponse(request)
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: tls ? { maxAge: 31_536_000, includeSubDomains: true } : false,
  })(request, reply, (error) => {
    if (error) throw error
  })
  return reply.getHeaders() as Record<string, string>
}
