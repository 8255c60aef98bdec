// `ngtb export`: ticks, candles and bars of one symbol as CSV, to read, to replay, or to load into a Parquet file.
//
//   E1. A file is there whole or not at all: it is written under another name and renamed at the end.
//   E2. Prices are the shortest text of the stored number, so what is read back is the same number.
import { createWriteStream } from 'node:fs'
import { access, rename, rm, writeFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { TIMEFRAMES, type Timeframe } from '@ngtb/protocol'
import type { BarView, CandleView, Client, TickView } from '@ngtb/sdk'
import { type Command, Option } from 'commander'
import { type ClientOptions, withClient, withClientOptions } from './client.ts'
import { Misuse } from './failures.ts'
import { group, subcommand } from './options.ts'
import { count as figure, remark, say } from './output.ts'
import { progress } from './progress.ts'

interface ExportOptions extends ClientOptions {
  symbol: string
  from?: string
  to?: string
  out: string
  parquet?: true
  force?: true
}
interface CandleOptions extends ExportOptions {
  timeframe: Timeframe
}

/** A column, with its type in Parquet. */
interface Column<T> {
  readonly name: string
  readonly type: string
  of(item: T, symbol: string): string | number | boolean
}

const PAGE = 1_000
const utcMs = ({ time }: { time: string }) => Date.parse(time)

/** As `ngtb sim --ticks` takes it. */
const TICKS: readonly Column<TickView>[] = [
  { name: 'time_utc_ms', type: 'INT64', of: utcMs },
  { name: 'bid', type: 'DOUBLE', of: ({ bid }) => bid },
  { name: 'ask', type: 'DOUBLE', of: ({ ask }) => ask },
]
const TICKS_TYPED: readonly Column<TickView>[] = [
  { name: 'symbol', type: 'STRING', of: ({ symbol }) => symbol },
  { name: 'time_utc', type: 'TIMESTAMP_MILLIS (UTC)', of: ({ time }) => time },
  { name: 'time_broker_ms', type: 'INT64', of: ({ time_ms }) => time_ms },
  { name: 'bid', type: 'DOUBLE', of: ({ bid }) => bid },
  { name: 'ask', type: 'DOUBLE', of: ({ ask }) => ask },
  { name: 'volume', type: 'DOUBLE', of: ({ volume }) => volume },
]
const PRICES: readonly Column<Pick<CandleView, 'time' | 'open' | 'high' | 'low' | 'close'>>[] = [
  { name: 'time_utc_ms', type: 'INT64', of: utcMs },
  { name: 'open', type: 'DOUBLE', of: ({ open }) => open },
  { name: 'high', type: 'DOUBLE', of: ({ high }) => high },
  { name: 'low', type: 'DOUBLE', of: ({ low }) => low },
  { name: 'close', type: 'DOUBLE', of: ({ close }) => close },
]
const TYPED_TIMES: readonly Column<Pick<CandleView, 'time' | 'time_ms'>>[] = [
  { name: 'symbol', type: 'STRING', of: (_, symbol) => symbol },
  { name: 'time_utc', type: 'TIMESTAMP_MILLIS (UTC)', of: ({ time }) => time },
  { name: 'time_broker_ms', type: 'INT64', of: ({ time_ms }) => time_ms },
]
const CANDLES: readonly Column<CandleView>[] = [
  ...PRICES,
  { name: 'ticks', type: 'INT64', of: ({ ticks }) => ticks },
  { name: 'complete', type: 'BOOLEAN', of: ({ complete }) => complete },
]
const CANDLES_TYPED: readonly Column<CandleView>[] = [...TYPED_TIMES, ...CANDLES.slice(1)]

const BARS: readonly Column<BarView>[] = [
  ...PRICES,
  { name: 'tick_volume', type: 'INT64', of: ({ tick_volume }) => tick_volume },
  { name: 'real_volume', type: 'DOUBLE', of: ({ real_volume }) => real_volume },
  { name: 'spread', type: 'INT64', of: ({ spread }) => spread },
  { name: 'complete', type: 'BOOLEAN', of: ({ complete }) => complete },
]
const BARS_TYPED: readonly Column<BarView>[] = [...TYPED_TIMES, ...BARS.slice(1)]

export function exportCommands(program: Command): void {
  const root = group(
    program,
    'export',
    'Ticks, candles and bars as CSV',
    'export ticks --account 12345678 --symbol EURUSD --out eurusd.csv',
  )
  withExport(
    subcommand(
      root,
      'ticks',
      'Ticks of one symbol, oldest first',
      'export ticks --symbol EURUSD --out eurusd.csv',
    ),
  ).action((options: ExportOptions) =>
    withClient(options, (client) =>
      write(client.ticks(rangeOf(options)), options.parquet ? TICKS_TYPED : TICKS, options),
    ),
  )
  withExport(
    subcommand(
      root,
      'candles',
      'Candles from the ticks (bid)',
      'export candles --symbol EURUSD --timeframe H1 --out h1.csv',
    ),
  )
    .addOption(
      new Option('--timeframe <name>', 'of the candles').choices(Object.keys(TIMEFRAMES)).default('M1'),
    )
    .action((options: CandleOptions) =>
      withClient(options, (client: Client) =>
        write(
          client.candles({ ...rangeOf(options), timeframe: options.timeframe }),
          options.parquet ? CANDLES_TYPED : CANDLES,
          options,
        ),
      ),
    )
  withExport(
    subcommand(
      root,
      'bars',
      'Bars of the terminal’s history, as REQUEST_HISTORY brought them',
      'export bars --symbol EURUSD --timeframe H1 --out h1.csv',
    ),
  )
    .addOption(new Option('--timeframe <name>', 'of the bars').choices(Object.keys(TIMEFRAMES)).default('M1'))
    .action((options: CandleOptions) =>
      withClient(options, (client: Client) =>
        write(
          client.bars({ ...rangeOf(options), timeframe: options.timeframe }),
          options.parquet ? BARS_TYPED : BARS,
          options,
        ),
      ),
    )
}

const withExport = (command: Command): Command =>
  withClientOptions(command)
    .requiredOption('--symbol <symbol>', 'of this symbol')
    .requiredOption('--out <file>', 'the file to write')
    .option('--from <moment>', 'from this moment of broker time on, ISO 8601')
    .option('--to <moment>', 'up to before this moment')
    .option('--parquet', 'flat columns of one type each, with their Parquet types in <file>.schema.json')
    .option('--force', 'replace the file if it is there')

const rangeOf = ({ symbol, from, to }: ExportOptions) => ({ symbol, from, to, limit: PAGE })

async function write<T extends { time_ms: number }>(
  items: AsyncIterable<T>,
  columns: readonly Column<T>[],
  options: ExportOptions,
): Promise<void> {
  const { out, symbol, force, parquet, to } = options
  if (!force && (await exists(out)))
    throw new Misuse(`${out} is there already. Give another --out, or --force to replace it.`)
  const part = `${out}.part`
  const end_ms = to === undefined ? Date.now() : Date.parse(to)
  const bar = progress(`${symbol} `, 100)
  let rows = 0
  async function* lines(): AsyncGenerator<string> {
    yield `${columns.map(({ name }) => name).join(',')}\n`
    let begin_ms = 0
    for await (const item of items) {
      if (rows++ === 0) begin_ms = item.time_ms
      // How many there are nobody knows before the end: the share of the time is told.
      if (rows % PAGE === 0) bar.set(shareOf(item.time_ms - begin_ms, end_ms - begin_ms))
      yield `${columns.map(({ of }) => cell(of(item, symbol))).join(',')}\n`
    }
  }
  try {
    await pipeline(lines, createWriteStream(part))
    if (parquet) await writeFile(`${out}.schema.json`, schemaOf(columns))
    await rename(part, out)
  } catch (error) {
    await rm(part, { force: true })
    throw (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? new Misuse(`There is no folder for ${out}. Make it, or give another --out.`)
      : error
  } finally {
    bar.end()
  }
  if (rows === 0) remark(`No rows: is ${symbol} the EA's own name of the symbol?`)
  say(options, { file: out, rows }, () => `${figure(rows)} rows in ${out}.`)
}

/** Percent, never all of it before the end. */
const shareOf = (done_ms: number, all_ms: number): number =>
  all_ms > 0 ? Math.min(99, Math.round((100 * done_ms) / all_ms)) : 99

/** Symbols and moments only: what holds a comma or a quote is put into quotes. */
function cell(value: string | number | boolean): string {
  if (typeof value === 'number') return decimal(value)
  return typeof value === 'string' && /[",\n]/.test(value)
    ? `"${value.replaceAll('"', '""')}"`
    : String(value)
}

/** Without an exponent: not every reader of a CSV knows one. */
function decimal(value: number): string {
  const text = String(value)
  return text.includes('e-') ? value.toFixed(20).replace(/0+$/, '') : text
}

function schemaOf<T>(columns: readonly Column<T>[]): string {
  const typed = columns.map(({ name, type }) => ({ name, type, nullable: false }))
  return `${JSON.stringify({ columns: typed }, null, 2)}\n`
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
