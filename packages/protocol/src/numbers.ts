// Numbers that must not be rounded: tickets and logins (R1), prices and volumes (R8).

const INT64_MAX = 9_223_372_036_854_775_807n

/** A ticket or login: its decimal digits, 1 … 2^63−1, without sign or leading zeros. */
export type Int64Text = string

/**
 * The canonical text of a ticket or login, or null when it is not one (R1: the caller answers 422).
 * Numbers are taken only while JavaScript can hold them exactly.
 */
export function toInt64(value: unknown): Int64Text | null {
  if (typeof value === 'bigint') return inRange(value)
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? String(value) : null
  if (typeof value === 'string' && /^[1-9][0-9]{0,18}$/.test(value)) return inRange(BigInt(value))
  return null
}

const inRange = (value: bigint) => (value > 0n && value <= INT64_MAX ? value.toString() : null)

/** As the plain endpoints answer it: a bare number up to 2^53−1, else text (R1). */
export function plainInt64(text: Int64Text): number | string {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : text
}

/** Equal after rounding to `digits` decimals; absent and 0 both mean "none" for SL and TP (R8). */
export function samePrice(
  a: number | null | undefined,
  b: number | null | undefined,
  digits: number,
): boolean {
  return scaled(a ?? 0, digits) === scaled(b ?? 0, digits)
}

/** Equal after rounding to the symbol's volume step (R8). */
export function sameVolume(a: number, b: number, step: number): boolean {
  return Math.round(a / step) === Math.round(b / step)
}

/** True when `volume` is a whole number of steps, allowing for the noise of binary fractions. */
export function onStep(volume: number, step: number): boolean {
  const steps = volume / step
  return Math.abs(steps - Math.round(steps)) < 1e-6
}

const scaled = (price: number, digits: number) => Math.round(price * 10 ** digits)
