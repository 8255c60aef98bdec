// `ngtb trades`, `ngtb orders`, `ngtb status`, `ngtb logs`: what a running server says.
import type { Client, ConnectionView, SystemStatusView } from '@ngtb/sdk'
import { type Command, Option } from 'commander'
import { apiKey, type ClientOptions, serverUrl, withClient, withClientOptions } from './client.ts'
import { NotHeld } from './failures.ts'
import { count, subcommand } from './options.ts'
import { ago, count as figure, moment, say, table } from './output.ts'

interface ListOptions extends ClientOptions {
  limit: number
}

export function readCommands(program: Command): void {
  withClientOptions(subcommand(program, 'trades', 'The trades of an account', 'trades --status all'))
    .addOption(
      new Option('--status <status>', 'which ones').choices(['open', 'closed', 'all']).default('open'),
    )
    .option('--symbol <symbol>', 'of one symbol')
    .option('--limit <n>', 'at most so many', count(), 100)
    .action((options: TradeOptions) => withClient(options, (client) => trades(client, options)))
  withClientOptions(subcommand(program, 'orders', 'Pending orders of an account', 'orders --status all'))
    .addOption(
      new Option('--status <status>', 'which ones').choices(['waiting', 'over', 'all']).default('waiting'),
    )
    .option('--symbol <symbol>', 'of one symbol')
    .option('--limit <n>', 'at most so many', count(), 100)
    .action((options: OrderOptions) => withClient(options, (client) => orders(client, options)))
  withClientOptions(
    subcommand(program, 'status', 'Connections, commands and data of the server', 'status'),
  ).action(status)
  withClientOptions(
    subcommand(program, 'logs', 'Log lines of the EA, newest first', 'logs --level ERROR --limit 20'),
  )
    .option('--level <level>', 'of one level: DEBUG, INFO, WARNING, ERROR, CRITICAL')
    .option('--search <text>', 'with this text in the message')
    .option('--limit <n>', 'at most so many', count(), 50)
    .action((options: LogOptions) => withClient(options, (client) => logs(client, options)))
}

interface TradeOptions extends ListOptions {
  status: 'open' | 'closed' | 'all'
  symbol?: string
}

async function trades(client: Client, options: TradeOptions): Promise<void> {
  const { status, symbol, limit } = options
  const items = await some(client.trades({ status, symbol, limit: pageOf(limit) }), limit)
  say(options, { items }, () =>
    items.length === 0
      ? `No ${status === 'all' ? '' : `${status} `}trades.`
      : table(
          [
            'ticket',
            'symbol',
            'side',
            'volume',
            'open',
            'sl',
            'tp',
            'profit',
            'status',
            'close',
            'why',
            'command',
          ],
          items.map((trade) => [
            trade.ticket,
            trade.symbol,
            trade.direction,
            trade.volume,
            trade.open_price,
            trade.sl,
            trade.tp,
            trade.profit,
            trade.status,
            trade.close_price,
            trade.close_reason,
            trade.command_id,
          ]),
        ),
  )
}

interface OrderOptions extends ListOptions {
  status: 'waiting' | 'over' | 'all'
  symbol?: string
}

async function orders(client: Client, options: OrderOptions): Promise<void> {
  const { status, symbol, limit } = options
  const items = await some(client.orders({ status, symbol, limit: pageOf(limit) }), limit)
  say(options, { items }, () =>
    items.length === 0
      ? `No pending orders${status === 'all' ? '' : status === 'waiting' ? ' wait' : ' are over'}.`
      : table(
          ['ticket', 'symbol', 'type', 'volume', 'left', 'price', 'sl', 'tp', 'state', 'made by', 'ended by'],
          items.map((order) => [
            order.ticket,
            order.symbol,
            order.type,
            order.volume,
            order.volume_left,
            order.price,
            order.sl,
            order.tp,
            order.state,
            order.command_id ?? order.made_by,
            order.ended_command_id ?? order.ended_by,
          ]),
        ),
  )
}

interface LogOptions extends ListOptions {
  level?: string
  search?: string
}

async function logs(client: Client, options: LogOptions): Promise<void> {
  const { search, limit } = options
  const level = options.level?.toUpperCase() as 'INFO' | undefined
  const items = await some(client.logs({ level, search, limit: pageOf(limit) }), limit)
  say(options, { items }, () =>
    items.length === 0
      ? 'No log lines.'
      : table(
          ['received (UTC)', 'level', 'message'],
          items.map((log) => [moment(log.received_at), log.level, log.message]),
        ),
  )
}

/** The first `limit` of a list that fetches its pages as it is walked. */
export async function some<T>(list: AsyncIterable<T>, limit: number): Promise<T[]> {
  const items: T[] = []
  for await (const item of list) {
    items.push(item)
    if (items.length >= limit) break
  }
  return items
}

export const pageOf = (limit: number): number => Math.min(limit, 1_000)

async function status(options: ClientOptions): Promise<void> {
  const url = serverUrl(options)
  const found = await systemStatus(options)
  say(options, { url, ...found }, () => statusText(url, found))
}

/** Without a key the page for everybody on this machine: a look must not need one. */
export async function systemStatus(options: ClientOptions): Promise<SystemStatusView> {
  if (apiKey(options)) return withClient(options, (client) => client.systemStatus())
  const url = serverUrl(options)
  const answer = await fetch(new URL('/api/system/status', url), {
    signal: AbortSignal.timeout(5_000),
  }).catch(() => {
    throw new NotHeld(
      `No answer from ${url}.`,
      'Is the server running (`npx ngtb start`)? Does NGTB_URL name it?',
    )
  })
  if (answer.ok) return (await answer.json()) as SystemStatusView
  throw new NotHeld(
    `${url} answered ${answer.status}.`,
    'Set NGTB_API_KEY or give --key; `npx ngtb key create --scope commands:read` makes one.',
  )
}

function statusText(url: string, { connections, commands, data }: SystemStatusView): string {
  const lines = [
    `Server       ${url}`,
    `Connections  ${connections.total}: ${connections.healthy} healthy, ${connections.unhealthy} not`,
    `Commands     ${figure(commands.total_processed)} processed, ${figure(commands.total_failed)} failed or unknown, ` +
      `${commands.success_rate} % success; ${commands.active} active, ${commands.expired} expired, ${commands.cancelled} cancelled`,
    `Data         ${figure(data.total_ticks_received)} ticks, ${figure(data.total_heartbeats_received)} heartbeats`,
  ]
  if (connections.details.length === 0) return [...lines, '', 'No EA has connected yet.'].join('\n')
  const closed = connections.details.flatMap(closedText)
  const troubles = connections.details.flatMap(troubleText)
  return [
    ...lines,
    '',
    connectionTable(connections.details),
    ...(closed.length > 0 ? ['', ...closed] : []),
    ...(troubles.length > 0 ? ['', ...troubles] : []),
  ].join('\n')
}

const connectionTable = (connections: ConnectionView[]) =>
  table(
    [
      'account_id',
      'login',
      'broker',
      'EA',
      'epoch',
      'owner',
      'state',
      'healthy',
      'score',
      'last sign of life',
      'opening',
      'ticks',
      'open',
      'balance',
      'equity',
    ],
    connections.map((one) => [
      one.account_id,
      one.account_number,
      one.broker,
      one.protocol === null ? null : one.protocol >= 2 ? 'native' : 'plain',
      one.protocol === null || one.protocol < 2 ? null : one.epoch,
      ownerText(one),
      one.state,
      one.healthy,
      one.health_score,
      one.last_seen_at === null ? 'never' : ago(Date.now() - Date.parse(one.last_seen_at)),
      whyClosed(one).length === 0 ? 'open' : whyClosed(one).join(', '),
      one.tick_count,
      one.open_positions,
      one.balance,
      one.equity,
    ]),
  )

/** The journal's id, short, and whether its lease still runs. */
function ownerText({ owner_journal_id, owner_lease_until }: ConnectionView): string | null {
  if (owner_journal_id === null) return null
  const alive = owner_lease_until !== null && Date.parse(owner_lease_until) > Date.now()
  return `${owner_journal_id.slice(0, 8)}${alive ? '' : ' (lease over)'}`
}

/** Why OPEN and PLACE_PENDING are refused (423); only a native EA's account can be closed for them. */
const whyClosed = ({ protocol, contended, replaying, drifted }: ConnectionView): string[] =>
  protocol !== 2
    ? []
    : [contended ? 'contended' : '', replaying ? 'replaying' : '', drifted ? 'drifted' : ''].filter(
        (word) => word !== '',
      )

const REMEDIES: Record<string, string> = {
  contended: 'two EAs contend: stop one of them; it opens again 15 s after the other asked last.',
  replaying:
    'the ledger went back: it opens again when the EA has told its results once more (npx ngtb orphans).',
  drifted: 'positions of EA and ledger differ: it opens again after the next full list that agrees.',
}

/** Conditions that are known and not as they should be (contract §9), each with since when and why. */
const troubleText = ({ account_number, conditions }: ConnectionView): string[] =>
  Object.entries(conditions).flatMap(([name, { is, since, cause }]) =>
    is === null || is === (name !== 'drifted')
      ? []
      : [`Login ${account_number}: ${name} ${is ? 'yes' : 'no'}${since ? ` since ${since}` : ''}: ${cause}`],
  )

const closedText = (one: ConnectionView): string[] =>
  whyClosed(one).map(
    (word) =>
      `Login ${one.account_number} opens nothing for now; closing stays possible. ${word}: ${REMEDIES[word]}`,
  )
