// `ngtb command …`: steer an EA through the SDK. An unknown outcome is printed as unknown, with what to do.
import type { Client } from '@ngtb/sdk'
import type { Command } from 'commander'
import { type ClientOptions, withClient, withClientOptions } from './client.ts'
import { batchCommand } from './command-batch.ts'
import { orderCommands } from './command-orders.ts'
import { type SendOptions, send, sending } from './command-send.ts'
import { settleCommand } from './command-settle.ts'
import { showDetail, showList } from './command-text.ts'
import { Misuse } from './failures.ts'
import { count, group, number, side, subcommand, ticket, volume } from './options.ts'
import { say } from './output.ts'
import { pageOf, some } from './reads.ts'

export function commandCommands(program: Command): void {
  const command = group(
    program,
    'command',
    'Send commands to an EA, and see what became of them',
    'command open EURUSD BUY 0.1 --wait',
  )
  openCommand(command)
  modifyCommand(command)
  closeCommands(command)
  orderCommands(command)
  batchCommand(command)
  lookCommands(command)
  settleCommand(command)
}

const price = number(0)

interface OpenOptions extends SendOptions {
  sl?: number
  tp?: number
  comment?: string
  magic?: number
  deviation?: number
}

function openCommand(command: Command): void {
  sending(command, 'open', 'Open a trade', 'open EURUSD BUY 0.1 --sl 1.0850 --tp 1.0950 --wait')
    .argument('<symbol>')
    .argument('<side>', 'BUY or SELL', side)
    .argument('<volume>', 'lots', volume)
    .option('--sl <price>', 'stop loss', price)
    .option('--tp <price>', 'take profit', price)
    .option('--comment <text>', 'at most 31 characters')
    .option('--magic <n>', "the strategy's magic number", count(0))
    .option('--deviation <points>', 'how far the price may slip', count(0))
    .action((symbol: string, order_type: 'BUY' | 'SELL', volume: number, options: OpenOptions) => {
      const { sl, tp, comment, magic, deviation } = options
      const trade = { symbol, order_type, volume, sl, tp, comment, magic, deviation }
      return send(options, (client, how) => client.openTrade({ ...trade, ...how }))
    })
}

function modifyCommand(command: Command): void {
  sending(command, 'modify', 'Set SL and TP of a trade; 0 removes one', 'modify 16218652 --sl 1.0875 --wait')
    .argument('<ticket>', '', ticket)
    .option('--sl <price>', 'stop loss', price)
    .option('--tp <price>', 'take profit', price)
    .action((number: string, options: OpenOptions) => {
      const { sl, tp } = options
      return send(options, (client, how) => client.modifyTrade({ ticket: number, sl, tp, ...how }))
    })
}

function closeCommands(command: Command): void {
  sending(command, 'close', 'Make sure that a trade is closed', 'close 16218652 --wait')
    .argument('<ticket>', '', ticket)
    .option('--reason <text>', 'why, for the audit trail')
    .action((number: string, options: SendOptions & { reason?: string }) =>
      send(options, (client, how) => client.closeTrade({ ticket: number, reason: options.reason, ...how })),
    )
  sending(
    command,
    'close-all',
    'The emergency stop: close every position',
    'close-all --symbol EURUSD --wait',
  )
    .option('--symbol <symbol>', 'only of this symbol')
    .option('--magic <n>', 'only with this magic number', count(0))
    .option('--reason <text>', 'why, for the audit trail')
    .action((options: SendOptions & { symbol?: string; magic?: number; reason?: string }) => {
      const { symbol, magic, reason } = options
      return send(options, (client, how) => client.closeAll({ symbol, magic, reason, ...how }))
    })
}

interface ListOptions extends ClientOptions {
  status?: string
  unknown?: true
  type?: string
  limit: number
}

function lookCommands(command: Command): void {
  withClientOptions(subcommand(command, 'list', 'Commands, newest first', 'command list --unknown'))
    .option('--status <status>', 'pending, executing, completed, failed, timeout, cancelled or expired')
    .option('--unknown', 'those whose outcome is unknown: the same as --status timeout')
    .option('--type <type>', 'e.g. OPEN_TRADE')
    .option('--limit <n>', 'at most so many', count(), 20)
    .action((options: ListOptions) =>
      withClient(options, async (client) => {
        const { type, limit } = options
        const status = statusOf(options)
        const query = { status, type, limit: pageOf(limit) } as Parameters<Client['commands']>[0]
        showList(options, await some(client.commands(query), limit))
      }),
    )
  withClientOptions(
    subcommand(command, 'show', 'One command with attempts and events', 'command show COMMAND_ID'),
  )
    .argument('<command_id>')
    .action((command_id: string, options: ClientOptions) =>
      withClient(options, async (client) => showDetail(options, await client.command(command_id))),
    )
  withClientOptions(
    subcommand(command, 'cancel', 'Cancel a command that no EA has yet', 'command cancel COMMAND_ID'),
  )
    .argument('<command_id>')
    .action((command_id: string, options: ClientOptions) =>
      withClient(options, async (client) => {
        const cancelled = await (await client.handle(command_id)).cancel()
        say(options, cancelled, () => `Cancelled: ${command_id} was not delivered, and will not be.`)
      }),
    )
}

function statusOf({ status, unknown }: ListOptions): string | undefined {
  if (unknown && status !== undefined && status !== 'timeout')
    throw new Misuse(`--unknown are those in the status timeout: leave --status ${status} out.`)
  return unknown ? 'timeout' : status
}
