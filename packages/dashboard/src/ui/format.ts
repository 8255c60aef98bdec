// Figures as text: pure, so that they are tested. Null is "—": what nobody said is not zero.

export const NOTHING = '—'
/** A real minus sign has the width of a plus: figures stay under one another. */
const MINUS = '−'
const POINTLESS = 5

/** As Intl.NumberFormat('en-US') has it, whose first use alone costs a page fifty milliseconds. */
function decimal(value: number, digits: number, grouped = true): string {
  const [whole = '', part] = Math.abs(value).toFixed(digits).split('.')
  const thousands = grouped ? whole.replace(/\B(?=(?:\d{3})+$)/g, ',') : whole
  return `${value < 0 ? MINUS : ''}${thousands}${part === undefined ? '' : `.${part}`}`
}

/** In the symbol's digits; where nobody told them, as many as the number has, five at most. */
export function priceText(price: number | null | undefined, digits: number | null | undefined): string {
  if (price === null || price === undefined || !Number.isFinite(price)) return NOTHING
  if (digits !== null && digits !== undefined) return decimal(price, digits, false)
  const text = String(Number(price.toFixed(POINTLESS)))
  return text.replace('-', MINUS)
}

/** With thousands and the account's digits; the currency stands in the column's head or beside. */
export function moneyText(amount: number | null | undefined, digits = 2): string {
  return amount === null || amount === undefined || !Number.isFinite(amount)
    ? NOTHING
    : decimal(zeroed(amount, digits), digits)
}

/** The sign of a change is always written, and zero has none. */
export function signedText(amount: number | null | undefined, digits = 2): string {
  if (amount === null || amount === undefined || !Number.isFinite(amount)) return NOTHING
  const rounded = zeroed(amount, digits)
  return `${rounded > 0 ? '+' : ''}${decimal(rounded, digits)}`
}

/** What is shown as 0.00 is zero: it has neither sign nor colour. */
export function zeroed(amount: number, digits: number): number {
  const rounded = Number(amount.toFixed(digits))
  return rounded === 0 ? 0 : rounded
}

/** Lots, without idle zeros but with two places at least. */
export function lotsText(lots: number | null | undefined): string {
  if (lots === null || lots === undefined || !Number.isFinite(lots)) return NOTHING
  const exact = String(Number(Math.abs(lots).toFixed(8)))
  const places = exact.includes('.') ? exact.length - exact.indexOf('.') - 1 : 0
  return decimal(Number(lots.toFixed(8)), Math.max(2, places))
}

export const countText = (count: number | null | undefined): string =>
  count === null || count === undefined ? NOTHING : decimal(count, 0)

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`

const MINUTE_S = 60
const HOUR_S = 3_600
const DAY_S = 86_400

/** "3 s", "4 min", "2 h 05 min", "3 d 4 h": two units at most. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  if (seconds < MINUTE_S) return `${seconds} s`
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} min`
  const minutes = Math.floor((seconds % HOUR_S) / MINUTE_S)
  if (seconds < DAY_S) return `${Math.floor(seconds / HOUR_S)} h ${String(minutes).padStart(2, '0')} min`
  return `${Math.floor(seconds / DAY_S)} d ${Math.floor((seconds % DAY_S) / HOUR_S)} h`
}

/** A moment that lies ahead (a clock that is a little off, or an end) is said as such. */
export function agoText(at_ms: number, now_ms: number): string {
  const ms = now_ms - at_ms
  if (ms < -1_500) return `in ${spanText(-ms)}`
  return ms < 1_000 ? 'now' : `${spanText(ms)} ago`
}

const clock = (ms: number) => new Date(ms).toISOString()

/** 2026-11-28 09:30:00.120 UTC */
export const utcText = (ms: number): string => `${clock(ms).slice(0, 23).replace('T', ' ')} UTC`

/** 09:30:00.120, UTC: where the day stands beside. */
export const clockText = (moment: string): string => {
  const ms = msOf(moment)
  return ms === null ? NOTHING : clock(ms).slice(11, 23)
}

/** The same moment on the broker's clock. */
export function brokerText(ms: number, offset_minutes: number): string {
  const hours = Math.trunc(Math.abs(offset_minutes) / 60)
  const minutes = Math.abs(offset_minutes) % 60
  const rest = minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`
  const shift = `${offset_minutes < 0 ? MINUS : '+'}${hours}${rest}`
  return `${clock(ms + offset_minutes * 60_000)
    .slice(0, 19)
    .replace('T', ' ')} broker (UTC${shift})`
}

export function msOf(moment: string | null | undefined): number | null {
  const ms = moment ? Date.parse(moment) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}

/** A latency: "0.4 ms", "78 ms", "1.24 s", "2 min". */
export function msText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NOTHING
  if (ms > 0 && ms < 10) return `${Number(ms.toFixed(1))} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${(ms / 1_000).toFixed(2)} s` : spanText(ms)
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

export function bytesText(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return NOTHING
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)))
  return `${decimal(bytes / 1024 ** step, step === 0 ? 0 : 1)} ${UNITS[step]}`
}
