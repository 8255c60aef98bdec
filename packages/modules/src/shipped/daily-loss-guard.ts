// Daily-loss guard: closes opening, halts, or flattens until the terminal itself says that the account is flat.
//
//   G1. What it closed it never opens again: a person does (`npx ngtb limits`, or the page of limits).
//   G2. A closing that is on its way is waited for; a new one is asked for only when it is over and did not suffice.
import { type Client, type ConnectionView, intentKey, type TradeView } from '@ngtb/sdk'
import { defineModule, type ModuleContext } from '../definition.ts'
import {
  brokerDay,
  type Day,
  LOSS_ACTIONS,
  type LossAction,
  look,
  notFlat,
  startEquity,
} from '../rules/daily-loss.ts'

const settings = {
  max_loss: 0,
  max_loss_percent: 5,
  action: 'reduce-only' as string,
  every_seconds: 5,
}
type Mine = ModuleContext<typeof settings>

interface Guarded {
  day: Day
  /** Closings asked for today, so that each has a name of its own. */
  rounds: number
  closing: string | null
  /** Said already that it is flat. */
  flat: boolean
}
const guarded = new Map<string, Guarded>()

export default defineModule({
  name: 'daily-loss-guard',
  about: "acts when the day's loss is too much",
  // Limits are an admin's; with one account the key is bound to it.
  scopes: ['commands:read', 'commands:close', 'admin'],
  settings,
  check({ max_loss, max_loss_percent, action, every_seconds }) {
    if (!LOSS_ACTIONS.includes(action as LossAction)) return `action is one of ${LOSS_ACTIONS.join(', ')}`
    if (!(max_loss >= 0 && max_loss_percent >= 0)) return 'max_loss and max_loss_percent are numbers from 0'
    if (max_loss === 0 && max_loss_percent === 0)
      return 'set max_loss (money), max_loss_percent (of the day’s first equity), or both'
    return every_seconds >= 0.1 ? null : 'every_seconds is a number from 0.1'
  },
  every: {
    seconds: ({ every_seconds }) => every_seconds,
    async run(context) {
      const { accounts, client } = context
      for (const connection of await client.connections().all())
        if (accounts.length === 0 || accounts.includes(connection.account_number))
          await guard(connection, context)
    },
  },
})

async function guard(connection: ConnectionView, context: Mine): Promise<void> {
  const { account_number, equity, broker_offset_minutes } = connection
  if (equity === null) return
  const client = context.clientOf(account_number)
  const today = brokerDay(Date.now(), broker_offset_minutes ?? 0)
  const paid_in = await paidIn(client, today.day)
  const known = guarded.get(account_number)
  const begun = known?.day.day === today.day ? known : await begin(connection, today, paid_in, context)
  const { loss, day } = look(begun.day, equity, paid_in, context.settings)
  const first = day.breached && !begun.day.breached
  const state = { ...begun, day }
  guarded.set(account_number, state)
  if (!day.breached) return
  if (first)
    context.log.error(`account ${account_number} lost ${loss} since ${day.start}`, {
      action: context.settings.action,
    })
  await close(client, context)
  if (context.settings.action === 'reduce-only') {
    if (first) await say(account_number, `lost ${loss} today: nothing is opened any more`, context)
    return
  }
  await cancelOpenings(client)
  if (context.settings.action === 'flatten') await flatten(client, connection, state, loss, context)
  else if (first) await say(account_number, `lost ${loss} today: halted, nothing waits any more`, context)
}

async function begin(
  connection: ConnectionView,
  today: { day: string; began_utc_ms: number },
  paid_in_today: number,
  { log, clientOf }: Mine,
): Promise<Guarded> {
  const { account_number, balance, equity } = connection
  const client = clientOf(account_number)
  const { points } = await client.accountHistory({ from: today.began_utc_ms })
  const closed = await client.trades({ status: 'closed', from: `${today.day}T00:00:00` }).all()
  const start = startEquity({
    measured: points.map((point) => point.equity),
    ...{ balance, equity, paid_in_today },
    realised_today: closed.reduce((sum, trade) => sum + resultOf(trade), 0),
  })
  log.info(`account ${account_number}: the broker's day ${today.day} began with ${start}`)
  return {
    day: { day: today.day, start: start ?? 0, breached: false },
    rounds: 0,
    closing: null,
    flat: false,
  }
}

const resultOf = ({ profit, swap, commission }: TradeView) => (profit ?? 0) + (swap ?? 0) + (commission ?? 0)

/** Deposits less withdrawals of a broker's day, where the EA tells of them (D2). */
async function paidIn(client: Client, day: string): Promise<number> {
  const deals = await client.deals({ kind: 'balance', limit: 100 }).page()
  return deals.items
    .filter(({ time_broker }) => time_broker?.startsWith(day) ?? false)
    .reduce((sum, { profit }) => sum + (profit ?? 0), 0)
}

/** Nothing may be opened any more; every other limit stays as it is (G1). */
async function close(client: Client, { log }: Mine): Promise<void> {
  const { max_volume, max_open_positions, max_openings_per_minute, symbols, close_only } =
    await client.limits()
  if (close_only) return
  const kept = { max_volume, max_open_positions, max_openings_per_minute, symbols }
  await client.setLimits({ ...kept, close_only: true })
  log.warn('opening is closed', { account: await client.login() })
}

/** What has not been handed out yet, and orders that wait at the broker. */
async function cancelOpenings(client: Client): Promise<void> {
  for await (const { command_id } of client.commands({
    status: 'pending',
    type: ['OPEN_TRADE', 'PLACE_PENDING'],
  })) {
    const handle = await client.handle(command_id)
    // Handed out meanwhile: what it opens is seen at the next look.
    await handle.cancel().catch(() => {})
  }
  for await (const { ticket } of client.orders())
    await client.cancelPending({
      ticket,
      reason: 'daily loss',
      command_id: intentKey('daily-loss-guard', ticket),
    })
}

async function flatten(
  client: Client,
  { account_number, last_sync_at }: ConnectionView,
  state: Guarded,
  loss: number,
  context: Mine,
): Promise<void> {
  const closing = state.closing === null ? null : await client.command(state.closing)
  const open = await client.trades().all()
  const waiting = await client.orders().all()
  const why = notFlat({
    open_trades: open.length,
    waiting_orders: waiting.length,
    last_sync_ms: last_sync_at === null ? null : Date.parse(last_sync_at),
    closed_ms: closing?.completed_at == null ? null : Date.parse(closing.completed_at),
  })
  if (why === null) {
    if (!state.flat) await say(account_number, `lost ${loss} today: flat, as the terminal says`, context)
    guarded.set(account_number, { ...state, flat: true })
    return
  }
  await say(account_number, `lost ${loss} today and is not flat: ${why}`, context)
  const busy = closing !== null && ['pending', 'executing', 'timeout'].includes(closing.status)
  // G2. Done, and the list only has not come yet: it is asked for, nothing is closed twice.
  const sufficed = closing?.status === 'completed' && open.length === 0 && waiting.length === 0
  if (busy) return
  if (sufficed) return askForList(client)
  const { day } = state.day
  const rounds = state.rounds + 1
  const command_id = intentKey('daily-loss-guard', account_number, day, rounds, Date.now())
  guarded.set(account_number, { ...state, rounds, closing: command_id, flat: false })
  await client.closeAll({ reason: 'daily loss', command_id })
  context.log.error(`account ${account_number}: everything is being closed, round ${rounds}`, { command_id })
}

/** A native EA sends its list when asked; a plain one at its next turn. */
async function askForList(client: Client): Promise<void> {
  const account = await client.account()
  if (account.connection.protocol === 2) await client.requestSync()
}

/** One alert for each state of the day, raised once however often it is said. */
async function say(account_number: string, text: string, { alert }: Mine): Promise<void> {
  await alert(`Account ${account_number} ${text}`, {
    ...{ account_number, severity: 'critical' },
    name: `daily-loss-guard:${account_number}:${text.includes('not flat') ? 'not flat' : 'breached'}`,
  })
}
