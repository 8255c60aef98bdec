// `ngtb replay …`: the state of a command or an account at a moment, from its audit events alone (P13).
import type { Ledger } from '@ngtb/server'
import type { Command } from 'commander'
import { EXIT, Misuse, NotHeld } from './failures.ts'
import { withLedger } from './ledger.ts'
import { count as figureOption, group, login, subcommand } from './options.ts'
import { count, facts, type Json, moment, say, table } from './output.ts'

type Replays = Ledger['services']['replays']
type CommandReplay = Awaited<ReturnType<Replays['command']>>
type AccountReplay = Awaited<ReturnType<Replays['account']>>

interface ReplayOptions extends Json {
  at?: number
  seq?: number
  account?: string
}

const ZONED = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?$/i

/** UTC unless the text says otherwise. */
function utc(text: string): number {
  const match = ZONED.exec(text)
  const zoned = match && match[1] === undefined && text.length > 10 ? `${text}Z` : text
  const ms = match ? Date.parse(zoned) : Number.NaN
  if (Number.isNaN(ms))
    throw new Misuse(
      `${JSON.stringify(text)} is not a moment. A moment is ISO 8601, UTC, e.g. 2026-01-31T12:00:00Z.`,
    )
  return ms
}

const timed = (command: Command) =>
  command
    .option('--at <time>', 'as it was then: UTC, ISO 8601; default: now', utc)
    .option('--seq <number>', 'as it was after the event with this seq', figureOption(0))

export function replayCommands(program: Command): void {
  const replay = group(
    program,
    'replay',
    'What was when: state rebuilt from the audit trail alone',
    'replay account 12345678 --at 2026-01-31T12:00:00Z',
  )
  timed(
    subcommand(
      replay,
      'command',
      'One command, and where its row of today differs',
      'replay command my-intent-1 --at 2026-01-31T12:00:00Z',
    ),
  )
    .argument('<id>', 'the command_id')
    .option('--account <login>', 'of this account, where several have a command of that name', login)
    .action((id: string, options: ReplayOptions) => withLedger((ledger) => ofCommand(ledger, id, options)))
  timed(
    subcommand(
      replay,
      'account',
      'One account: heads, unsettled commands, open trades',
      'replay account 12345678',
    ),
  )
    .argument('<login>', 'the MT5 login', login)
    .action((number: string, options: ReplayOptions) =>
      withLedger((ledger) => ofAccount(ledger, number, options)),
    )
}

async function ofCommand({ services }: Ledger, id: string, options: ReplayOptions): Promise<void> {
  const account = await ownerOf(services, id, options.account)
  const replay = await services.replays.command(account, id, options)
  say(options, replay, () => commandText(replay))
  judge(replay, options)
}

async function ofAccount({ services }: Ledger, number: string, options: ReplayOptions): Promise<void> {
  const account = await services.store.accountByNumber(number)
  if (!account) throw new NotHeld(`There is no account with the login ${number}.`, 'npx ngtb account list')
  const replay = await services.replays.account(account, options)
  say(options, replay, () => accountText(replay))
  judge(replay, options)
}

async function ownerOf({ store }: Ledger['services'], id: string, number: string | undefined) {
  const all = await store.accounts()
  if (number !== undefined) {
    const named = all.find((account) => account.account_number === number)
    if (named) return named
    throw new NotHeld(`There is no account with the login ${number}.`, 'npx ngtb account list')
  }
  const owners = await store.commandOwners(id)
  const [owner] = all.filter((account) => owners.includes(account.account_id))
  if (owners.length > 1)
    throw new Misuse(`${owners.length} accounts have a command ${id}: say which by --account LOGIN.`)
  if (!owner)
    throw new NotHeld(
      `No account has a command ${id}.`,
      'If its row was deleted, name its account: --account LOGIN. npx ngtb command list shows what there is.',
    )
  return owner
}

/** In the past rows differ as life went on; today a difference is a change behind the server. */
const isPast = ({ at, seq }: ReplayOptions) => at !== undefined || seq !== undefined

function judge({ departures }: CommandReplay | AccountReplay, options: ReplayOptions): void {
  if (!isPast(options) && departures.length > 0) process.exitCode = EXIT.not_held
}

function headText({ account_number, events, last, asked_at, asked_seq }: CommandReplay | AccountReplay) {
  const asked = [asked_at, asked_seq === null ? null : `seq ${asked_seq}`].filter((one) => one !== null)
  return [
    ['Login', account_number],
    ['As of', asked.length === 0 ? 'now' : asked.join(', ')],
    ['Events', count(events)],
    [
      'The last',
      last ? `${moment(last.at)} UTC  ${last.kind} by ${last.actor} (seq ${last.seq})` : 'none yet',
    ],
  ] as const
}

function commandText(replay: CommandReplay): string {
  const state = replay.state
    ? facts(Object.entries(replay.state).map(([field, value]) => [field, valueText(value)] as const))
    : 'It was not there yet.'
  return [
    facts([['Command', replay.command_id], ...headText(replay)]),
    '',
    state,
    '',
    departuresText(replay),
  ].join('\n')
}

function accountText(replay: AccountReplay): string {
  const { state } = replay
  const { account, connection, commands_by_status } = state
  const pairs = (values: object) =>
    Object.entries(values).map(([name, value]) => [name, valueText(value)] as const)
  const lists = [
    ['Journals', state.journals],
    ['Generations', state.generations ?? []],
    ['Strategies', state.strategies],
    ['Orphans', state.orphans],
    ['Keys', state.keys],
    ['Unsettled commands', state.commands],
    ['Open trades', state.trades],
  ] as const
  return [
    facts([...headText(replay), ...pairs(account), ...pairs(connection)]),
    '',
    `Commands: ${
      Object.entries(commands_by_status)
        .map(([status, number]) => `${count(number)} ${status}`)
        .join(', ') || 'none yet'
    }`,
    ...lists.flatMap(([title, rows]) => (rows.length === 0 ? [] : ['', `${title}:`, rowsText(title, rows)])),
    '',
    departuresText(replay),
  ].join('\n')
}

/** What a person looks for first; --json has every field. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  Keys: ['key_id', 'label', 'scopes', 'created_at', 'expires_at', 'revoked_at'],
  Orphans: ['command_id', 'command_no', 'status', 'received_at'],
  'Unsettled commands': ['command_id', 'command_no', 'type', 'status', 'attempt', 'created_at', 'note'],
  'Open trades': ['ticket', 'symbol', 'direction', 'volume', 'open_price', 'sl', 'tp', 'command_id'],
}

function rowsText(title: string, rows: readonly Readonly<Record<string, unknown>>[]): string {
  const columns = COLUMNS[title] ?? Object.keys(rows[0] ?? {})
  return table(
    columns,
    rows.map((row) => columns.map((column) => valueText(row[column]))),
  )
}

function departuresText({ departures, asked_at, asked_seq }: CommandReplay | AccountReplay): string {
  const past = asked_at !== null || asked_seq !== null
  if (departures.length === 0)
    return past ? 'Nothing of it has changed since.' : 'The rows are what the events say.'
  return [
    past
      ? 'Since then:'
      : 'The rows DEPART from the events: somebody changed them behind the server (npx ngtb audit verify).',
    table(
      ['what', 'field', past ? 'then' : 'events say', past ? 'now' : 'the row says'],
      departures.map(({ what, subject, field, told, is }) => [
        subject === null ? what : `${what} ${subject}`,
        field ?? 'there',
        valueText(told),
        valueText(is),
      ]),
    ),
  ].join('\n')
}

const TEXT_MAX = 160

function valueText(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'number' || typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text
}
