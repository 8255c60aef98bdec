// What went wrong, as a sentence and an exit code: 1 not held or refused, 2 misuse. A stack is shown for bugs only.
import { Refusal } from '@ngtb/protocol'
import { NgtbError, OutcomeUnknown, type RefusalCode } from '@ngtb/sdk'
import { CommanderError } from 'commander'

export const EXIT = { done: 0, not_held: 1, misuse: 2 } as const

/** The caller asked for something that can't be meant. */
export class Misuse extends Error {
  override readonly name = 'Misuse'
}

/** Asked rightly, but it did not come true. */
export class NotHeld extends Error {
  override readonly name = 'NotHeld'
  readonly hint: string | null

  constructor(message: string, hint: string | null = null) {
    super(message)
    this.hint = hint
  }
}

export interface Explanation {
  exit_code: number
  /** A stable word for programs. */
  error: string
  message: string
  hint: string | null
}

export function explain(error: unknown): Explanation {
  const said = (exit_code: number, code: string, hint: string | null = null) => ({
    exit_code,
    error: code,
    message: error instanceof Error ? error.message : String(error),
    hint,
  })
  if (error instanceof Misuse || error instanceof CommanderError) return said(EXIT.misuse, 'MISUSE')
  if (error instanceof NgtbError) return said(EXIT.not_held, error.code, hintOf(error))
  if (error instanceof Refusal) return said(EXIT.not_held, error.code, runnable(error.hint))
  if (error instanceof NotHeld) return said(EXIT.not_held, 'NOT_HELD', error.hint)
  if (error instanceof OutcomeUnknown) return said(EXIT.not_held, 'OUTCOME_UNKNOWN', hintOfDoubt(error))
  const expected = error instanceof Error ? EXPECTED[error.name] : undefined
  if (expected) return said(EXIT.not_held, expected)
  if (isSystemError(error)) {
    const missing = error.code === 'ENOENT' && error.path !== undefined
    return {
      ...said(EXIT.not_held, error.code),
      ...(missing ? { message: `There is no file ${error.path}.` } : {}),
    }
  }
  if (error instanceof Error && error.constructor === Error) return said(EXIT.not_held, 'ERROR')
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { ...said(EXIT.not_held, 'BUG'), message: stack }
}

/** By name: their packages are loaded only by the commands that need them. */
const EXPECTED: Record<string, string | undefined> = {
  ConfigError: 'CONFIG',
  BackupError: 'BACKUP',
  SchemaTooNew: 'SCHEMA_TOO_NEW',
  ConnectRefused: 'CONNECT_REFUSED',
  TickFormatError: 'TICK_FORMAT',
}

const isSystemError = (error: unknown): error is Error & { code: string; path?: string } =>
  error instanceof Error && typeof (error as { code?: unknown }).code === 'string'

/** The catalogue's hints name settings and routes; on the command line the remedy is an option. */
function hintOf(error: NgtbError): string | null {
  if (error.code === 'NGTB_KEY_MISSING')
    return 'Set NGTB_API_KEY or give --key; `npx ngtb key create --scope admin` makes one.'
  return OWN_HINTS[error.code] ?? runnable(error.hint)
}

const OWN_HINTS: Partial<Record<RefusalCode, string>> = {
  NGTB_ACCOUNT_UNNAMED: 'Give --account LOGIN; `npx ngtb account list` shows them.',
  NGTB_RISK_CLOSED:
    'Nothing was created. What reduces risk (modify, close, close-all, cancel-order) stays possible; `npx ngtb status` shows when opening is open again.',
  NGTB_ACCOUNT_PLAIN:
    'Nothing was created. Connect a native EA (`npx ngtb sim --native` is a simulated one), or use open, modify, close and close-all.',
  NGTB_EA_NOT_CONNECTED:
    'Nothing was created. Leave --require-connected out, and it waits for the EA until its --ttl ends.',
  NGTB_COMMAND_NOT_SETTLEABLE:
    '`npx ngtb command list --unknown` shows those that a person can settle; one that was not handed out can be cancelled.',
  NGTB_COMMAND_NOT_CANCELLABLE:
    'It was handed out: the EA may have acted on it. `npx ngtb command show ID` says what is known.',
}

/** The catalogue says `ngtb`, which is on nobody's path. */
const runnable = (hint: string | null) => hint?.replaceAll('`ngtb ', '`npx ngtb ') ?? null

const hintOfDoubt = (error: OutcomeUnknown) =>
  error.command_ids.length > 1
    ? 'All of them may exist, or none. Ask again with the same --name, or with these command_ids in the file: ' +
      `${error.command_ids.join(' ')}. Each is done at most once.`
    : error.command === null
      ? `It may exist, and may be carried out. Ask again with --command-id ${error.command_id}: it is done at most once.`
      : `Look at it with \`npx ngtb command show ${error.command_id}\` and at \`npx ngtb trades\`; do not send an OPEN again.`
