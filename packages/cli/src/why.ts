// `ngtb why TICKET`: what happened to a trade or a pending order, and who did it.
import {
  type Client,
  NgtbError,
  type OrderDetailView,
  type StoryLine,
  type TradeHistoryView,
} from '@ngtb/sdk'
import type { Command } from 'commander'
import { type ClientOptions, withClient, withClientOptions } from './client.ts'
import { subcommand } from './options.ts'
import { moment, say, table } from './output.ts'

export function whyCommand(program: Command): void {
  withClientOptions(
    subcommand(
      program,
      'why',
      'What happened to a trade or a pending order, and who did it',
      'why 16218652 --account 12345678',
    ),
  )
    .argument('<ticket>', 'the position’s or the order’s ticket')
    .action((ticket: string, options: ClientOptions) =>
      withClient(options, (client) => why(client, ticket, options)),
    )
}

async function why(client: Client, ticket: string, options: ClientOptions): Promise<void> {
  const history = await client.tradeHistory(ticket).catch(async (error: unknown) => {
    if (!(error instanceof NgtbError) || error.code !== 'NGTB_TRADE_UNKNOWN') throw error
    // An order that has filled has the ticket of its position (hedging); one that has not is only an order.
    return client.order(ticket)
  })
  const head = 'trade' in history ? headOf(history) : orderHead(history)
  say(options, history, () => `${head}\n\n${storyTable(history.story)}`)
}

const orderHead = ({ ticket, type, volume, symbol, price, status, state }: OrderDetailView): string =>
  `${ticket}: ${type} ${volume} ${symbol} at ${price}, ${status === 'waiting' ? 'waiting' : `over: ${state}`}.`

function headOf({ trade }: TradeHistoryView): string {
  const { ticket, direction, volume, symbol, open_price, status, profit, close_reason, suspect_since } = trade
  const end =
    status === 'closed' ? `: ${close_reason ?? 'no reason given'}, profit ${profit ?? 'unknown'}` : ''
  const doubt =
    suspect_since === null ? '' : `, missing in the terminal’s list since ${moment(suspect_since)}`
  return `${ticket}: ${direction} ${volume} ${symbol} at ${open_price}, ${status}${end}${doubt}.`
}

const storyTable = (story: readonly StoryLine[]): string =>
  table(
    ['at (UTC)', 'what', 'who', 'command'],
    story.map(({ at, text, made_by, command_id, asked_by }) => [
      moment(at),
      text,
      WHO[made_by] ?? made_by,
      command_id === null ? '' : `${command_id}${asked_by === null ? '' : ` (${asked_by})`}`,
    ]),
  )

const WHO: Readonly<Record<string, string>> = {
  command: 'a command',
  other_ea: 'another EA',
  manual: 'a person, by hand',
  sl: 'its stop loss',
  tp: 'its take profit',
  stop_out: 'the broker: stop out',
  broker: 'the broker',
  unattributed: 'nobody can say',
  server: 'the server',
}
