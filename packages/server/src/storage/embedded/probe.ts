// The knock on the door: a real connection, since only that says whether PostgreSQL serves.
//
//   E1. The answer "ready" carries the settings the server shows, not those it was given.

import pg from 'pg'
import { errorCode, sentenceOf } from './files.ts'
import { DURABLE, unsafeSettings } from './settings.ts'

export const USER = 'ngtb'
export const DATABASE = 'ngtb'

export type Answer =
  | { kind: 'ready'; unsafe: string[] }
  /** It answers, and asks to wait: starting, recovering, shutting down, or full. */
  | { kind: 'busy'; message: string }
  | { kind: 'no_database' }
  | { kind: 'password_refused' }
  | { kind: 'silent'; message: string }

export function urlOf(password: string, port: number): string {
  // The password is base64url: nothing in it needs escaping.
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`
}

export async function probe(port: number, password: string): Promise<Answer> {
  try {
    const shown = await withClient(port, password, DATABASE, async (client) => {
      const { rows } = await client.query<{ name: string; setting: string }>(
        'select name, setting from pg_settings where name = any($1) order by name',
        [[...DURABLE]],
      )
      return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
    })
    return { kind: 'ready', unsafe: unsafeSettings(shown) }
  } catch (error) {
    return answerOf(error)
  }
}

function answerOf(error: unknown): Answer {
  const message = sentenceOf(error)
  switch (errorCode(error)) {
    case '57P03': // cannot_connect_now
    case '57P01': // admin_shutdown
    case '53300': // too_many_connections
      return { kind: 'busy', message }
    case '3D000': // invalid_catalog_name
      return { kind: 'no_database' }
    case '28P01': // invalid_password
    case '28000': // invalid_authorization_specification
      return { kind: 'password_refused' }
    default:
      return { kind: 'silent', message }
  }
}

/** Safe to repeat: a server killed in here leaves either no database or the whole of it. */
export async function createDatabase(port: number, password: string): Promise<void> {
  await withClient(port, password, 'postgres', async (client) => {
    try {
      await client.query(`create database ${DATABASE}`)
    } catch (error) {
      if (errorCode(error) !== '42P04') throw error // duplicate_database
    }
  })
}

async function withClient<T>(
  port: number,
  password: string,
  database: string,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: USER,
    password,
    database,
    ssl: false,
    application_name: 'ngtb-supervisor',
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
  })
  // A connection that breaks while idle is reported here; without a listener it would end the process.
  client.on('error', () => {})
  try {
    await client.connect()
    return await use(client)
  } finally {
    await client.end().catch(() => {})
  }
}
