// Alerts, their settings and their messages. Raised and cleared by the one writing statement (commit.ts); only the
// messages' attempts, and whose turn it is, are written here: they are no decisions of the ledger.

import type { EquityMark } from '@ngtb/core'
import type { AlertSettings, ChannelName } from '@ngtb/protocol'
import type pg from 'pg'
import type {
  AlertFilter,
  AlertSettingRow,
  ChannelQueue,
  Delivery,
  DeliveryEnd,
  Page,
  PageRequest,
  StoredAlert,
  StoredAudit,
} from '../../../ports.ts'
import { fromRow, toIso } from '../rows.ts'
import { pageOf } from './accounts.ts'
import { newestSeq } from './ledger.ts'

async function list<T>(pool: pg.Pool, text: string, values: unknown[] = []): Promise<T[]> {
  const { rows } = await pool.query(text, values)
  return rows.map((row) => fromRow<T>(row))
}

export const openAlerts = (pool: pg.Pool) =>
  list<StoredAlert>(pool, 'select * from alert where cleared_at is null order by alert_no')

export const alert = async (pool: pg.Pool, alert_id: string): Promise<StoredAlert | null> =>
  (await list<StoredAlert>(pool, 'select * from alert where alert_id = $1', [alert_id]))[0] ?? null

const STATES: Record<AlertFilter['state'], string> = {
  active: 'and cleared_at is null and acknowledged_at is null',
  acknowledged: 'and cleared_at is null and acknowledged_at is not null',
  cleared: 'and cleared_at is not null',
  open: 'and cleared_at is null',
  all: '',
}

export async function alerts(
  pool: pg.Pool,
  { limit, after }: PageRequest,
  { state, severity, rule, account_id }: AlertFilter,
): Promise<Page<StoredAlert>> {
  const rows = await list<StoredAlert>(
    pool,
    `select * from alert where ($1::bigint is null or alert_no < $1) ${STATES[state]}
       and ($2::text is null or severity = $2) and ($3::text is null or rule = $3)
       and ($4::int is null or account_id = $4)
     order by alert_no desc limit $5`,
    [after?.[0] ?? null, severity ?? null, rule ?? null, account_id ?? null, limit + 1],
  )
  return pageOf(rows, limit, ({ alert_no }) => [alert_no])
}

export const deliveriesOf = async (pool: pg.Pool, alert_id: string) =>
  bare(
    await list<Delivery>(pool, 'select * from alert_delivery where alert_id = $1 order by delivery_no', [
      alert_id,
    ]),
  )

/** Without the number that orders them here. */
const bare = (rows: readonly Delivery[]): Delivery[] =>
  rows.map((row) => {
    const { delivery_no: _, ...delivery } = row as Delivery & { delivery_no: number }
    return delivery
  })

export const alertSettings = async (pool: pg.Pool): Promise<AlertSettingRow[]> =>
  list<{ account_id: number; settings: AlertSettings }>(
    pool,
    'select * from alert_setting order by account_id',
  )

export const alertMarks = (pool: pg.Pool) =>
  list<EquityMark>(pool, 'select * from alert_mark order by account_id')

export async function alertCursor(pool: pg.Pool, name: string): Promise<number | null> {
  const [row] = await list<{ seq: number }>(pool, 'select seq from alert_cursor where name = $1', [name])
  return row?.seq ?? null
}

/** What is above the number that is read first may still be on its way (P13): it is looked at the next time. */
export async function happenedAfter(
  pool: pg.Pool,
  after: number,
  kinds: readonly string[],
  limit: number,
): Promise<{ events: StoredAudit[]; upto: number }> {
  const newest = await newestSeq(pool)
  if (newest <= after) return { events: [], upto: after }
  const { rows } = await pool.query({
    name: 'happened_after',
    text: `select * from audit_event where seq > $1 and seq <= $2 and kind = any($3) order by seq limit $4`,
    values: [after, newest, kinds, limit],
  })
  const events = rows.map((row) => fromRow<StoredAudit>(row))
  return { events, upto: events.length < limit ? newest : (events.at(-1)?.seq ?? newest) }
}

export const claimDeliveries = async (
  pool: pg.Pool,
  channel: ChannelName,
  by: string,
  now: number,
  until: number,
  limit: number,
): Promise<Delivery[]> => {
  const rows = await list<Delivery & { delivery_no: number }>(
    pool,
    `update alert_delivery set claimed_by = $2, claimed_until = $4 where delivery_id in (
       select delivery_id from alert_delivery due
       where channel = $1 and state = 'waiting' and next_at <= $3
         and (claimed_until is null or claimed_until <= $3)
         and not exists (
           select from alert_delivery earlier
           where earlier.alert_id = due.alert_id and earlier.channel = due.channel and earlier.state = 'waiting'
             and earlier.delivery_no < due.delivery_no
         )
       order by delivery_no limit $5 for update skip locked
     ) returning *`,
    [channel, by, toIso(now), toIso(until), limit],
  )
  return bare(rows.sort((a, b) => a.delivery_no - b.delivery_no))
}

export async function endAttempt(
  pool: pg.Pool,
  delivery_id: string,
  by: string,
  { state, attempts, next_at, done_at, error }: DeliveryEnd,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update alert_delivery set state = $3, attempts = $4, next_at = $5, done_at = $6, error = $7,
       claimed_by = null, claimed_until = null
     where delivery_id = $1 and claimed_by = $2 and state = 'waiting'`,
    [delivery_id, by, state, attempts, toIso(next_at), toIso(done_at), error],
  )
  return rowCount === 1
}

export async function nextDelivery(pool: pg.Pool, channel: ChannelName): Promise<number | null> {
  const { rows } = await pool.query<{ at: number | null }>(
    `select min(greatest(next_at, claimed_until)) as at from alert_delivery
     where channel = $1 and state = 'waiting'`,
    [channel],
  )
  return rows[0]?.at ?? null
}

export const channelQueues = (pool: pg.Pool, since: number) =>
  list<ChannelQueue>(
    pool,
    `select channel, (count(*) filter (where state = 'waiting'))::int as waiting,
       (count(*) filter (where state = 'given_up'))::int as given_up,
       (array_agg(error order by attempts desc, delivery_no desc)
         filter (where state = 'waiting' and error is not null))[1] as error
     from alert_delivery where state = 'waiting' or (state = 'given_up' and done_at >= $1)
     group by channel order by channel`,
    [toIso(since)],
  )

export async function takeTurn(
  pool: pg.Pool,
  name: string,
  holder: string,
  now: number,
  until: number,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into alert_turn as t (name, holder, held_until) values ($1, $2, $4)
     on conflict (name) do update set holder = excluded.holder, held_until = excluded.held_until
       where t.holder = excluded.holder or t.held_until <= $3`,
    [name, holder, toIso(now), toIso(until)],
  )
  return rowCount === 1
}

export async function forgetAlerts(pool: pg.Pool, before: number): Promise<void> {
  await pool.query('delete from alert where cleared_at < $1', [toIso(before)])
  await pool.query('delete from alert_delivery where alert_id is null and created_at < $1', [toIso(before)])
}
