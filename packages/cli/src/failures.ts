// What went wrong, as a sentence and an exit code: 1 not held or refused, 2 misuse. A stack is shown for bugs only.
import { Refusal } from '@ngtb/protocol'
import { NgtbError, OutcomeUnknown } from '@ngtb/sdk'
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
  if (error.code === 'NGTB_ACCOUNT_UNNAMED')
    return 'Give --account LOGIN; `npx ngtb account list` shows them.'
  return runnable(error.hint)
}

/** The catalogue says `ngtb`, which is on nobody's path. */
const runnable = (hint: string | null) => hint?.replaceAll('`ngtb ', '`npx ngtb ') ?? null

const hintOfDoubt = (error: OutcomeUnknown) =>
  error.command === null
    ? `It may exist, and may be carried out. Ask again with --command-id ${error.command_id}: it is done at most once.`
    : `Look at it with \`npx ngtb command show ${error.command_id}\` and at \`npx ngtb trades\`; do not send an OPEN again.`
