// Thresholds, channels and quiet hours of alerts as they stand in a form: pure, so that it is tested. An empty field is
// left out: then the house's holds, and for the house the default.
import type { AlertSettings, ChannelName, QuietHours } from '@ngtb/protocol'
import type { Faults } from './settings-words.ts'

const WEEK_S = 604_800

function row(
  rule: string,
  label: string,
  min: number,
  max: number,
  { whole = false, never = false }: { whole?: boolean; never?: boolean } = {},
) {
  return { rule, label, min, max, whole, never } as const
}

/** Of each number its rule, its name, and what it may be (the schema says the same, and a test compares them). */
export const ALERT_NUMBERS = {
  health_min: row('connection_degraded', 'Health, at least', 0, 100),
  failures: row('connection_lost', 'Silent intervals in a row', 1, 1_000, { whole: true }),
  silence_s: row('ea_silent', 'No word of the EA, seconds', 10, WEEK_S, { whole: true }),
  tick_silence_s: row('tick_silence', 'No tick, seconds', 10, WEEK_S, { whole: true }),
  drawdown_percent: row('drawdown', 'Below the peak, %', 0, 100, { never: true }),
  daily_loss_percent: row('daily_loss', 'Below the day’s start, %', 0, 100, { never: true }),
}
export type AlertNumber = keyof typeof ALERT_NUMBERS
export const ALERT_NUMBER_NAMES = Object.keys(ALERT_NUMBERS) as AlertNumber[]

/** `above`: what stands above it holds. */
type Choice = 'above' | 'plain' | 'own'

export interface AlertForm extends Readonly<Record<AlertNumber, string>> {
  /** plain: all that are set up; own: those of `named`. */
  readonly channels: Choice
  readonly named: readonly ChannelName[]
  /** plain: none; own: from, to, zone. */
  readonly quiet: Choice
  readonly from: string
  readonly to: string
  readonly zone: string
  readonly muted: string
}

const NEVER = 'never'
const NONE = 'none'

const choice = (value: unknown): Choice => (value === undefined ? 'above' : value === null ? 'plain' : 'own')

/** What stands in a field for a value; '' for one that is left out. */
export const alertText = (value: number | null | undefined): string =>
  value === undefined ? '' : value === null ? NEVER : String(value)

export function alertForm(settings: AlertSettings, zone: string): AlertForm {
  const numbers = ALERT_NUMBER_NAMES.map((name) => [name, alertText(settings[name])] as const)
  const { channels, quiet_hours, muted } = settings
  return {
    ...(Object.fromEntries(numbers) as Record<AlertNumber, string>),
    ...{ channels: choice(channels), named: channels ?? [] },
    ...{ quiet: choice(quiet_hours), ...(quiet_hours ?? { from: '22:00', to: '07:00', zone }) },
    muted: muted === undefined ? '' : muted.length === 0 ? NONE : muted.join(', '),
  }
}

/** What is to be sent, or what is wrong where. */
export function alertSettingsOf(form: AlertForm): { body: AlertSettings } | { faults: Faults<AlertForm> } {
  const faults: { -readonly [Name in keyof AlertForm]?: string } = {}
  const body: { -readonly [Name in keyof AlertSettings]: AlertSettings[Name] } = {}
  for (const name of ALERT_NUMBER_NAMES) {
    const text = form[name].trim()
    if (text === '') continue
    const told = numberOf(name, text)
    if (typeof told === 'string') faults[name] = told
    else body[name] = told as never
  }
  if (form.channels !== 'above') body.channels = form.channels === 'plain' ? null : [...form.named]
  if (form.quiet !== 'above') body.quiet_hours = form.quiet === 'plain' ? null : hoursOf(form, faults)
  const muted = form.muted.split(/[\s,;]+/).filter((name) => name !== '')
  if (muted.length > 0) body.muted = muted.length === 1 && muted[0] === NONE ? [] : [...new Set(muted)]
  return Object.keys(faults).length > 0 ? { faults } : { body }
}

/** A fault is a sentence. */
function numberOf(name: AlertNumber, text: string): number | null | string {
  const { min, max, whole, never } = ALERT_NUMBERS[name]
  if (never && text === NEVER) return null
  const value = Number(text)
  const otherwise = never ? `; “${NEVER}” or empty are possible, too.` : '; empty is possible, too.'
  if (!Number.isFinite(value)) return `${text} is no number${otherwise}`
  if (whole && !Number.isInteger(value)) return `A whole number${otherwise}`
  if (never ? value <= min : value < min) return `${never ? `Above ${min}` : `${min} at least`}${otherwise}`
  return value > max ? `${max} at most${otherwise}` : value
}

function hoursOf(
  { from, to, zone }: AlertForm,
  faults: { -readonly [Name in keyof AlertForm]?: string },
): QuietHours {
  for (const [name, text] of Object.entries({ from, to }))
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) faults[name as 'from' | 'to'] = 'Write it like 22:00.'
  if (zone.trim() === '') faults.zone = 'A zone like Europe/Berlin, or UTC.'
  return { from, to, zone: zone.trim() }
}
