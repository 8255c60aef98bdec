// `ngtb limits …`: what may be opened on an account at most. Closing is never limited.
import type { LimitsBody, LimitsView } from '@ngtb/protocol'
import type { Command } from 'commander'
import { type ClientOptions, withClient, withClientOptions } from './client.ts'
import { Misuse } from './failures.ts'
import { count, group, subcommand, volume } from './options.ts'
import { facts, moment, say } from './output.ts'

/** Takes a limit away. A word, since commander makes an empty text of null. */
const NONE = 'none'

interface SetOptions extends ClientOptions {
  maxVolume?: number | typeof NONE
  maxOpenPositions?: number | typeof NONE
  maxOpeningsPerMinute?: number | typeof NONE
  symbols?: string[] | typeof NONE
  closeOnly?: boolean
}

const orNone =
  <T>(read: (text: string) => T) =>
  (text: string): T | typeof NONE =>
    text === NONE ? NONE : read(text)

export function limitsCommands(program: Command): void {
  const parent = group(program, 'limits', 'What may be opened on an account at most', 'limits show')
  withClientOptions(
    subcommand(parent, 'show', 'The limits, and what counts against them', 'limits show'),
  ).action((options: ClientOptions) =>
    withClient(options, async (client) => show(options, await client.limits())),
  )
  withClientOptions(
    subcommand(
      parent,
      'set',
      'Change what is named, and leave the rest; `none` takes a limit away. Needs the scope admin',
      'limits set --max-volume 1 --symbols EURUSD,GBPUSD',
    ),
  )
    .option('--max-volume <lots>', 'lots of one order', orNone(volume))
    .option('--max-open-positions <count>', 'open, pending and on the way', orNone(count(0)))
    .option('--max-openings-per-minute <count>', 'openings in a minute', orNone(count(0)))
    .option('--symbols <names>', 'symbols that may be opened, by comma', orNone(symbolsOf))
    .option('--close-only', 'nothing may be opened')
    .option('--no-close-only', 'it may be opened again')
    .action((options: SetOptions) =>
      withClient(options, async (client) => {
        const wanted = bodyOf(options)
        if (Object.keys(wanted).length === 0)
          throw new Misuse('Nothing was named. npx ngtb limits set --help')
        const { max_volume, max_open_positions, max_openings_per_minute, symbols, close_only } =
          await client.limits()
        const before = { max_volume, max_open_positions, max_openings_per_minute, symbols, close_only }
        show(options, await client.setLimits({ ...before, ...wanted }))
      }),
    )
}

/** Only what was typed. */
function bodyOf(options: SetOptions): LimitsBody {
  const { maxVolume, maxOpenPositions, maxOpeningsPerMinute, symbols, closeOnly } = options
  const typed = {
    max_volume: maxVolume,
    max_open_positions: maxOpenPositions,
    max_openings_per_minute: maxOpeningsPerMinute,
    ...{ symbols, close_only: closeOnly },
  }
  const named = Object.entries(typed).filter(([, value]) => value !== undefined)
  return Object.fromEntries(named.map(([name, value]) => [name, value === NONE ? null : value]))
}

function symbolsOf(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.includes(''))
    throw new Misuse('--symbols: names by comma, like EURUSD,GBPUSD; none: every symbol.')
  return [...new Set(names)]
}

const most = (limit: number | null) => limit ?? 'no limit'

function show(options: ClientOptions, view: LimitsView): void {
  say(options, view, () =>
    facts([
      ['Account', view.account_number],
      ['May be opened', view.close_only ? 'nothing: close only' : 'within these limits'],
      ['One order, lots', most(view.max_volume)],
      ['Open, pending and on the way', `${view.now.open_positions} of ${most(view.max_open_positions)}`],
      ['Openings in a minute', `${view.now.openings_last_minute} of ${most(view.max_openings_per_minute)}`],
      ['Symbols', view.symbols?.join(', ') ?? 'every one'],
      ['Set (UTC)', view.changed_at ? `${moment(view.changed_at)} by ${view.changed_by}` : 'never'],
    ]),
  )
}
