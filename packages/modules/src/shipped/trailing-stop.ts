// Trailing stop: for each tick, the stop losses of its symbol's positions, by rules/trail.ts.
import { type Client, intentKey, NgtbError, OutcomeUnknown, type SymbolView, type TradeView } from '@ngtb/sdk'
import { defineModule, type ModuleContext } from '../definition.ts'
import { trail } from '../rules/trail.ts'

/** What is known of an account; read again when a trade event came, and now and then. */
interface Book {
  trades: TradeView[]
  symbols: Map<string, SymbolView>
  stale: boolean
}

const settings = {
  symbol: null as string | number | null,
  magic: null as string | number | null,
  start_points: 200,
  distance_points: 150,
  step_points: 10,
}
type Mine = ModuleContext<typeof settings>
const books = new Map<string, Book>()
const LOOK_AGAIN_SECONDS = 30

export default defineModule({
  name: 'trailing-stop',
  about: 'moves stop losses behind the price; never loosens one',
  scopes: ['commands:read', 'commands:close'],
  settings,
  check({ start_points, distance_points, step_points }) {
    if (!(distance_points > 0)) return 'distance_points is a number above 0'
    return start_points >= 0 && step_points >= 0 ? null : 'start_points and step_points are numbers from 0'
  },
  ticks: ({ symbol }) => (symbol === null ? {} : { symbols: [String(symbol)] }),
  onTrade({ account }) {
    const book = books.get(account)
    if (book) book.stale = true
  },
  async onTick({ account, symbol, bid, ask }, context) {
    const client = context.clientOf(account)
    const book = await bookOf(account, client)
    const spec = book.symbols.get(symbol)
    if (spec === undefined) return
    for (const trade of book.trades) {
      if (trade.symbol !== symbol || !isMine(trade, context.settings)) continue
      const stops = { ...trade, sl: tightest(trade) }
      const sl = trail(stops, { bid, ask }, spec, context.settings)
      if (sl !== null) await move(trade, sl, client, context)
    }
  },
  // A stop that was moved by hand, or a trade whose event said nothing of it.
  every: {
    seconds: LOOK_AGAIN_SECONDS,
    run() {
      for (const book of books.values()) book.stale = true
    },
  },
})

async function bookOf(account: string, client: Client): Promise<Book> {
  const known = books.get(account)
  if (known && !known.stale) return known
  const book: Book = known ?? { trades: [], symbols: new Map(), stale: false }
  // Before it is read: an event that comes meanwhile makes it stale again.
  book.stale = false
  books.set(account, book)
  book.trades = await client.trades().all()
  if (book.symbols.size === 0 || book.trades.some(({ symbol }) => !book.symbols.has(symbol ?? '')))
    book.symbols = new Map((await client.symbols().all()).map((spec) => [spec.symbol, spec]))
  return book
}

const isMine = (trade: TradeView, { symbol, magic }: Mine['settings']) =>
  (symbol === null || trade.symbol === String(symbol)) &&
  (magic === null || (trade.magic ?? '0') === String(magic))

/** What is set, or asked for and not confirmed yet: whichever is nearer to the price. */
function tightest({ direction, sl, wanted_sl }: TradeView): number | null {
  const set = [sl, wanted_sl].filter((one): one is number => one !== null && one !== 0)
  if (set.length === 0) return null
  return direction === 'SELL' ? Math.min(...set) : Math.max(...set)
}

async function move(trade: TradeView, sl: number, client: Client, { log }: Mine): Promise<void> {
  const { ticket, account_number } = trade
  try {
    // Its name is what it asks for: decided twice, also by two of us, it is asked for once (T4).
    const command_id = intentKey('trailing-stop', account_number, ticket, tightest(trade) ?? 0, sl)
    await client.modifyTrade({ ticket, sl, command_id })
    trade.wanted_sl = sl
    log.info(`stop of ${ticket} to ${sl}`, { account: account_number, ticket, sl })
  } catch (error) {
    if (!(error instanceof NgtbError) && !(error instanceof OutcomeUnknown)) throw error
    // The next tick decides again, with the same name for the same level.
    log.warn(`stop of ${ticket} to ${sl}: ${error.message}`, { account: account_number, ticket })
  }
}
