// `ngtb orphans`: results of EAs for commands that the ledger does not know, because its database went back (K19).
import type { Client } from '@ngtb/sdk'
import type { Command } from 'commander'
import { type ClientOptions, withClient, withClientOptions } from './client.ts'
import { subcommand } from './options.ts'
import { evidenceText } from './outcome-text.ts'
import { moment, say, table } from './output.ts'

export function orphansCommand(program: Command): void {
  withClientOptions(
    subcommand(
      program,
      'orphans',
      'Results of the EA for commands that the ledger does not know, newest first',
      'orphans',
    ),
  )
    .addHelpText(
      'after',
      '\nThe database went back (a restore, a failover), and the EA told its results again. A command that is asked for\n' +
        'once more with its own id takes its result up: npx ngtb command open … --command-id ID',
    )
    .action((options: ClientOptions) => withClient(options, (client) => orphans(client, options)))
}

async function orphans(client: Client, options: ClientOptions): Promise<void> {
  const items = await client.orphans()
  say(options, { items }, () =>
    items.length === 0
      ? 'No orphans: the ledger knows every command that the EA has answered.'
      : table(
          ['command_id', 'no.', 'result', 'ticket', 'how it is known', 'received (UTC)'],
          items.map((one) => [
            one.command_id,
            one.command_no,
            one.status,
            String(one.response.ticket ?? '-'),
            evidenceText(one.evidence),
            moment(one.received_at),
          ]),
        ),
  )
}
