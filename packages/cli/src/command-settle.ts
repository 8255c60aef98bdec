// `ngtb command settle`: a person's word about a command whose outcome no evidence can tell. Needs an admin key.
import type { PersonsWord } from '@ngtb/sdk'
import type { Command } from 'commander'
import { type ClientOptions, withClient, withClientOptions } from './client.ts'
import { Misuse } from './failures.ts'
import { subcommand, ticket } from './options.ts'
import { say } from './output.ts'

interface SettleOptions extends ClientOptions {
  completed?: string | true
  notExecuted?: true
  note?: string
}

const HELP = `
It is your word against nothing: look at the terminal first (positions, pending orders, history), for the magic number
and the time. It is recorded with your key and the note. Should the EA prove otherwise later, its word counts.`

export function settleCommand(command: Command): void {
  withClientOptions(
    subcommand(
      command,
      'settle',
      'Say what became of a command whose outcome is unknown',
      "command settle COMMAND_ID --not-executed --note 'no such order in the terminal'",
    ),
  )
    .argument('<command_id>')
    .option('--completed [ticket]', 'it was carried out; an order needs the ticket of its position or order')
    .option('--not-executed', 'it was not carried out, and will not be')
    .option('--note <text>', 'how you know, for the audit trail')
    .addHelpText('after', HELP)
    .action(settle)
}

async function settle(command_id: string, options: SettleOptions): Promise<void> {
  const word = wordOf(options)
  await withClient(options, async (client) => {
    const settled = await client.settle(command_id, word)
    say(options, settled, () =>
      settled.status === 'completed'
        ? `${settled.type} ${command_id} is completed by your word. What it did at the broker is for the next sync to tell.`
        : `${settled.type} ${command_id} is failed by your word: not carried out. A new attempt is a new command.`,
    )
  })
}

function wordOf({ completed, notExecuted, note }: SettleOptions): PersonsWord {
  if ((completed === undefined) === (notExecuted === undefined))
    throw new Misuse('Say one of the two: --completed [TICKET] or --not-executed.')
  if (note === undefined || note.trim() === '')
    throw new Misuse('Say how you know: --note TEXT. It is kept in the audit trail.')
  if (notExecuted) return { not_executed: true, note }
  return { completed: typeof completed === 'string' ? { ticket: ticket(completed) } : true, note }
}
