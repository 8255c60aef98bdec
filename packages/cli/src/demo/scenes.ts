// The commands of the fast demo: played one after another, each over a stretch of the replay.
import type { Client, CommandHandle, OpenTrade, Outcome } from '@ngtb/sdk'
import { NotHeld } from '../failures.ts'
import type { SimEa } from '../sim-ea.ts'

export interface SceneDesk {
  readonly client: Client
  readonly ea: SimEa
  readonly symbol: string
}

type Scene = (desk: SceneDesk) => Promise<void>

const PATIENCE_MS = 60_000

/** What each scene leaves open is closed by another, by the market, or stays for the comparison. */
export const SCENES: readonly Scene[] = [
  async function openModifyClose(desk) {
    const ticket = await opened(desk, { order_type: 'BUY', volume: 0.1, comment: 'scene 1' })
    await done(desk.client.modifyTrade({ ticket, ...stops(desk, 'BUY', 0.02) }))
    await done(desk.client.closeTrade({ ticket, reason: 'scene 1' }))
  },
  async function closeBySymbol(desk) {
    const { client, symbol } = desk
    const order = { volume: 0.05, comment: 'scene 2', magic: 2 }
    await Promise.all([
      opened(desk, { ...order, order_type: 'BUY' }),
      opened(desk, { ...order, order_type: 'SELL', ...stops(desk, 'SELL', 0.02) }),
      opened(desk, { ...order, order_type: 'BUY', ...stops(desk, 'BUY', 0.02) }),
    ])
    await done(client.closeAll({ symbol, reason: 'scene 2' }))
  },
  async function refusedByTheBroker(desk) {
    // More than the account can carry: an answer of "no" must settle a command, too.
    const handle = await desk.client.openTrade({
      symbol: desk.symbol,
      order_type: 'BUY',
      volume: 50,
      comment: 'scene 3',
    })
    const outcome = await handle.settled({ timeout_ms: PATIENCE_MS })
    if (outcome.kind !== 'failed') throw new NotHeld(`A trade without money for it was ${outcome.kind}.`)
  },
  async function leftToTheMarket(desk) {
    // Close stops: the ticks to come will most likely reach one of them.
    const order = { volume: 0.02, comment: 'scene 4' } as const
    await settled(open(desk, { ...order, order_type: 'BUY', ...stops(desk, 'BUY', 0.0008) }))
    await settled(open(desk, { ...order, order_type: 'SELL', ...stops(desk, 'SELL', 0.0008) }))
  },
  async function byHandInTheTerminal(desk) {
    desk.ea.broker.open(
      { symbol: desk.symbol, direction: 'SELL', volume: 0.03, comment: 'by hand' },
      { by: 'manual' },
    )
    const ticket = await opened(desk, { order_type: 'SELL', volume: 0.2, comment: 'scene 5' })
    await done(desk.client.modifyTrade({ ticket, ...stops(desk, 'SELL', 0.03) }))
    await done(desk.client.modifyTrade({ ticket, sl: 0 }))
  },
  async function closeByMagic(desk) {
    await opened(desk, { order_type: 'BUY', volume: 0.04, comment: 'scene 6', magic: 6 })
    await done(desk.client.closeAll({ magic: 6, reason: 'scene 6' }))
  },
  async function closeTwice(desk) {
    const ticket = await opened(desk, { order_type: 'BUY', volume: 0.06, comment: 'scene 7' })
    // The same wish twice: gone is what was wanted.
    await Promise.all([done(desk.client.closeTrade({ ticket })), done(desk.client.closeTrade({ ticket }))])
  },
  async function leftOpen(desk) {
    const ticket = await opened(desk, {
      order_type: 'BUY',
      volume: 0.07,
      comment: 'scene 8',
      ...stops(desk, 'BUY', 0.03),
    })
    await done(desk.client.modifyTrade({ ticket, ...stops(desk, 'BUY', 0.025) }))
  },
]

type Order = Omit<OpenTrade, 'symbol'>

const open = ({ client, symbol }: SceneDesk, order: Order) => client.openTrade({ symbol, ...order })

async function opened(desk: SceneDesk, order: Order): Promise<string> {
  const { ticket } = await done(open(desk, order))
  if (ticket === undefined) throw new NotHeld('An OPEN was completed without a ticket.')
  return ticket
}

async function settled(submitted: Promise<CommandHandle>): Promise<Outcome> {
  return (await submitted).settled({ timeout_ms: PATIENCE_MS })
}

async function done(submitted: Promise<CommandHandle>): Promise<Outcome & { kind: 'completed' }> {
  const outcome = await settled(submitted)
  if (outcome.kind === 'completed') return outcome
  const { type, command_id, error_message } = outcome.command
  throw new NotHeld(`${type} ${command_id} was ${outcome.kind}: ${error_message ?? 'no reason given'}`)
}

/** SL and TP at this share of the price on either side of it. */
function stops({ ea, symbol }: SceneDesk, side: 'BUY' | 'SELL', share: number) {
  const quote = ea.broker.quotes.prices(symbol)
  const digits = ea.broker.symbols.get(symbol)?.digits ?? 5
  const price = side === 'BUY' ? (quote?.bid ?? 0) : (quote?.ask ?? 0)
  const away = side === 'BUY' ? share : -share
  const level = (factor: number) => Number((price * factor).toFixed(digits))
  return { sl: level(1 - away), tp: level(1 + away) }
}
