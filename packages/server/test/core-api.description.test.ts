// The API's own description, and the shape of its refusals.
import { ERRORS } from '@ngtb/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DOORS,
  expectRefusal,
  goodBody,
  keyFor,
  knock,
  LEGACY_DOORS,
  PERSON_DOORS,
  pathOf,
  smallWorld,
  titled,
  type World,
} from './support/doors.ts'

let w: World
// biome-ignore lint/suspicious/noExplicitAny: a document of many shapes
let api: any
beforeAll(async () => {
  w = await smallWorld()
  api = (await w.t.call('webui', 'GET', '/openapi.json')).body
})
afterAll(() => w.t.stop())

const braced = (path: string) => path.replace(/:(\w+)/g, '{$1}')

describe('OpenAPI', () => {
  test('is 3.1, served without a key', () => {
    expect(api.openapi).toMatch(/^3\.1\./)
    expect(api.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
  })
  test.each(titled([...DOORS, ...LEGACY_DOORS, ...PERSON_DOORS]))('%s is in it', (_, { port, endpoint }) => {
    const operation = api.paths[braced(endpoint.path)]?.[endpoint.method.toLowerCase()]
    expect(operation, port).toBeDefined()
    expect(operation.summary).toBe(endpoint.summary)
    expect(Boolean(operation.requestBody)).toBe(Boolean(endpoint.body))
    const named = [...braced(endpoint.path).matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = (operation.parameters ?? []).filter(
      (parameter: { in: string }) => parameter.in === 'path',
    )
    expect(declared.map(({ name }: { name: string }) => name).sort()).toEqual(named.sort())
    for (const parameter of declared) expect(parameter.required).toBe(true)
    for (const status of Object.keys(operation.responses))
      expect(status).toMatch(/^([1-5]\d\d|[1-5]XX|default)$/)
    for (const need of operation.security)
      for (const scheme of Object.keys(need)) expect(api.components.securitySchemes).toHaveProperty(scheme)
  })
  test('names every operation once, and nothing that is not served', () => {
    const served = new Set(
      [...DOORS, ...LEGACY_DOORS, ...PERSON_DOORS].map(
        ({ endpoint }) => `${endpoint.method.toLowerCase()} ${braced(endpoint.path)}`,
      ),
    )
    const ids: string[] = []
    for (const [path, methods] of Object.entries<Record<string, { operationId: string }>>(api.paths))
      for (const [method, { operationId }] of Object.entries(methods)) {
        expect(served).toContain(`${method} ${path}`)
        ids.push(operationId)
      }
    expect(new Set(ids).size).toBe(ids.length)
  })
  test('every reference leads somewhere', () => {
    for (const [, ref] of JSON.stringify(api).matchAll(/"\$ref":"#\/([^"]+)"/g))
      expect(
        ref?.split('/').reduce((at, name) => at?.[name], api),
        ref,
      ).toBeDefined()
  })
})

const answering = DOORS.filter(({ endpoint }) => endpoint.reply && !endpoint.path.includes('cancel'))
test.each(titled(answering))('%s answers with a status and the fields that it says', async (_, door) => {
  const key = keyFor(door, w.a, w.admin)
  const answer = await knock(w.t, door, pathOf(door, w.a), { key, body: goodBody(door, w.a) })
  expect(answer.status, answer.text).toBe(door.endpoint.creates ? 201 : 200)
  const operation = api.paths[braced(door.endpoint.path)][door.endpoint.method.toLowerCase()]
  const schema = operation.responses[answer.status].content['application/json'].schema
  // The document holds the very schemas; a field that it does not know, or that is missing, is found here.
  const same = (
    value: unknown,
    type: {
      properties?: Record<string, unknown>
      items?: unknown
      required?: string[]
      additionalProperties?: boolean
    },
    at: string,
  ) => {
    if (Array.isArray(value)) for (const item of value) same(item, (type.items ?? {}) as never, `${at}[]`)
    else if (typeof value === 'object' && value !== null && type.properties) {
      for (const name of type.required ?? []) expect(value, `${at}.${name}`).toHaveProperty(name)
      for (const [name, inner] of Object.entries(value)) {
        // A command is flat: the fields of its payload stand beside its own.
        if (type.additionalProperties !== true) expect(Object.keys(type.properties), at).toContain(name)
        same(inner, (type.properties[name] ?? {}) as never, `${at}.${name}`)
      }
    }
  }
  same(answer.body, schema, door.name)
})

describe('refusals', () => {
  test('under /api/v1: problem+json with code, hint and the request_id of the header', async () => {
    const answer = await w.t.call('webui', 'GET', '/api/v1/accounts')
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.body).toEqual({
      type: `urn:ngtb:error:${ERRORS.NGTB_KEY_MISSING.number}`,
      title: ERRORS.NGTB_KEY_MISSING.title,
      status: 401,
      detail: expect.any(String),
      code: 'NGTB_KEY_MISSING',
      hint: ERRORS.NGTB_KEY_MISSING.hint,
      request_id: answer.headers['x-request-id'],
    })
  })
  test('elsewhere: {status, error, message}', async () => {
    const answer = await w.t.call('command', 'POST', '/api/heartbeat', { body: { account: 4242 } })
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(answer.body).toEqual({
      status: 'error',
      error: 'NGTB_EA_KEY_MISSING',
      message: expect.stringContaining(ERRORS.NGTB_EA_KEY_MISSING.hint),
      request_id: answer.headers['x-request-id'],
    })
  })
  test('nothing is cached', async () => {
    for (const { headers } of [
      await w.t.call('webui', 'GET', '/health'),
      await w.t.call('webui', 'GET', '/api/v1/accounts'),
    ])
      expect(headers['cache-control']).toBe('no-store')
  })
  test('numbers and codes of the catalogue are unique', () => {
    const numbers = Object.values(ERRORS).map(({ number }) => number)
    expect(new Set(numbers).size).toBe(numbers.length)
  })
  test('/ws without an upgrade says what it is', async () => {
    const answer = await knock(
      w.t,
      { port: 'webui', name: 'ws', endpoint: { method: 'GET', path: '/ws', summary: '', access: 'open' } },
      '/ws',
      { key: w.admin },
    )
    expectRefusal(answer, '/ws')
    expect(answer.body.message).toContain('ws://')
  })
  test('9905 carries the headers of a careful page', async () => {
    const { headers, status } = await w.t.call('webui', 'GET', '/')
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toContain("default-src 'self'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  })
})
