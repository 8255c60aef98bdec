// The tag: the one field that a trade server keeps with order, deal and position is the order's magic (contract §4).
// magic = strategy number (20 bits) << 43 | command_no (43 bits), a positive 64-bit number as text (R1).

const NO_BITS = 43n
const NO_MASK = (1n << NO_BITS) - 1n

/** The largest strategy number: 20 bits. A strategy's magic up to this is its own number. */
export const STRATEGY_NO_MAX = 1_048_575
/** The largest command_no that a tag can hold: 43 bits. */
export const COMMAND_NO_MAX = Number(NO_MASK)

export interface Tag {
  readonly strategy_no: number
  readonly command_no: number
}

export const tagOf = ({ strategy_no, command_no }: Tag): string =>
  ((BigInt(strategy_no) << NO_BITS) | BigInt(command_no)).toString()

/** What a magic says, if it is a tag; null for text that is no number of 63 bits, and for a command_no of 0. */
export function readTag(magic: string): Tag | null {
  if (!/^[0-9]{1,19}$/.test(magic)) return null
  const value = BigInt(magic)
  const command_no = Number(value & NO_MASK)
  const strategy = value >> NO_BITS
  if (command_no === 0 || strategy > BigInt(STRATEGY_NO_MAX)) return null
  return { strategy_no: Number(strategy), command_no }
}
