// `ngtb command …` for what only a native EA does: pending orders, parts of positions, symbols, history, questions.
import type { ClosePartial, PlacePending, RequestHistory } from '@ngtb/sdk'
import type { Command } from 'commander'
import { type SendOptions, send, sending } from './command-send.ts'
import { Misuse } from './failures.ts'
import { count, number, oneOf, ticket, volume } from './options.ts'

const price = number(0)
const TIMEFRAMES = ['M1', 'M5', 'M15', 'M30', 'H1', 'H4', 'D1'] as const
const PENDING_TYPES = [
  'BUY_LIMIT',
  'SELL_LIMIT',
  'BUY_STOP',
  'SELL_STOP',
  'BUY_STOP_LIMIT',
  'SELL_STOP_LIMIT',
] as const

export function orderCommands(command: Command): void {
  placeCommand(command)
  pendingCommands(command)
  partCommands(command)
  requestCommands(command)
}

interface OrderOptions extends SendOptions {
  price?: number
  stopLimit?: number
  sl?: number
  tp?: number
  expiration?: string
  comment?: string
  magic?: number
  deviation?: number
}

function placeCommand(command: Command): void {
  sending(command, 'place', 'Place a pending order', 'place EURUSD BUY_LIMIT 0.1 1.0800 --sl 1.0750 --wait')
    .argument('<symbol>')
    .argument('<order_type>', PENDING_TYPES.join(', '), oneOf('an order type', PENDING_TYPES, 'ORDER_TYPE_'))
    .argument('<volume>', 'lots', volume)
    .argument('<price>', 'where it becomes a trade; of a STOP_LIMIT: where its limit order is set', price)
    .option('--stop-limit <price>', 'of a STOP_LIMIT: the price of the limit order', price)
    .option('--sl <price>', 'stop loss', price)
    .option('--tp <price>', 'take profit', price)
    .option('--expiration <time>', 'broker time (2026-01-31T12:00:00): from then on the broker drops it')
    .option('--comment <text>', 'at most 31 characters')
    .option('--magic <n>', "the strategy's magic number", count(0))
    .option('--deviation <points>', 'how far the price may slip', count(0))
    .action(
      (symbol: string, type: PlacePending['order_type'], lots: number, at: number, options: OrderOptions) => {
        const { sl, tp, expiration, comment, magic, deviation } = options
        const order = {
          symbol,
          order_type: type,
          volume: lots,
          price: at,
          stop_limit_price: options.stopLimit,
        }
        const more = { sl, tp, expiration, comment, magic, deviation }
        return send(options, (client, how) => client.placePending({ ...order, ...more, ...how }))
      },
    )
}

function pendingCommands(command: Command): void {
  sending(
    command,
    'modify-order',
    'Set price, stops or expiration of a pending order',
    'modify-order 4711 --price 1.0805 --wait',
  )
    .argument('<ticket>', '', ticket)
    .option('--price <price>', 'where it becomes a trade', price)
    .option('--stop-limit <price>', 'of a STOP_LIMIT: the price of the limit order', price)
    .option('--sl <price>', 'stop loss; 0 removes it', price)
    .option('--tp <price>', 'take profit; 0 removes it', price)
    .option('--expiration <time>', 'broker time')
    .action((order: string, options: OrderOptions) => {
      const { sl, tp, expiration, stopLimit } = options
      const change = { ticket: order, price: options.price, stop_limit_price: stopLimit, sl, tp, expiration }
      return send(options, (client, how) => client.modifyPending({ ...change, ...how }))
    })
  sending(command, 'cancel-order', 'Make sure that a pending order is gone', 'cancel-order 4711 --wait')
    .argument('<ticket>', '', ticket)
    .option('--reason <text>', 'why, for the audit trail')
    .action((order: string, options: SendOptions & { reason?: string }) =>
      send(options, (client, how) => client.cancelPending({ ticket: order, reason: options.reason, ...how })),
    )
}

interface PartOptions extends SendOptions {
  expected?: number
  remaining?: number
  reason?: string
}

function partCommands(command: Command): void {
  sending(
    command,
    'close-partial',
    'Close a part of a position, once: only while it has the lots that you saw',
    'close-partial 16218652 0.2 --wait',
  )
    .argument('<ticket>', '', ticket)
    .argument('[volume]', 'lots to close; or --expected and --remaining', volume)
    .option('--expected <lots>', 'what it has now', volume)
    .option('--remaining <lots>', 'what it shall have afterwards', volume)
    .option('--reason <text>', 'why, for the audit trail')
    .action((position: string, lots: number | undefined, options: PartOptions) => {
      const part = partOf(position, lots, options)
      return send(options, (client, how) => client.closePartial({ ...part, ...how }))
    })
  sending(
    command,
    'close-by',
    'Close a position against an opposite one of the same symbol',
    'close-by 16218652 16218653 --wait',
  )
    .argument('<ticket>', '', ticket)
    .argument('<opposite_ticket>', '', ticket)
    .option('--expected <lots>', 'what the first has now', volume)
    .option('--remaining <lots>', 'what it shall have afterwards; 0: gone', number(0))
    .option('--reason <text>', 'why, for the audit trail')
    .action((position: string, opposite_ticket: string, options: PartOptions) => {
      const { expected, remaining, reason } = options
      const close = { ticket: position, opposite_ticket, reason }
      const volumes = { expected_volume: expected, remaining_volume: remaining }
      return send(options, (client, how) => client.closeBy({ ...close, ...volumes, ...how }))
    })
}

function partOf(position: string, lots: number | undefined, options: PartOptions): ClosePartial {
  const { expected, remaining, reason } = options
  if (lots !== undefined && remaining === undefined)
    return { ticket: position, volume: lots, expected_volume: expected, reason }
  if (lots === undefined && expected !== undefined && remaining !== undefined)
    return { ticket: position, expected_volume: expected, remaining_volume: remaining, reason }
  throw new Misuse('Say the lots to close, or --expected LOTS (now) and --remaining LOTS (afterwards).')
}

function requestCommands(command: Command): void {
  sending(command, 'subscribe', 'Stream these symbols, and no others', 'subscribe EURUSD XAUUSD --wait')
    .argument('[symbol...]')
    .action((symbols: string[], options: SendOptions) =>
      send(options, (client, how) => client.subscribeSymbols({ symbols, ...how })),
    )
  sending(
    command,
    'history',
    "Candles of the broker's own history",
    'history EURUSD M1 --from 2026-01-02T00:00:00 --wait --json',
  )
    .argument('<symbol>')
    .argument('<timeframe>', TIMEFRAMES.join(', '), oneOf('a timeframe', TIMEFRAMES))
    .requiredOption('--from <time>', 'broker time')
    .option('--to <time>', 'broker time; now unless said')
    .action((symbol: string, timeframe: RequestHistory['timeframe'], options: HistoryOptions) => {
      const { from, to } = options
      return send(options, (client, how) => client.requestHistory({ symbol, timeframe, from, to, ...how }))
    })
  sending(command, 'sync', 'A full list of positions now', 'sync --wait').action((options: SendOptions) =>
    send(options, (client, how) => client.requestSync(how)),
  )
  sending(
    command,
    'probe',
    'Ask the EA what became of a command: in its journal, then at the broker',
    'probe COMMAND_ID --wait',
  )
    .argument('<command_id>')
    .action((probed_command_id: string, options: SendOptions) =>
      send(options, (client, how) => client.probe({ probed_command_id, ...how })),
    )
}

interface HistoryOptions extends SendOptions {
  from: string
  to?: string
}
