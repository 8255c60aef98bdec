// What every `ngtb command` that sends has in common: its options, how to wait, and what is said of the outcome.
import type { Client, CommandHandle, SubmitOptions } from '@ngtb/sdk'
import { type Command, Option } from 'commander'
import { type ClientOptions, withClient, withClientOptions } from './client.ts'
import { showCreated, showOutcome } from './command-text.ts'
import { number, subcommand } from './options.ts'

export interface SendOptions extends ClientOptions {
  wait?: number | true
  ttl?: number
  commandId?: string
  requireConnected?: true
  priority?: string
}

export const WAIT_DEFAULT_S = 60
const PRIORITIES = ['CRITICAL', 'HIGH', 'NORMAL', 'LOW']

export const withWait = (command: Command): Command =>
  command.option('--wait [seconds]', `wait for the outcome (${WAIT_DEFAULT_S} s unless said)`, number(0.1))

export const waitMs = (wait: number | true): number => (wait === true ? WAIT_DEFAULT_S : wait) * 1000

export function sending(parent: Command, name: string, about: string, example: string): Command {
  return withWait(withClientOptions(subcommand(parent, name, about, `command ${example}`)))
    .option('--ttl <seconds>', 'how long it may wait for the EA', number(0.1))
    .option('--command-id <id>', 'your own name for it: asking again with it does it once')
    .option('--require-connected', 'refuse it when no EA is connected')
    .addOption(
      new Option('--priority <name>', 'which of the waiting ones the EA gets first').choices(PRIORITIES),
    )
}

export async function send(
  options: SendOptions,
  submit: (client: Client, how: SubmitOptions) => Promise<CommandHandle>,
): Promise<void> {
  const { ttl, commandId, requireConnected, priority } = options
  const how: SubmitOptions = {
    ttl_ms: ttl === undefined ? undefined : Math.round(ttl * 1000),
    command_id: commandId,
    require_connected: requireConnected,
    priority: priority as SubmitOptions['priority'],
  }
  await withClient(options, async (client) => {
    const handle = await submit(client, how)
    if (options.wait === undefined) return showCreated(options, handle)
    await showOutcome(options, handle, waitMs(options.wait))
  })
}
