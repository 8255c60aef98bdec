// `ngtb command batch`: the lines of a file as commands, all of them or none.
import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { isCommandType, parseJson } from '@ngtb/protocol'
import {
  type BatchIntent,
  type CommandHandle,
  intentKey,
  NgtbError,
  type Outcome,
  OutcomeUnknown,
} from '@ngtb/sdk'
import type { Command } from 'commander'
import { type ClientOptions, withClient, withClientOptions } from './client.ts'
import { waitMs, withWait } from './command-send.ts'
import { EXIT, Misuse } from './failures.ts'
import { subcommand } from './options.ts'
import { shortOutcome } from './outcome-text.ts'
import { say, table } from './output.ts'

interface BatchOptions extends ClientOptions {
  wait?: number | true
  name?: string
}

const HELP = `
One JSON object a line, as POST …/commands takes it, or with the payload's fields beside the type:
  {"type": "CLOSE_TRADE", "payload": {"ticket": "16218652"}}
  {"type": "OPEN_TRADE", "symbol": "EURUSD", "order_type": "BUY", "volume": 0.1, "command_id": "entry-7"}
If one line is refused, none is created. FILE may be - for standard input.`

export function batchCommand(command: Command): void {
  withWait(
    withClientOptions(
      subcommand(
        command,
        'batch',
        'Create the commands of a file, all of them or none',
        'command batch orders.jsonl --name monday --wait',
      ),
    ),
  )
    .argument('<file>', 'one JSON object a line')
    .option('--name <name>', 'names the lines that have no command_id: asking again with it does each once')
    .addHelpText('after', HELP)
    .action(batch)
}

async function batch(file: string, options: BatchOptions): Promise<void> {
  const text = file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8')
  const lines = linesOf(file === '-' ? 'standard input' : file, text)
  const intents = lines.map(({ intent }, at) => named(intent, at, options.name))
  await withClient(options, async (client) => {
    const handles = await client.batch(intents).catch((error: unknown) => {
      throw byLine(
        error,
        lines.map(({ where }) => where),
      )
    })
    if (options.wait === undefined) return showCreatedAll(options, handles)
    await showOutcomes(options, handles, waitMs(options.wait))
  })
}

interface Line {
  where: string
  intent: BatchIntent
}

function linesOf(file: string, text: string): Line[] {
  const lines = text
    .split('\n')
    .map((line, at) => ({ line, where: `Line ${at + 1} of ${file}` }))
    .filter(({ line }) => line.trim() !== '')
  if (lines.length === 0) throw new Misuse(`${file} has no commands: one JSON object a line.`)
  return lines.map(({ line, where }) => ({ where, intent: intentOf(line, where) }))
}

function intentOf(line: string, where: string): BatchIntent {
  const value = parsed(line)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Misuse(`${where} is not one JSON object.`)
  const { type, payload, ...rest } = value as Record<string, unknown>
  if (typeof type !== 'string' || !isCommandType(type))
    throw new Misuse(`${where} has no type that we know: ${JSON.stringify(type)}.`)
  if (payload === undefined) return { type, ...rest } as BatchIntent
  if (typeof payload !== 'object' || payload === null) throw new Misuse(`${where}: payload is not an object.`)
  // A PROBE's payload names the command that it asks about, by the word that is the question's own name beside it.
  const { command_id, ...fields } = payload as Record<string, unknown>
  const probed = command_id === undefined ? {} : { probed_command_id: command_id }
  return { type, ...fields, ...probed, ...rest } as BatchIntent
}

/** Tickets beyond 2^53 stay exact, as text. */
function parsed(line: string): unknown {
  try {
    return parseJson(line)
  } catch {
    return undefined
  }
}

/** The server counts the commands of a batch; a person counts the lines of a file. */
function byLine(error: unknown, where: readonly string[]): unknown {
  const match = error instanceof NgtbError ? /^commands\[(\d+)\]: /.exec(error.message) : null
  const line = match ? where[Number(match[1])] : undefined
  if (!(error instanceof NgtbError) || match === null || line === undefined) return error
  const message = `${line}: ${error.message.slice(match[0].length)}`
  const { code, status, hint, request_id, retry_after_ms } = error
  return new NgtbError({ code, status, message, hint, request_id, retry_after_ms })
}

const named = (intent: BatchIntent, at: number, name: string | undefined): BatchIntent =>
  name === undefined || intent.command_id !== undefined
    ? intent
    : { ...intent, command_id: intentKey('ngtb command batch', name, at) }

function showCreatedAll(options: BatchOptions, handles: CommandHandle[]): void {
  const items = handles.map(({ command, replayed }) => ({ ...command, replayed }))
  const known = items.filter(({ replayed }) => replayed).length
  const away = handles.some(({ ea_connected }) => !ea_connected)
  say(options, { items }, () =>
    [
      `${items.length} command${items.length === 1 ? '' : 's'} created in one commit` +
        `${known === 0 ? '' : ` (${known} known already)`}${away ? '; no EA is connected, they wait' : ''}.`,
      '',
      table(
        ['command', 'no.', 'type', 'status', 'known already'],
        items.map((one) => [one.command_id, one.command_no, one.type, one.status, one.replayed]),
      ),
    ].join('\n'),
  )
}

async function showOutcomes(
  options: BatchOptions,
  handles: CommandHandle[],
  timeout_ms: number,
): Promise<void> {
  const items = await Promise.all(handles.map((handle) => outcomeOf(handle, timeout_ms)))
  if (items.some(({ outcome }) => outcome !== 'completed')) process.exitCode = EXIT.not_held
  say(options, { items }, () =>
    table(
      ['command', 'type', 'outcome', 'what'],
      items.map((one) => [one.command_id, one.type, one.outcome, one.said]),
    ),
  )
}

async function outcomeOf(handle: CommandHandle, timeout_ms: number) {
  const outcome: Outcome | null = await handle.settled({ timeout_ms }).catch((error: unknown) => {
    if (error instanceof OutcomeUnknown) return null
    throw error
  })
  const { command_id, type, status } = handle.command
  if (outcome === null) return { command_id, type, outcome: status, said: `still ${status}; it lives on` }
  return { command_id, type, outcome: outcome.kind, said: shortOutcome(outcome) }
}
