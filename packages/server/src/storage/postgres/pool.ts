// Connections to PostgreSQL, and what their failures mean to a caller.
import { Refusal } from '@ngtb/protocol'
import pg from 'pg'
import { typeParsers } from './rows.ts'
import { connectionOf, type DatabaseAddress } from './session.ts'

/** Far beyond the longest page of a read. */
const READ_TIMEOUT_MS = 30_000

export interface PoolOptions extends DatabaseAddress {
  max: number
  name: string
  /** A lost idle connection is no news for a caller, but an operator wants to read of it. */
  onError(error: Error): void
}

export function createPool({ max, name, onError, ...address }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOf(address, 'synchronous_commit=on'),
    max,
    application_name: `ngtb ${name}`,
    connectionTimeoutMillis: 2_000,
    // A connection that went deaf (a partition, a frozen database) must not hold its place for ever.
    query_timeout: READ_TIMEOUT_MS,
    keepAlive: true,
    types: typeParsers(pg.types),
  })
  pool.on('error', onError)
  return pool
}

/**
 * Runs a database call; what says "the database is away" becomes a 503 (P1), everything else stays a mistake.
 * For a write the outcome is then unknown: the caller's repeat, by its own key, finds out.
 */
export async function orAway<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (isAway(error)) throw new Refusal('NGTB_DATABASE_AWAY')
    throw error
  }
}

// 08: connection · 57P: shutdown, crash, starting up · 57014: cancelled by an operator or a timeout of the database's
// own · 53: out of disk, memory, connections · 25006: a standby · E…: the network, in Node's words.
export function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  if (typeof code === 'string' && /^(08|57P|57014|53|25006|58)/.test(code)) return true
  if (typeof code === 'string' && /^E(?!RR_)[A-Z_]+$/.test(code)) return true
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Query read timeout|Cannot use a pool after/.test(
    message ?? '',
  )
}
