// The dashboard on 9905: the files that its build left, from memory; a page of one sentence where it is not built.
//
//   W1. index.html is never kept by a browser; what it names carries its content in its name, and is kept for ever.
//   W2. Nothing is compressed here: the build did it once.
//   W3. Only what the build left is served: a path is looked up in a table, never on the disk.
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Refusal } from '@ngtb/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const BUILT = fileURLToPath(new URL('../../../dashboard/dist/web/', import.meta.url))
const FOR_EVER = 'public, max-age=31536000, immutable'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

interface Asset {
  readonly type: string
  readonly plain: Buffer
  readonly gzip: Buffer | null
}

/** @param folder where the build is */
export function dashboard(app: FastifyInstance, folder: string = BUILT): void {
  const files = new Files(folder)
  app.get('/', (request, reply) => {
    const page = files.newest().get('/index.html')
    return page ? send(request, reply, page) : reply.type(TYPES['.html'] ?? '').send(NOT_BUILT)
  })
  app.get('/assets/*', (request, reply) => file(files, request, reply, FOR_EVER))
  for (const path of ['/theme.js', '/early.js', '/icon.svg'])
    app.get(path, (request, reply) => file(files, request, reply))
}

/** False: a page of one sentence is shown in its place. */
export const isDashboardBuilt = (folder: string = BUILT): boolean =>
  statSync(`${folder}/index.html`, { throwIfNoEntry: false }) !== undefined

function file(files: Files, request: FastifyRequest, reply: FastifyReply, kept?: string) {
  const path = request.url.split('?', 1)[0] ?? ''
  const asset = files.known().get(path)
  if (!asset)
    throw new Refusal(
      'NGTB_NOT_FOUND',
      `${path.slice(0, 200)} is no file of this dashboard: load the page again`,
    )
  if (kept) reply.header('cache-control', kept)
  return send(request, reply, asset)
}

function send(request: FastifyRequest, reply: FastifyReply, { type, plain, gzip }: Asset) {
  reply.type(type)
  if (gzip === null) return reply.send(plain)
  reply.header('vary', 'accept-encoding')
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return reply.send(plain)
  return reply.header('content-encoding', 'gzip').send(gzip)
}

/** What the build left, read again when it was built again. */
class Files {
  readonly #folder: string
  #built_at = 0
  #assets: ReadonlyMap<string, Asset> = new Map()

  constructor(folder: string) {
    this.#folder = folder
  }

  known(): ReadonlyMap<string, Asset> {
    return this.#assets.size > 0 ? this.#assets : this.newest()
  }

  newest(): ReadonlyMap<string, Asset> {
    const built_at = statSync(`${this.#folder}/index.html`, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (built_at !== this.#built_at) this.#assets = built_at === 0 ? new Map() : readAll(this.#folder)
    this.#built_at = built_at
    return this.#assets
  }
}

function readAll(folder: string): ReadonlyMap<string, Asset> {
  const entries: Dirent[] = readdirSync(folder, { withFileTypes: true, recursive: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      `${entry.parentPath}/${entry.name}`.slice(folder.length).replaceAll('\\', '/').replace(/^\/*/, '/'),
    )
  const there = new Set(paths)
  return new Map(
    paths
      .filter((path) => Object.hasOwn(TYPES, extname(path)))
      .map((path) => {
        const gzip = there.has(`${path}.gz`) ? readFileSync(`${folder}${path}.gz`) : null
        return [path, { type: TYPES[extname(path)] ?? '', plain: readFileSync(`${folder}${path}`), gzip }]
      }),
  )
}

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>ngTradingBot</title>
<h1>The server runs; its dashboard is not built yet</h1>
<p>In the project's folder: <code>npm run build:dashboard</code>, then load this page again. The server need not be restarted.</p>
<p>Until then: <a href="/api/system/status">status</a>, <a href="/openapi.json">description of the API</a>, <a href="/health">health</a>.</p>
</html>
`
