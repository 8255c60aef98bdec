// `ngtb why TICKET`: what happened to a trade, and who did it.
import type { Client, StoryLine, TradeHistoryView } from '@ngtb/sdk'
import type { Command } from 'commander'
import { type ClientOptions, withClient, withClientOptions } from './client.ts'
import { subcommand } from './options.ts'
import { moment, say, table } from './output.ts'

export function whyCommand(program: Command): void {
  withClientOptions(
    subcommand(program, 'why', 'What happened to a trade, and who did it', 'why 16218652 --account 12345678'),
  )
    .argument('<ticket>', 'the position ticket')
    .action((ticket: string, options: ClientOptions) =>
      withClient(options, (client) => why(client, ticket, options)),
    )
}

async function why(client: Client, ticket: string, options: ClientOptions): Promise<void> {
  const history = await client.tradeHistory(ticket)
  say(options, history, () => `${headOf(history)}\n\n${storyTable(history.story)}`)
}

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
