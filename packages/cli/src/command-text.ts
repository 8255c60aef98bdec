// Commands on the screen: just created, settled, in a list, in full.
import {
  type CommandDetailView,
  type CommandHandle,
  type CommandView,
  type Outcome,
  OutcomeUnknown,
} from '@ngtb/sdk'
import { EXIT } from './failures.ts'
import { evidenceText, lifeOf, lifeText, type Open, openText, outcomeText } from './outcome-text.ts'
import { facts, type Json, moment, say, table } from './output.ts'

export function showCreated(options: Json, handle: CommandHandle): void {
  const { command, replayed, ea_connected } = handle
  say(options, { ...command, replayed }, () =>
    [
      `${command.type} ${handle.command_id} is ${command.status}${replayed ? ' (it was known already)' : ''}.`,
      ea_connected
        ? `What becomes of it: npx ngtb command show ${handle.command_id}`
        : `No EA is connected (ea_connected: false): ${waitsUntil(command)}`,
    ].join('\n'),
  )
}

const waitsUntil = ({ expires_at }: CommandView) =>
  expires_at === null
    ? 'it waits until one comes.'
    : `it waits for one until ${moment(expires_at)} UTC, then expires.`

/** Waits, tells, and sets the exit code: only `completed` is a 0. */
export async function showOutcome(options: Json, handle: CommandHandle, timeout_ms: number): Promise<void> {
  const outcome = await handle.settled({ timeout_ms }).catch((error: unknown) => {
    if (error instanceof OutcomeUnknown && error.command) return lastLook(handle)
    throw error
  })
  if (outcome.kind !== 'completed') process.exitCode = EXIT.not_held
  const { command, ...said } = outcome
  const text = isOpen(outcome) ? openText(outcome, timeout_ms) : outcomeText(outcome)
  say(options, { outcome: outcome.kind, ...command, ...said, life: lifeOf(command) }, () =>
    [`${command.type} ${command.command_id}: ${text}`, lifeText(command)]
      .filter((line) => line !== '')
      .join('\n'),
  )
}

/**
 * What it is now. The last status read may be seconds old, and "no EA has fetched it" must not be said of those:
 * without an answer the outcome is unknown.
 */
async function lastLook(handle: CommandHandle): Promise<Outcome | Open> {
  const command = await handle.refresh().catch(() => null)
  if (command === null) return unheard(handle.command)
  if (command.status === 'pending' || command.status === 'executing') return { kind: command.status, command }
  return handle.settled()
}

/** The server does not answer: what was read last may be old. */
const unheard = (command: CommandView): Outcome => ({
  kind: 'unknown',
  attempts: command.attempt,
  sent_at: command.sent_at,
  why: 'the server does not answer',
  likely_not_executed: false,
  settled_by: ['evidence', 'person'],
  safe_to_retry: false,
  command,
})

const isOpen = (outcome: Outcome | Open): outcome is Open =>
  outcome.kind === 'pending' || outcome.kind === 'executing'

export function showList(options: Json, items: CommandView[]): void {
  say(options, { items }, () =>
    items.length === 0
      ? 'No commands.'
      : table(
          ['command_id', 'type', 'status', 'created (UTC)', 'tries', 'ms', 'ticket or symbol', 'error'],
          items.map((one) => [
            one.command_id,
            one.type,
            one.status === 'timeout' ? 'timeout (unknown)' : one.status,
            moment(one.created_at),
            one.attempt,
            lifeOf(one).total_ms,
            String(one.response?.ticket ?? one.payload.ticket ?? one.payload.symbol ?? '-'),
            one.error_message ?? '',
          ]),
        ),
  )
}

export function showDetail(options: Json, command: CommandDetailView): void {
  say(options, command, () =>
    [
      facts([
        ['Command', `${command.command_id} (no. ${command.command_no})`],
        ['Account', `${command.account_id}, login ${command.account_number}`],
        ['Type', command.type],
        ['Payload', JSON.stringify(command.payload)],
        ['Status', command.status === 'timeout' ? 'timeout: outcome unknown' : command.status],
        ['Life', lifeText(command) || null],
        ['Expires', moment(command.expires_at)],
        ['Answer', command.response === null ? null : JSON.stringify(command.response)],
        ['Error', command.error_message],
        ['Note', command.note],
        ['Settled', evidenceText(command.evidence)],
        ['Superseded by', command.superseded_by],
      ]),
      '',
      table(
        ['attempt', 'delivered (UTC)', 'by', 'answered (UTC)', 'outcome'],
        command.attempts.map((one) => [
          one.attempt,
          moment(one.delivered_at),
          one.channel,
          moment(one.answered_at),
          one.outcome,
        ]),
      ),
      '',
      ...hopLines(command),
      table(
        ['event', 'at (UTC)', 'what', 'by'],
        command.events.map((event) => [event.audit_no, moment(event.at), event.kind, event.actor]),
      ),
    ].join('\n'),
  )
}

/** Hop by hop, and their sum: what the EA told by its own clock is marked with how far that may be off. */
function hopLines({ hops }: CommandDetailView): string[] {
  if (hops.length === 0) return []
  const whole = hops.reduce((sum, { ms }) => sum + ms, 0)
  const rows = hops.map(({ from, to, attempt, ms, uncertainty_ms }) => [
    `${from} → ${to}`,
    attempt,
    ms,
    uncertainty_ms === undefined ? '' : `± ${uncertainty_ms} ms, by the EA’s clock`,
  ])
  return [table(['hop', 'attempt', 'ms', ''], [...rows, ['in all', '', whole, '']]), '']
}
