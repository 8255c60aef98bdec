// What can go wrong for a strategy, as two classes: a refusal that says what to change, and a doubt.
//
//   E1. NgtbError means: nothing was done by this request (or it was a read). `code` is what to branch on.
//   E2. OutcomeUnknown means: it may have been done. Ask again with the same command_id, never a new one.

import { type CommandView, ERRORS, type ErrorCode } from '@ngtb/protocol'

export const UNREACHABLE = 'NGTB_UNREACHABLE'

/** The server's catalogue, the SDK's own words, and `HTTP_502` of a proxy. A misspelt one does not compile. */
export type RefusalCode =
  | ErrorCode
  | typeof UNREACHABLE
  | 'NGTB_ACCOUNT_UNNAMED'
  | 'NGTB_LIVE_MESSAGE'
  | 'NGTB_LIVE_REFUSED'
  | 'NGTB_INTENT_STORE'
  | `HTTP_${number}`

interface NgtbErrorFields {
  code: RefusalCode
  status: number
  message: string
  hint?: string | null
  request_id?: string | null
  retry_after_ms?: number | null
  cause?: unknown
}

/**
 * A refusal: nothing was done. Branch on `code` (stable), show `message` and `hint` to a person.
 * @example
 * try {
 *   await client.openTrade({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 })
 * } catch (error) {
 *   if (isRefusal(error, 'NGTB_RISK_CLOSED')) console.warn('no new risk for now:', error.message)
 *   else throw error
 * }
 */
export class NgtbError extends Error {
  override readonly name = 'NgtbError'
  /** `NGTB_*` of the catalogue, or `NGTB_UNREACHABLE` when nobody answered. A newer server may have more. */
  readonly code: RefusalCode
  /** HTTP status; 0 when the SDK itself refused or nobody answered. */
  readonly status: number
  readonly hint: string | null
  /** Name it when you ask about a refusal: the server logged it. */
  readonly request_id: string | null
  /** How long the server asked to wait. */
  readonly retry_after_ms: number | null

  constructor(fields: NgtbErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.code = fields.code
    this.status = fields.status
    // The catalogue knows the remedy also where the wire had no room for it (the live window, our own refusals).
    this.hint =
      fields.hint ?? (ERRORS[fields.code as ErrorCode] as { hint: string } | undefined)?.hint ?? null
    this.request_id = fields.request_id ?? null
    this.retry_after_ms = fields.retry_after_ms ?? null
  }
}

/**
 * Is it a refusal with one of these codes? Opening is closed (`NGTB_RISK_CLOSED`), the EA is plain
 * (`NGTB_ACCOUNT_PLAIN`), away (`NGTB_EA_NOT_CONNECTED`), has it already (`NGTB_COMMAND_NOT_CANCELLABLE`), ….
 */
export const isRefusal = <C extends RefusalCode>(
  error: unknown,
  ...codes: readonly [C, ...C[]]
): error is NgtbError & { code: C } => error instanceof NgtbError && codes.some((code) => code === error.code)

/**
 * The command may or may not exist, may or may not have been executed: the answer did not come in time.
 * Keep `command_id` and submit the same command with it again: it is executed at most once.
 * @example
 * try {
 *   await client.openTrade({ ...order, command_id })
 * } catch (error) {
 *   if (!(error instanceof OutcomeUnknown)) throw error
 *   await client.openTrade({ ...order, command_id: error.command_id })
 * }
 */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
  readonly command_id: string
  /** Of a batch: the name of each, in its order. */
  readonly command_ids: readonly string[]
  /** What was last known of it; null when the server has not even acknowledged it. */
  readonly command: CommandView | null

  constructor(
    command_ids: string | readonly string[],
    message: string,
    options: { command?: CommandView; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.command_ids = typeof command_ids === 'string' ? [command_ids] : command_ids
    this.command_id = this.command_ids[0] ?? ''
    this.command = options.command ?? null
  }
}

/** A refusal by the SDK itself, in the words of the server's catalogue: the request was never sent. */
export const refusedHere = (code: ErrorCode, message: string) =>
  new NgtbError({ code, status: 0, message, hint: ERRORS[code].hint })

/** Nobody answered, or what came back was no answer. For a write this says nothing about the outcome. */
export const unreachable = (url: string, why: string, cause?: unknown) =>
  new NgtbError({
    code: UNREACHABLE,
    status: 0,
    message: `no answer from ${url}: ${why}`,
    hint: 'Is the server running (`ngtb start`)? Does NGTB_URL name it?',
    cause,
  })

/** What to throw when a read was not answered: reads leave no doubt behind. */
export const readError = (error: NgtbError | undefined, url: string) =>
  error ?? new NgtbError({ code: UNREACHABLE, status: 0, message: `no answer from ${url} in time` })

/** 425 and 429 say "not now, nothing done"; 408, 5xx and silence say nothing at all. */
export function isRetriable(error: unknown): error is NgtbError {
  if (!(error instanceof NgtbError)) return false
  return error.code === UNREACHABLE || error.status >= 500 || [408, 425, 429].includes(error.status)
}

/** May the request have been carried out all the same? */
export const leavesDoubt = (error: NgtbError) =>
  isRetriable(error) && error.status !== 429 && error.status !== 425
