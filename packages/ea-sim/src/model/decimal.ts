// Exact arithmetic: prices as whole points, volumes as whole 1e-8 lots, money as whole cents.
//
// Binary fractions never meet here: a number comes in from JSON, becomes an integer once, and goes out once.
//
//   D1. fromPoints(toPoints(p)) is the double nearest to the decimal literal of p at the symbol's digits.
//   D2. Money is rounded once, at the end, half away from zero, as the trade server does.

/** MetaTrader keeps volumes in 1e-8 lots. */
const UNITS_PER_LOT = 1e8

/** A price as a whole number of points (10^−digits). */
export const toPoints = (price: number, digits: number): number => Math.round(price * 10 ** digits)

/** Points back to a price; dividing by a power of ten rounds correctly, multiplying by 0.00001 would not. */
export const fromPoints = (points: number, digits: number): number => points / 10 ** digits

/** Lots as a whole number of 1e-8 lots. */
export const toUnits = (lots: number): number => Math.round(lots * UNITS_PER_LOT)

/** 1e-8 lots back to lots. */
export const fromUnits = (units: number): number => units / UNITS_PER_LOT

/** Cents of the account's currency as a number with two decimals. */
export const fromCents = (cents: number): number => cents / 100

/** Money as a number to whole cents. */
export const toCents = (amount: number): number => Math.round(amount * 100)

/** An exact fraction: how much of one currency one unit of another is. */
export interface Rate {
  num: bigint
  den: bigint
}

export const ONE: Rate = { num: 1n, den: 1n }

/** Integer division rounded half away from zero; `den` must be positive. */
export function divideRounded(num: bigint, den: bigint): bigint {
  const half = den / 2n
  return num >= 0n ? (num + half) / den : -((-num + half) / den)
}

export interface ProfitInput {
  /** +1 for a buy, −1 for a sell. */
  sign: 1 | -1
  open_points: number
  close_points: number
  units: number
  digits: number
  contract_size: number
  /** Quote currency → account currency. */
  rate: Rate
}

/** Profit of a position in cents of the account's currency, exact until the one rounding. */
export function profitCents(input: ProfitInput): number {
  const difference = BigInt(input.sign * (input.close_points - input.open_points))
  const num = difference * BigInt(input.units) * BigInt(input.contract_size) * input.rate.num * 100n
  const den = 10n ** BigInt(input.digits) * BigInt(UNITS_PER_LOT) * input.rate.den
  return Number(divideRounded(num, den))
}

/** Margin in cents: lots × contract ÷ leverage, in the base currency, converted by `rate`. */
export function marginCents(units: number, contract_size: number, leverage: number, rate: Rate): number {
  const num = BigInt(units) * BigInt(contract_size) * rate.num * 100n
  return Number(divideRounded(num, BigInt(UNITS_PER_LOT) * BigInt(leverage) * rate.den))
}

/** A charge per lot (a number with at most two decimals) for so many units, in cents. */
export function perLotCents(amount_per_lot: number, units: number): number {
  return Number(divideRounded(BigInt(toCents(amount_per_lot)) * BigInt(units), BigInt(UNITS_PER_LOT)))
}

/** `part` of `whole` of an amount, rounded to the cent. */
export const shareOf = (cents: number, part: number, whole: number): number =>
  Number(divideRounded(BigInt(cents) * BigInt(part), BigInt(whole)))

/** The average of two prices by volume, rounded to a whole point. */
export function weightedPoints(points: number, units: number, other_points: number, other_units: number) {
  const sum = BigInt(points) * BigInt(units) + BigInt(other_points) * BigInt(other_units)
  return Number(divideRounded(sum, BigInt(units) + BigInt(other_units)))
}
