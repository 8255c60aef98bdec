// Settings of a module: its own defaults, and what was set beside them. Nothing is taken that it does not know.
import { toInt64 } from '@ngtb/protocol'

export type SettingValue = string | number | boolean | null | readonly (string | number)[]
export type Settings = Readonly<Record<string, SettingValue>>

/** What the host reads itself, for every module alike. */
export interface HostSettings {
  /** MT5 logins in place of the module's own. */
  readonly accounts?: readonly string[]
  readonly memory_mb?: number
  readonly requests_per_s?: number
}

export interface Split {
  readonly host: HostSettings
  readonly own: Settings
}

const BOUNDS = { memory_mb: [64, 65_536], requests_per_s: [1, 10_000] } as const

/**
 * What was set, apart: for the host, and for the module.
 * @throws {TypeError} with a sentence about what to change
 */
export function splitSettings(given: Settings): Split {
  const { accounts, memory_mb, requests_per_s, ...own } = given
  return {
    host: {
      ...(accounts == null ? {} : { accounts: logins(accounts) }),
      ...(memory_mb == null ? {} : { memory_mb: within('memory_mb', memory_mb) }),
      ...(requests_per_s == null ? {} : { requests_per_s: within('requests_per_s', requests_per_s) }),
    },
    own,
  }
}

export function logins(value: SettingValue | undefined): string[] {
  const list = Array.isArray(value) ? value : [value]
  return list.map((one: unknown) => {
    const login = toInt64(one)
    if (login === null) throw new TypeError(`accounts: ${JSON.stringify(one)} is not an MT5 login`)
    return login
  })
}

function within(name: keyof typeof BOUNDS, value: SettingValue): number {
  const [min, max] = BOUNDS[name]
  if (typeof value !== 'number' || !(value >= min && value <= max))
    throw new TypeError(`${name}: ${JSON.stringify(value)} is not a number from ${min} to ${max}`)
  return value
}

/**
 * The defaults with what was set in their place. A default of null takes a text or a number; a list takes a single
 * value, too.
 * @throws {TypeError} for a name that is not there, or a value of another kind
 */
export function settingsOf<S extends Settings>(defaults: S | undefined, given: Settings): S {
  const known = defaults ?? ({} as S)
  const taken = Object.entries(given).map(([name, value]) => {
    if (!Object.hasOwn(known, name)) throw new TypeError(`there is no setting ${name}; ${listed(known)}`)
    const was = known[name] as SettingValue
    const list = Array.isArray(was) && !Array.isArray(value) && value !== null ? [value] : value
    if (!alike(was, list as SettingValue))
      throw new TypeError(`${name}: ${JSON.stringify(value)} is not ${kindOf(was)}`)
    return [name, list]
  })
  return { ...known, ...Object.fromEntries(taken) }
}

const listed = (known: Settings) =>
  Object.keys(known).length === 0 ? 'it has none' : `there are: ${Object.keys(known).join(', ')}`

function alike(was: SettingValue, value: SettingValue): boolean {
  if (was === null) return value === null || ['string', 'number'].includes(typeof value)
  if (Array.isArray(was)) return Array.isArray(value)
  return typeof was === typeof value && !(typeof value === 'number' && !Number.isFinite(value))
}

function kindOf(was: SettingValue): string {
  if (was === null) return 'a text or a number'
  return Array.isArray(was) ? 'a list' : `a ${typeof was === 'string' ? 'text' : typeof was}`
}

/** `NAME.KEY=VALUE` as it is typed; a VALUE that is JSON is read as such, anything else is text. */
export function readSet(text: string): { module: string; name: string; value: SettingValue } {
  const match = /^([a-z][a-z0-9-]*)\.([A-Za-z_]\w*)=(.*)$/s.exec(text)
  if (!match) throw new TypeError(`${JSON.stringify(text)} is not MODULE.SETTING=VALUE`)
  const [, module = '', name = '', value = ''] = match
  return { module, name, value: readValue(value) }
}

function readValue(text: string): SettingValue {
  // A login or ticket beyond 2^53 stays text: JSON.parse would round it.
  if (/^\d{16,}$/.test(text)) return text
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? text
      : (value as SettingValue)
  } catch {
    return text
  }
}
