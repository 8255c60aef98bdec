// Steps by hand: what a store test commits, and how it looks at the tables afterwards.

import { type Command, newCommand as freshCommand, GENESIS_HASH, newTrade } from '@ngtb/core'
import pg from 'pg'
import { systemIds } from '../../src/platform/ids.ts'
import type { Account, Store } from '../../src/ports.ts'
import { DeskState } from '../../src/services/desk-state.ts'
import { Step } from '../../src/services/step.ts'
import { createPostgresStore } from '../../src/storage/postgres/store.ts'
import { AS_APP } from './server.ts'

export const NOW = Date.UTC(2026, 10, 22, 18)

export const openStore = (url: string): Store => createPostgresStore({ url, role: AS_APP, onError: () => {} })

export async function pictureOf(store: Store, account_id: number): Promise<DeskState> {
  const loaded = await store.load(account_id)
  if (!loaded) throw new Error(`account ${account_id} is missing`)
  return new DeskState(loaded, 0)
}

/** A step on top of `state`, which then holds the step's outcome. */
export const stepOn = (state: DeskState, now = NOW): Step => new Step(state, now, systemIds)

export const newAccount = (account_id: number, account_number = String(1_000 + account_id)): Account => ({
  account_id,
  account_number,
  broker: 'Test',
  subscribed_symbols: null,
  created_at: NOW,
  version: 0,
  command_no: 0,
  audit_no: 0,
  audit_hash: GENESIS_HASH,
  commands_completed: 0,
  commands_failed: 0,
  commands_timeout: 0,
  commands_expired: 0,
  commands_cancelled: 0,
  epoch: 0,
  incarnation: 1,
  rev: 0,
  limits: null,
})

export async function addAccounts(store: Store, ...accounts: Account[]): Promise<void> {
  const step = stepOn(await pictureOf(store, 0))
  for (const account of accounts) step.createAccount(account)
  await store.commit(step.changeSet())
}

export const newCommand = (
  account_id: number,
  command_no: number,
  fields: Partial<Command> = {},
): Command => ({
  ...freshCommand({
    account_id,
    command_id: `c${command_no}`,
    command_no,
    type: 'CLOSE_ALL',
    payload: {},
    priority: 99,
    fingerprint: 'f',
    origin: 'test',
    created_at: NOW,
    expires_at: null,
    timeout_ms: 5_000,
    max_retries: 3,
    strategy_no: null,
  }),
  ...fields,
})

export const openTrade = (account_id: number, ticket: string) =>
  newTrade(
    {
      account_id,
      ticket,
      status: 'open',
      source: 'opened',
      broker_offset_min: 0,
      heard_no: 0,
      symbol: 'EURUSD',
    },
    NOW,
  )

/** One query by a connection of its own. */
export async function sql<T extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<T>(text, values)).rows
  } finally {
    await client.end()
  }
}

export const rowsIn = async (url: string, table: string): Promise<number> =>
  Number((await sql<{ n: string }>(url, `select count(*) as n from ${table}`))[0]?.n)
