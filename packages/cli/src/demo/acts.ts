// The acts of the demo that stays: ticks stored, an order's life from open to close, and an EA that is killed in it.
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '@ngtb/sdk'
import { NotHeld } from '../failures.ts'
import { evidenceText } from '../outcome-text.ts'
import { count } from '../output.ts'
import type { Cast } from './cast.ts'
import type { Steps } from './steps.ts'

const START_PRICE = 1.09

/** What an act has to play with. */
export interface Scenery {
  readonly client: Client
  readonly cast: Cast
  readonly symbol: string
  readonly steps: Steps
}

export async function connect({ client, cast, steps }: Scenery): Promise<void> {
  await cast.ea.start()
  const { account_id, account_number, broker, connection } = await client.account()
  const kind =
    connection.protocol === 2
      ? `native, epoch ${connection.epoch}: it keeps a journal, and commands come to it by push`
      : 'plain: it fetches its commands by polling; it got its own key'
  steps.tell('EA connected', `${broker}, login ${account_number}, account ${account_id}; ${kind}`)
}

export async function ticks({ client, symbol, steps }: Scenery): Promise<void> {
  for (let left = 200; left > 0; left--) {
    const { items } = await client.ticks({ symbol, limit: 1_000 }).page()
    const last = items.at(-1)
    if (last && items.length >= 5) {
      const quote = `newest ${last.bid} / ${last.ask} at ${last.time}`
      return steps.tell(
        'ticks stored',
        `${count(items.length)} of ${symbol} read back from the database; ${quote}`,
      )
    }
    await pause(50)
  }
  throw new NotHeld(
    'No ticks were stored within ten seconds.',
    'Does the file begin with a long pause? Try --speed 100.',
  )
}

/** What every EA can do: open, modify, close. */
export async function plainTrade(scenery: Scenery): Promise<void> {
  const { client, steps } = scenery
  const ticket = await openAndModify(scenery, 0.1)
  await steps.outcome('closed', client.closeTrade({ ticket, reason: 'demo' }))
  await tradeTable(scenery, ticket)
}

/** What needs a native EA: a pending order, a part of a position, and the EA that dies at the worst moment. */
export async function nativeTrade(scenery: Scenery): Promise<void> {
  const { client, steps, symbol } = scenery
  const ticket = await openAndModify(scenery, 0.2)
  const pending = { symbol, order_type: 'BUY_LIMIT', volume: 0.1, price: near(scenery)(0.99) } as const
  const order = await steps.outcome('order placed', client.placePending(pending), `at ${pending.price}`)
  await steps.outcome('and cancelled', client.cancelPending({ ticket: order }))
  const part = { ticket, expected_volume: 0.2, remaining_volume: 0.1 }
  await steps.outcome('part closed', client.closePartial(part), 'only while it had 0.2 lots')
  await killedInBetween(scenery)
  await steps.outcome('all closed', client.closeAll({ symbol, reason: 'demo' }))
  await tradeTable(scenery, ticket)
}

async function openAndModify(scenery: Scenery, volume: number): Promise<string> {
  const { client, symbol, steps } = scenery
  const at = near(scenery)
  const order = { symbol, order_type: 'BUY', volume, sl: at(0.995), tp: at(1.005) } as const
  const ticket = await steps.outcome('order opened', client.openTrade({ ...order, comment: 'demo' }))
  const stops = { sl: at(0.996), tp: at(1.006) }
  const note = `SL ${stops.sl}, TP ${stops.tp}`
  await steps.outcome('modified', client.modifyTrade({ ticket, ...stops }), note)
  return ticket
}

/**
 * The worst moment: the order is at the broker, and its EA dies before it has written or said so. The next one reads
 * the journal, looks for the order by its tag, and answers. Nothing is sent twice.
 */
async function killedInBetween({ client, cast, symbol, steps }: Scenery): Promise<void> {
  const killed = cast.killAtTheNextOrder()
  const handle = await client.openTrade({ symbol, order_type: 'SELL', volume: 0.1, comment: 'crash' })
  await killed
  steps.tell('EA killed', `while the order of ${handle.command_id} was at the broker; it could not say so`)
  await cast.restart()
  const { connection } = await client.account()
  steps.tell('EA restarted', `from its journal, epoch ${connection.epoch}: it looks for the order`)
  const outcome = await handle.known({ timeout_ms: 60_000 })
  const times = cast.ea.broker.ledger.executionCount(handle.command_id)
  if (outcome.kind !== 'completed' || times !== 1)
    throw new NotHeld(`The order of the killed EA was ${outcome.kind}, carried out ${times} times.`)
  const how = evidenceText(outcome.evidence)
  steps.tell('found again', `OPEN_TRADE completed, ticket ${outcome.ticket}: ${how}; carried out once`)
}

async function tradeTable({ client, steps }: Scenery, ticket: string): Promise<void> {
  const { status, open_price, close_price, profit, close_reason } = await client.trade(ticket)
  steps.tell(
    'trade table',
    `${ticket} ${status}: ${open_price} → ${close_price}, profit ${profit} (${close_reason})`,
  )
}

/** A level at this share of the price, in the symbol's digits. */
function near({ cast, symbol }: Scenery): (share: number) => number {
  const price = cast.ea.broker.quotes.prices(symbol)?.bid ?? START_PRICE
  return (share) => Number((price * share).toFixed(symbol.endsWith('JPY') ? 3 : 5))
}
