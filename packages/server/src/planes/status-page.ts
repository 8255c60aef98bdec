// A small page on 9905 until the dashboard comes: what /api/system/status says, for a person.
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

const asset = (name: string) => readFileSync(new URL(`./status-page/${name}`, import.meta.url), 'utf8')

export function statusPage(app: FastifyInstance): void {
  const files = {
    '/': ['page.html', 'text/html; charset=utf-8'],
    '/page.css': ['page.css', 'text/css; charset=utf-8'],
    '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  } as const
  for (const [path, [name, type]] of Object.entries(files)) {
    const content = asset(name)
    app.get(path, (_request, reply) => reply.type(type).send(content))
  }
}
