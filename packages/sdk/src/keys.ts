// Names for intents that a strategy can say again after a crash, without having written anything down (K0, K22).
import { createHash } from 'node:crypto'

/** Of intents named by their strategy; never to be changed, or every key changes. */
const NAMESPACE = Buffer.from('6f4e2c1d8b5a4f739e0c3a7d5b1f8264', 'hex')

/**
 * The key of one decision: UUIDv5 of what the decision was made of. The same parts give the same key for ever, in any
 * process; so a strategy that crashed and decides the same again asks for the same command, and gets it.
 * Name all that makes it *one* decision (strategy, account, symbol, bar, leg), and nothing that a second look changes.
 * @example
 * const command_id = intentKey('breakout', 12345678, 'EURUSD', bar.time, 'entry')
 * await client.openTrade({ ...order, command_id })
 */
export function intentKey(...decision: readonly (string | number | bigint | Date)[]): string {
  if (decision.length === 0) throw new TypeError('name the decision: a key of nothing is every intent’s')
  // As a list: ('ab', 'c') and ('a', 'bc') are two decisions.
  const name = JSON.stringify(decision.map(partText))
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function partText(part: string | number | bigint | Date): string {
  if (part instanceof Date) return part.toISOString()
  if (typeof part === 'number' && !Number.isFinite(part))
    throw new TypeError(`${part} names no decision: it is what a missing value becomes`)
  return String(part)
}
