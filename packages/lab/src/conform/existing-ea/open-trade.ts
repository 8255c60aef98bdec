// OPEN_TRADE as the existing EA carries it out: its checks in their order, then the loop over filling modes.
import type { DealRequest, Filling, OrderSent, Quote, SymbolInfo } from './facts.ts'
import { NO_SYMBOL } from './facts.ts'
import { completed, failed, type Hands, type Outcome } from './hands.ts'
import { priceIn, stringField, volumeIn } from './reading.ts'
import { describe, failure, failureCode, opened, sendFailed, stopsRefused } from './responses.ts'
import { dec, int } from './wording.ts'

const INVALID_STOPS = 130
const SEND_FAILED = 4756
const INVALID_FILL = 10030
const DONE = 10009
/** 10017 is "trade disabled", and no question of stops; the EA takes it for one. */
const STOPS_RETCODES = [10016, 10017]

export async function openTrade(command: string, hands: Hands): Promise<Outcome> {
  const order = orderIn(command, hands)
  if ('response' in order) return order
  const { fillings } = hands.terminal.spec(order.symbol) ?? NO_SYMBOL
  const modes: Filling[] = (['FOK', 'IOC'] as const).filter((mode) => fillings.includes(mode))
  for (const filling of [...modes, 'RETURN' as const]) {
    const result = hands.terminal.orderSend({ ...order, filling })
    const outcome = await judge(result, order, hands)
    if (outcome) return outcome
  }
  return failed(failureCode('All filling modes failed', SEND_FAILED))
}

type Order = Omit<DealRequest, 'filling'>

function orderIn(command: string, hands: Hands): Order | Outcome {
  const symbol = stringField(command, 'symbol')
  if (symbol === '') return failed(failure('No symbol found'))
  const spec = hands.terminal.spec(symbol) ?? NO_SYMBOL
  const volume = clamped(volumeIn(command), spec)
  const [sl, tp] = [priceIn(command, 'sl'), priceIn(command, 'tp')]
  if (sl === 0 || tp === 0) return failed(failure('SL and TP are required and must not be 0'))
  const quote = hands.terminal.quoteOf(symbol)
  if (!quote) return failed(failure('Failed to get tick data'))
  const direction = stringField(command, 'order_type')
  const wrong = wrongLevels(direction, sl, tp, quote, spec)
  if (wrong !== null) return failed(failureCode(wrong, INVALID_STOPS))
  if (direction !== 'BUY' && direction !== 'SELL') return failed(failure('Invalid order type'))
  const comment = stringField(command, 'comment')
  return { action: 'DEAL', symbol, direction, volume, sl, tp, magic: hands.magic, comment }
}

/** To the symbol's bounds and step, without a word. */
export function clamped(volume: number, { volume_min, volume_max, volume_step }: SymbolInfo): number {
  const within = Math.min(volume_max, Math.max(volume_min, volume))
  return volume_step > 0 ? Number((Math.round(within / volume_step) * volume_step).toFixed(8)) : within
}

function wrongLevels(
  direction: string,
  sl: number,
  tp: number,
  quote: Quote,
  spec: SymbolInfo,
): string | null {
  const price = direction === 'BUY' ? quote.ask : quote.bid
  const says = (level: string, value: number, sign: string) =>
    `Invalid ${level}: ${dec(value, 5)} ${sign} Price: ${dec(price, 5)} (${direction})`
  if (direction === 'BUY' && sl >= price) return says('SL', sl, '>=')
  if (direction === 'BUY' && tp <= price) return says('TP', tp, '<=')
  if (direction === 'SELL' && sl <= price) return says('SL', sl, '<=')
  if (direction === 'SELL' && tp >= price) return says('TP', tp, '>=')
  const least = spec.stops_level * spec.point
  for (const [level, value] of [
    ['SL', sl],
    ['TP', tp],
  ] as const) {
    const distance = Math.abs(price - value)
    if (distance < least)
      return `${level} too close: ${dec(distance, 5)} < ${dec(least, 5)} (min ${int(spec.stops_level)} points)`
  }
  return null
}

/**
 * What one attempt means; null goes on to the next filling mode. That is the EA's mistake: 10008, 10010 and 10012 go on
 * too, although the broker has opened a position.
 */
async function judge(result: OrderSent, order: Order, hands: Hands): Promise<Outcome | null> {
  const { sent, retcode, last_error } = result
  if (!sent && last_error !== SEND_FAILED && last_error !== INVALID_FILL)
    return failed(sendFailed(last_error))
  if (!sent) return null
  if (STOPS_RETCODES.includes(retcode)) {
    const levels = `SL: ${dec(order.sl, 5)}, TP: ${dec(order.tp, 5)}`
    const info = `Retcode ${int(retcode)} (${describe(retcode)}) - ${levels}`
    await hands.log('ERROR', 'Order rejected by broker', info)
    return failed(stopsRefused(retcode, order.sl, order.tp))
  }
  return retcode === DONE ? await verified(result, order, hands) : null
}

/** SL and TP are read again from the position; one that can't be selected yet has none. */
async function verified(result: OrderSent, order: Order, hands: Hands): Promise<Outcome> {
  await hands.sleep(hands.pace.open_sleep_ms)
  const { sl = 0, tp = 0 } = hands.terminal.position(result.order) ?? {}
  const near = (one: number, other: number) => Math.abs(one - other) < 0.00001
  const tpsl_verified = near(sl, order.sl) && near(tp, order.tp)
  if (!tpsl_verified) {
    const info = `Ticket: ${int(result.order)}, SL: ${dec(sl, 5)}, TP: ${dec(tp, 5)}`
    await hands.log('WARNING', 'SL/TP not set correctly', info)
  }
  const { order: ticket, price, volume } = result
  return completed(opened({ ticket, price, volume, sl, tp, tpsl_verified }))
}
