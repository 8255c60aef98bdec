// Gathering what the auditor is shown: the ledger read straight from PostgreSQL, the books from the trade server.
import { openLedger } from '@ngtb/server'
import type { Evidence, LedgerCommand, LedgerTrade, WaitingOrder } from '../audit/evidence.ts'
import type { Database } from './database.ts'

export type LedgerEvidence = Pick<Evidence, 'commands' | 'trades' | 'orders' | 'taken_back'>

/** @param login the account; its rows alone */
export async function ledgerEvidence(database: Database, login: string): Promise<LedgerEvidence> {
  const of = '(select account_id from account where account_number = $1::bigint)'
  const rows = <T extends object>(text: string) => database.rows<T>(text, [login])
  const commands = await rows<LedgerCommand>(
    `select command_id, command_no::float8 as command_no, type, payload, status, attempt, evidence, error, retcode,
            ticket::text as ticket, strategy_no, extract(epoch from expires_at)::float8 * 1000 as expires_at
       from command where account_id = ${of} order by command_no`,
  )
  const trades = await rows<LedgerTrade>(
    `select ticket::text as ticket, status, symbol, direction, volume, open_price, sl, tp
       from trade where account_id = ${of} order by ticket`,
  )
  const orders = await rows<WaitingOrder>(
    `select ticket::text as ticket, symbol, coalesce(volume_left, volume) as volume, price, sl, tp
       from pending_order where account_id = ${of} and over_by is null order by ticket`,
  )
  // A newer modify takes an older one's place before its answer came: that answer is no contradiction.
  const taken_back = await rows<Evidence['taken_back'][number]>(
    `select subject as command_id, data->>'overrode' as said from audit_event done
      where account_id = ${of} and data->>'overrode' is not null and not exists (
        select from audit_event earlier where earlier.account_id = done.account_id
           and earlier.subject = done.subject and earlier.kind = 'command.superseded')
      order by audit_no`,
  )
  return { commands, trades, orders, taken_back }
}

export async function storedTicks(database: Database, login: string): Promise<number> {
  const [counted] = await database.rows<{ ticks: number }>(
    'select count(*)::int as ticks from tick_view where login = $1::bigint',
    [login],
  )
  return counted?.ticks ?? 0
}

/** `ngtb audit verify`, in this process: every chain, and rows against events. */
export async function auditProblems(database: Database, data_dir: string): Promise<string[]> {
  const ledger = await openLedger({ DATABASE_URL: database.url, NGTB_DATA_DIR: data_dir })
  try {
    const { problems } = await ledger.verify()
    return problems.map(
      ({ account_id, audit_no, subject, reason }) =>
        `account ${account_id}, ${audit_no === null ? (subject ?? 'the chain') : `event ${audit_no}`}: ${reason}`,
    )
  } finally {
    await ledger.close()
  }
}
