// The verdict: what the tables say against the file and against the simulator's broker.
import { readTickFile, type Tick } from '@ngtb/ea-sim'
import { limits, samePrice } from '@ngtb/protocol'
import type { Client, CommandView, TradeView } from '@ngtb/sdk'
import { openLedger } from '@ngtb/server'
import { count } from '../output.ts'
import { progress } from '../progress.ts'
import type { SimEa } from '../sim-ea.ts'
import type { Stage } from './stage.ts'

export interface Check {
  name: string
  held: boolean
  detail: string
}

export interface Evidence {
  stage: Stage
  symbol: string
  file: string
  total: number
  ea: SimEa
  client: Client
}

const PAGE = 5_000
const DIFFERENCES_SHOWN = 3

export async function verdict(evidence: Evidence): Promise<Check[]> {
  const commands = await evidence.client.commands({ limit: 1_000 }).all()
  return [
    await checkTicks(evidence),
    checkSettled(commands),
    checkOnce(commands, evidence.ea),
    await checkTrades(evidence),
    await checkAudit(evidence.stage),
  ]
}

type Row = { time_ms: number; bid: number; ask: number }

/** The table in its own order against the file in its: each time, and each price to its last written digit. */
async function checkTicks({ stage, symbol, file, total }: Evidence): Promise<Check> {
  const bar = progress('Comparing ticks', total)
  const rows = tableRows(stage, symbol)
  const wrong: string[] = []
  let equal = 0
  let line = 0
  for await (const tick of readTickFile(file, symbol)) {
    line++
    const { value: row, done } = await rows.next()
    if (!done && isEqual(tick, row)) equal++
    else
      wrong.push(
        `tick ${line} is ${tick.time_ms} ${tick.bid_text} ${tick.ask_text}, stored is ${done ? 'nothing' : `${row.time_ms} ${row.bid} ${row.ask}`}`,
      )
    bar.set(line)
  }
  let beyond = 0
  for await (const _ of rows) beyond++
  bar.end()
  if (beyond > 0) wrong.push(`${count(beyond)} ticks more than the file has`)
  const held = wrong.length === 0 && equal === total
  const said = `${count(equal)} of ${count(total)} ticks in the table equal the file to the last digit and millisecond`
  return { name: 'ticks', held, detail: held ? said : `${said}; ${shown(wrong)}` }
}

async function* tableRows({ server }: Stage, symbol: string): AsyncGenerator<Row, undefined> {
  const { store, desks } = server.server.services
  let after: (string | number)[] | null = null
  for (const desk of desks.opened())
    do {
      const page = await store.ticks(desk.account_id, symbol, 0, limits.time_ms_max, { limit: PAGE, after })
      yield* page.items
      after = page.next
    } while (after !== null)
  return undefined
}

const isEqual = (tick: Tick, row: Row) =>
  row.time_ms === tick.time_ms && isLiteral(row.bid, tick.bid_text) && isLiteral(row.ask, tick.ask_text)

/** Written with the file's number of digits, the stored price is the file's text. */
const isLiteral = (price: number, text: string) =>
  price === Number(text) && price.toFixed(text.split('.')[1]?.length ?? 0) === text

function checkSettled(commands: CommandView[]): Check {
  const by = new Map<string, number>()
  for (const { status } of commands) by.set(status, (by.get(status) ?? 0) + 1)
  const open = ['pending', 'executing', 'timeout'].reduce((sum, status) => sum + (by.get(status) ?? 0), 0)
  const parts = [...by].map(([status, number]) => `${number} ${status}`)
  const detail = `${commands.length - open} of ${commands.length} commands settled: ${parts.join(', ')}`
  return { name: 'settled', held: open === 0 && commands.length > 0, detail }
}

/** P3 from the broker's side: an order that is completed was carried out once, one that failed never. */
function checkOnce(commands: CommandView[], ea: SimEa): Check {
  const opens = commands.filter((command) => command.type === 'OPEN_TRADE')
  const wrong = opens.flatMap(({ command_id, status }) => {
    const times = ea.broker.ledger.executionCount(command_id)
    return times === (status === 'completed' ? 1 : 0)
      ? []
      : [`${command_id} is ${status}, carried out ${times} times`]
  })
  const detail = `${opens.length} orders: completed ones carried out once, refused ones never`
  return { name: 'once', held: wrong.length === 0, detail: wrong.length === 0 ? detail : shown(wrong) }
}

async function checkTrades({ client, ea }: Evidence): Promise<Check> {
  const trades = new Map(
    (await client.trades({ status: 'all', limit: 1_000 }).all()).map((trade) => [trade.ticket, trade]),
  )
  const open = ea.broker.positions()
  const closed = ea.broker.ledger.closedPositions()
  const wrong: string[] = []
  for (const position of [...open, ...closed]) {
    const trade = trades.get(position.ticket)
    if (trade) wrong.push(...differences(trade, position, ea))
    else wrong.push(`${position.ticket} is missing`)
  }
  const known = new Set([...open, ...closed].map((position) => position.ticket))
  for (const ticket of trades.keys()) if (!known.has(ticket)) wrong.push(`${ticket} is not the broker's`)
  const detail = `${open.length} open and ${closed.length} closed trades equal the broker's: volume, prices, SL, TP, profit`
  return { name: 'trades', held: wrong.length === 0, detail: wrong.length === 0 ? detail : shown(wrong) }
}

type Position = ReturnType<SimEa['broker']['positions']>[number] &
  Partial<ReturnType<SimEa['broker']['ledger']['closedPositions']>[number]>

function differences(trade: TradeView, position: Position, ea: SimEa): string[] {
  const digits = ea.broker.symbols.get(position.symbol)?.digits ?? 5
  const is_closed = position.close_price !== undefined
  const pairs: [what: string, ours: unknown, theirs: unknown][] = [
    ['status', trade.status, is_closed ? 'closed' : 'open'],
    ['symbol', trade.symbol, position.symbol],
    ['direction', trade.direction, position.direction],
    ['volume', trade.volume, position.volume],
    ['profit', trade.profit, position.profit],
    ['command', trade.command_id, position.command_id],
  ]
  const wrong = pairs.filter(([, ours, theirs]) => ours !== theirs)
  const price = (what: string, ours: number | null, theirs: number | undefined) => {
    if (!samePrice(ours, theirs, digits)) wrong.push([what, ours, theirs])
  }
  price('open_price', trade.open_price, position.open_price)
  price('sl', trade.sl, position.sl)
  price('tp', trade.tp, position.tp)
  if (is_closed) price('close_price', trade.close_price, position.close_price)
  return wrong.map(
    ([what, ours, theirs]) => `${position.ticket}: ${what} is ${ours}, the broker says ${theirs}`,
  )
}

async function checkAudit({ dir }: Stage): Promise<Check> {
  const ledger = await openLedger({ NGTB_DATA_DIR: dir })
  try {
    const { events, problems } = await ledger.verify()
    const detail =
      problems.length === 0
        ? `${count(events)} events: chain whole, rows are their fold`
        : shown(problems.map((problem) => problem.reason))
    return { name: 'audit', held: problems.length === 0, detail }
  } finally {
    await ledger.close()
  }
}

function shown(wrong: string[]): string {
  const more = wrong.length - DIFFERENCES_SHOWN
  return `${wrong.slice(0, DIFFERENCES_SHOWN).join('; ')}${more > 0 ? `; and ${count(more)} more` : ''}`
}
