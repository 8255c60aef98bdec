// The life of a sent command as a person reads it. Pure.
//
//   S1. `timeout` is called unknown, and what will settle it is said with it (docs/spec/command-lifecycle.md).
//   S2. A refusal is told in words; its number stands beside.
import { retcodeName } from '@ngtb/protocol'
import type { CommandView } from '@ngtb/sdk'
import { commandTone, type Tone } from '../live/conditions.ts'
import { lotsText } from '../ui/format.ts'

export const isSettled = (status: string): boolean => status !== 'pending' && status !== 'executing'

const WORDS: Readonly<Record<string, string>> = { timeout: 'outcome unknown' }
export const statusWord = (status: string): string => WORDS[status] ?? status
export const storyTone = (status: string): Tone => commandTone(status)

/** What it was asked to do. */
export function askedText({ type, payload }: Pick<CommandView, 'type' | 'payload'>): string {
  const { symbol, order_type, volume, ticket, price } = payload as Record<string, string | number | undefined>
  const word = type.toLowerCase().replaceAll('_', ' ')
  const kind = String(order_type ?? '')
    .replace('ORDER_TYPE_', '')
    .replaceAll('_', ' ')
    .toLowerCase()
  const lots = typeof volume === 'number' ? `${lotsText(volume)} lots` : ''
  const at = typeof price === 'number' && type === 'PLACE_PENDING' ? `at ${price}` : ''
  const of = ticket === undefined ? '' : `#${ticket}`
  return [word, kind, lots, symbol, at, of].filter(Boolean).join(' ')
}

const REASONS: Readonly<Record<number, string>> = {
  10004: 'The price moved before the order arrived',
  10006: 'The broker rejected it',
  10007: 'It was cancelled at the terminal',
  10013: 'The broker calls the request invalid',
  10014: 'The volume does not fit this symbol',
  10015: 'The price does not fit',
  10016: 'SL or TP is too close to the price or on its wrong side',
  10017: 'Trading is disabled for this symbol or account',
  10018: 'The market is closed',
  10019: 'There is not enough money for it',
  10020: 'The price changed',
  10021: 'There is no price to trade at',
  10022: 'The expiration does not fit',
  10023: 'The order has changed meanwhile',
  10024: 'Too many requests in a short time',
  10026: 'The broker does not let EAs trade',
  10027: 'Algo Trading is switched off in the terminal',
  10028: 'The order is locked at the broker',
  10029: 'It is too close to its price and frozen',
  10030: 'The broker does not fill it this way',
  10031: 'The terminal has lost the broker',
  10032: 'Only real accounts may do this',
  10033: 'The limit of pending orders is reached',
  10034: 'The limit of volume for this symbol is reached',
  10036: 'The position is closed already',
  10038: 'More was to be closed than is open',
  10039: 'It is being closed by another order',
  10040: 'The limit of open positions is reached',
  10042: 'Only buying is allowed',
  10043: 'Only selling is allowed',
  10044: 'Only closing is allowed',
  10045: 'Positions must be closed oldest first',
  10046: 'Opposite positions are not allowed here',
}

/** In words first, then what MetaTrader calls it. */
export function refusalText(retcode: number | null | undefined, said: string | null | undefined): string {
  const reason = retcode ? REASONS[retcode] : undefined
  const number = retcode ? ` (${retcode} ${retcodeName(retcode) ?? 'not defined by MetaTrader'})` : ''
  return `${reason ?? said ?? 'No reason was given'}${number}`
}

export interface StoryStep {
  readonly word: string
  readonly at: string | null
  readonly tone: Tone
}

/** From its creation to where it is. */
export function stepsOf(command: CommandView): readonly StoryStep[] {
  const { status, created_at, sent_at, completed_at } = command
  const steps: StoryStep[] = [{ word: 'accepted by the server', at: created_at, tone: 'ok' }]
  if (sent_at !== null) steps.push({ word: 'handed to the EA', at: sent_at, tone: 'ok' })
  if (isSettled(status)) steps.push({ word: statusWord(status), at: completed_at, tone: storyTone(status) })
  return steps
}

/** What to know of it now, in one sentence. */
export function nowText(command: CommandView): string {
  const { status, response, error_message, retcode, superseded_by, ea_connected, attempt, note } = command
  if (superseded_by !== null) return 'A newer change of the same took its place.'
  switch (status) {
    case 'pending':
      return ea_connected
        ? 'Waits for the EA to fetch it.'
        : 'The EA is away; it waits until it is back or it expires.'
    case 'executing':
      return attempt > 1
        ? `Handed to the EA ${attempt} times; no answer yet.`
        : 'The EA has it; no answer yet.'
    case 'completed':
      return doneText(response)
    case 'failed':
      return `${refusalText(retcode, error_message)}.`
    case 'timeout':
      return note === 'likely_not_executed'
        ? 'Nobody knows; full lists came without it since, so most likely nothing happened.'
        : 'The EA had it and has not answered: it may have been done. Look at the positions before you send it again.'
    case 'expired':
      return 'No EA fetched it in time: nothing happened.'
    case 'cancelled':
      return 'Taken back before an EA had it: nothing happened.'
    default:
      return ''
  }
}

function doneText(response: Record<string, unknown> | null): string {
  const { ticket, price, volume, closed, cancelled } = response ?? {}
  if (Array.isArray(closed))
    return `${closed.length} closed${Array.isArray(cancelled) && cancelled.length > 0 ? `, ${cancelled.length} orders cancelled` : ''}.`
  const parts = [
    ticket === undefined ? '' : `ticket ${ticket}`,
    typeof volume === 'number' ? `${lotsText(volume)} lots` : '',
    typeof price === 'number' && price > 0 ? `at ${price}` : '',
  ].filter(Boolean)
  return parts.length > 0 ? `Done: ${parts.join(', ')}.` : 'Done.'
}
