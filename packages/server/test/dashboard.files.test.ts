// The dashboard's files at the door (W1–W3): how long they are kept, gzip, the page of a server without a build.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Refusal } from '@ngtb/protocol'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dashboard } from '../src/planes/dashboard.ts'
import { testServer } from './support/server.ts'

const SCRIPT = 'export const told = "a script of the dashboard"'
let folder: string
let app: FastifyInstance

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ngtb-web-'))
  app = fastify()
  app.setErrorHandler((error, _, reply) => {
    const refused = error instanceof Refusal
    return reply.code(refused ? 404 : 500).send({ code: refused ? error.code : 'broken' })
  })
  dashboard(app, `${folder}/`)
})
afterEach(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

function build(page = '<title>built</title>'): void {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'assets/app-1a2b.js'), SCRIPT)
  writeFileSync(join(folder, 'assets/app-1a2b.js.gz'), gzipSync(SCRIPT))
  writeFileSync(join(folder, 'assets/font.woff2'), 'font')
  writeFileSync(join(folder, 'assets/secret.env'), 'SECRET=1')
  writeFileSync(join(folder, 'theme.js'), 'theme')
  writeFileSync(join(folder, 'outside.txt'), 'outside of assets')
  writeFileSync(join(folder, 'index.html'), page)
}
const get = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'GET', url, headers })

describe('without a build', () => {
  test('the page says the command that makes one; nothing else is there', async () => {
    const page = await get('/')
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.body).toContain('npm run build:dashboard')
    expect((await get('/assets/app-1a2b.js')).json()).toEqual({ code: 'NGTB_NOT_FOUND' })
  })

  test('a build that comes later is served without a restart', async () => {
    await get('/')
    build()
    expect((await get('/')).body).toBe('<title>built</title>')
    expect((await get('/assets/app-1a2b.js')).body).toBe(SCRIPT)
  })
})

describe('with a build', () => {
  beforeEach(() => build())

  test('W1: what carries its content in its name is kept for ever, the page and theme.js are not', async () => {
    expect((await get('/assets/app-1a2b.js')).headers['cache-control']).toBe(
      'public, max-age=31536000, immutable',
    )
    for (const path of ['/', '/theme.js']) expect((await get(path)).headers['cache-control']).toBeUndefined()
  })

  test('W2: gzip for whoever takes it, the plain file for others, and caches are told', async () => {
    const small = await get('/assets/app-1a2b.js', { 'accept-encoding': 'br, gzip' })
    expect(small.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(small.rawPayload).toString()).toBe(SCRIPT)
    const plain = await get('/assets/app-1a2b.js', { 'accept-encoding': 'br' })
    expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, SCRIPT])
    for (const { headers } of [small, plain]) {
      expect(headers.vary).toBe('accept-encoding')
      expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    }
  })

  test('what has no compressed copy goes out plain', async () => {
    const font = await get('/assets/font.woff2', { 'accept-encoding': 'gzip' })
    expect([font.headers['content-encoding'], font.headers['content-type'], font.body]).toEqual([
      undefined,
      'font/woff2',
      'font',
    ])
  })

  test.each([
    '/assets/gone-9z.js',
    '/assets/',
    '/assets/../outside.txt',
    '/assets/..%2foutside.txt',
    '/assets/%2e%2e/outside.txt',
    '/assets/app-1a2b.js.gz',
    '/assets/secret.env',
    '/outside.txt',
  ])('W3: %s is no file of it', async (path) => {
    const answer = await get(path)
    expect(answer.statusCode).toBe(404)
    expect(answer.body).not.toContain('outside of assets')
  })

  test('a newer build replaces the older one, whatever a question mark adds', async () => {
    await get('/?a=1')
    build('<title>newer</title>')
    utimesSync(join(folder, 'index.html'), new Date(4_000_000_000_000), new Date(4_000_000_000_000))
    expect((await get('/?b=2')).body).toBe('<title>newer</title>')
    expect((await get('/assets/app-1a2b.js?v=3')).body).toBe(SCRIPT)
  })
})

test('at the real door the page is never kept, writes no style of its own, and an unknown file is named', async () => {
  const t = await testServer()
  try {
    const page = await t.call('webui', 'GET', '/')
    expect(page.status).toBe(200)
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.headers['content-security-policy']).toContain("default-src 'self'")
    expect(page.headers['content-security-policy']).not.toContain('unsafe')
    const gone = await t.call('webui', 'GET', '/assets/gone-9z.js')
    expect(gone).toMatchObject({ status: 404, body: { error: 'NGTB_NOT_FOUND' } })
    expect(gone.headers['cache-control']).toBe('no-store')
  } finally {
    await t.stop()
  }
})
