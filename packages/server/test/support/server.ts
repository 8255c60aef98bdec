// A server for a test: the real one, on a fresh database, entered by `inject` or, listening, by its ports.
import { randomUUID } from 'node:crypto'
import type { Tracer } from '@opentelemetry/api'
import { inject } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import type { openBell } from '../../src/open-bell.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { systemIds } from '../../src/platform/ids.ts'
import { silentLog } from '../../src/platform/log.ts'
import { systemTimers } from '../../src/platform/timers.ts'
import type { Clock, Log, PortName, Store, Timers } from '../../src/ports.ts'
import { createServer, type Server } from '../../src/server.ts'
import { APP_ROLE } from '../../src/storage/postgres/roles.ts'
import type { AppRole } from '../../src/storage/postgres/session.ts'
import { createPostgresStore } from '../../src/storage/postgres/store.ts'
import { TEMPLATE } from './global.ts'
import { look } from './look.ts'

export interface FreshDatabase {
  readonly url: string
  drop(): Promise<void>
}

/** What the server works as, in a database of `freshDatabase`. */
export const AS_APP: AppRole = { name: APP_ROLE, schema: 'public' }

/** A migrated, empty database of its own. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const base = inject('testDatabaseUrl')
  const name = `t_${randomUUID().replaceAll('-', '')}`
  await look(base, `create database ${name} template ${TEMPLATE}`)
  const url = new URL(base)
  url.pathname = `/${name}`
  return {
    url: url.href,
    async drop() {
      await look(base, `drop database if exists ${name} with (force)`)
    },
  }
}

export interface TestServer {
  readonly server: Server
  readonly store: Store
  readonly config: Config
  readonly database_url: string
  /** One request through a door, without a socket. */
  call(
    plane: PortName,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    options?: CallOptions,
  ): Promise<Answer>
  /** Enrols an EA; answers its key. */
  enrol(login: number | string, hello?: Record<string, unknown>): Promise<string>
  /** A management key, unbound unless `login` is given. */
  key(scopes: string[], login?: string): Promise<string>
  stop(): Promise<void>
}

export interface CallOptions {
  key?: string
  body?: unknown
  headers?: Record<string, string>
}

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  readonly body: any
  readonly headers: Record<string, unknown>
}

export async function testServer(
  options: {
    env?: Record<string, string>
    clock?: Clock
    timers?: Timers
    /** By which alerts are looked for; left out: they are not, and write nothing into what a test compares. */
    hornTimers?: Timers
    log?: Log
    database?: FreshDatabase
    listen?: boolean
    tracer?: Tracer
    /** The bell to other servers on the database; left out: there are none. */
    bell?: (parts: Parameters<typeof openBell>[0]) => ReturnType<typeof openBell>
  } = {},
): Promise<TestServer> {
  const database = options.database ?? (await freshDatabase())
  const ports = Object.fromEntries(
    ['COMMAND', 'TICKS', 'TRADES', 'LOGS', 'WEBUI'].map((name) => [`PORT_${name}`, '0']),
  )
  const config = readConfig({ ...ports, ...options.env })
  const store = createPostgresStore({ url: database.url, role: AS_APP, onError: () => {} })
  const log = options.log ?? silentLog
  const timers = options.timers ?? systemTimers
  const bell = await options.bell?.({ url: database.url, role: AS_APP, config, ids: systemIds, timers, log })
  const server = await createServer(
    {
      ...{
        ...{ store, clock: options.clock ?? systemClock(), ids: systemIds, log, timers, ...bell },
        hornTimers: options.hornTimers ?? { after: () => ({ cancel() {} }) },
      },
      ...(options.tracer && { tracer: options.tracer }),
    },
    config,
  )
  await server.start()
  const call: TestServer['call'] = async (plane, method, path, { key, body, headers = {} } = {}) => {
    const answer = await planeOf(server, plane).inject({
      method,
      url: path,
      headers: {
        host: '127.0.0.1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: answer.statusCode, body: parse(answer.body), headers: answer.headers }
  }
  return {
    server,
    store,
    config,
    database_url: database.url,
    call,
    async enrol(login, hello = {}) {
      const { body } = await call('command', 'POST', '/api/connect', {
        body: { account: login, broker: 'Test', platform: 'MT5', ...hello },
      })
      return body.api_key
    },
    async key(scopes, login) {
      const desk = login === undefined ? null : await server.services.desks.byNumber(login)
      const { api_key } = await server.services.keys.create(
        { account_id: desk?.account_id ?? null, scopes: scopes as never, label: 'test' },
        'test',
      )
      return api_key
    },
    async stop() {
      await server.stop()
      await store.close()
      await database.drop()
    },
  }
}

/** A door that lives in the test's own thread, as all of `testServer` do. */
export function planeOf(server: Server, name: PortName) {
  const plane = server.planes[name]
  if (!plane) throw new Error(`the door ${name} lives in a thread of its own`)
  return plane
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
