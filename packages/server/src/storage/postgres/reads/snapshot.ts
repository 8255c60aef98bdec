// Reads of one moment, for the check of the whole ledger and for replay: each with a page, each by an index.
import type { Command } from '@ngtb/core'
import { toInt64 } from '@ngtb/protocol'
import type pg from 'pg'
import type { ApiKeyRow, Snapshot, StoredAudit } from '../../../ports.ts'
import { fromRow } from '../rows.ts'
import { accounts, readAccount } from './accounts.ts'
import { auditChain, tradesAmong } from './ledger.ts'
import { ordersAmong } from './orders.ts'
import { allPeople, policies } from './people.ts'

const ROWS_A_LOOK = 5_000
const OF_COMMANDS = "kind like 'command.%' and kind <> 'command.orphaned'"
const OF_TRADES = "kind like 'trade.%'"
const OF_ORDERS = "kind like 'order.%'"

/** @param client in a transaction that sees one moment */
export const snapshotOn = (client: pg.PoolClient): Snapshot => ({
  accounts: () => accounts(client),
  load: (account_id) => readAccount(client, account_id),
  keysIn: (account_id) => keysIn(client, account_id),
  allPeople: () => allPeople(client),
  allPolicies: () => policies(client),
  auditChain: (account_id, after_no, limit) => auditChain(client, account_id, after_no, limit),
  auditBySubject: (account_id, after, limit) => auditBySubject(client, account_id, after, limit),
  auditAbout: (account_id, subject, after_no, limit) =>
    auditAbout(client, account_id, subject, after_no, limit),
  commandsAmong: (account_id, command_ids) => commandsAmong(client, account_id, command_ids),
  // What is no ticket has no row, and would spoil the whole question.
  tradesAmong: (account_id, tickets) =>
    tradesAmong(
      client,
      account_id,
      tickets.filter((ticket) => toInt64(ticket) === ticket),
    ),
  ordersAmong: (account_id, tickets) =>
    ordersAmong(
      client,
      account_id,
      tickets.filter((ticket) => toInt64(ticket) === ticket),
    ),
  untold: async (account_id, limit) => ({
    commands: await untold(client, account_id, limit, 'command', 'command_id', OF_COMMANDS),
    trades: await untold(client, account_id, limit, 'trade', 'ticket', OF_TRADES),
    orders: await untold(client, account_id, limit, 'pending_order', 'ticket', OF_ORDERS),
  }),
})

async function keysIn(client: pg.PoolClient, account_id: number): Promise<ApiKeyRow[]> {
  const { rows } = await client.query(
    'select * from api_key where coalesce(account_id, 0) = $1 order by key_id',
    [account_id],
  )
  return rows.map((row) => fromRow<ApiKeyRow>(row))
}

async function auditBySubject(
  client: pg.PoolClient,
  account_id: number,
  after: Pick<StoredAudit, 'subject' | 'seq'> | null,
  limit: number,
): Promise<StoredAudit[]> {
  const { rows } = await client.query(
    `select * from audit_event
     where account_id = $1 and subject is not null and (subject, seq) > ($2, $3)
       and (kind like 'command.%' or kind like 'trade.%' or kind like 'order.%')
     order by subject, seq limit $4`,
    [account_id, after?.subject ?? '', after?.seq ?? -1, limit],
  )
  return rows.map((row) => fromRow<StoredAudit>(row))
}

async function auditAbout(
  client: pg.PoolClient,
  account_id: number,
  subject: string,
  after_no: number,
  limit: number,
): Promise<StoredAudit[]> {
  const { rows } = await client.query(
    `select * from audit_event where account_id = $1 and subject = $2 and audit_no > $3
     order by audit_no limit $4`,
    [account_id, subject, after_no, limit],
  )
  return rows.map((row) => fromRow<StoredAudit>(row))
}

async function commandsAmong(
  client: pg.PoolClient,
  account_id: number,
  command_ids: readonly string[],
): Promise<Command[]> {
  const { rows } = await client.query(
    'select * from command where account_id = $1 and command_id = any($2::text[]) order by command_no',
    [account_id, command_ids],
  )
  return rows.map((row) => fromRow<Command>(row))
}

/** In pages by the table's own key, so that no single question takes long on a large ledger. */
async function untold(
  client: pg.PoolClient,
  account_id: number,
  limit: number,
  table: 'command' | 'trade' | 'pending_order',
  key: 'command_id' | 'ticket',
  kinds: string,
): Promise<string[]> {
  const found: string[] = []
  let after: string | null = null
  while (found.length < limit) {
    const { rows }: pg.QueryResult<{ key: string; told: boolean }> = await client.query(
      `select ${key} as key, exists (
         select 1 from audit_event e where e.account_id = $1 and e.subject = r.${key}::text and ${kinds}
       ) as told
       from ${table} r where account_id = $1 and ($2::text is null or ${key} > $2::text::${
         key === 'ticket' ? 'bigint' : 'text'
       })
       order by ${key} limit $3`,
      [account_id, after, ROWS_A_LOOK],
    )
    found.push(...rows.filter(({ told }) => !told).map((row) => row.key))
    if (rows.length < ROWS_A_LOOK) break
    after = rows.at(-1)?.key ?? null
  }
  return found.slice(0, limit)
}
