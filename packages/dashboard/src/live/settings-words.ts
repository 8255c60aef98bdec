// What the settings say of keys, browsers and limits: pure, so that it is tested.
import { type KeyView, type LimitsBody, type LimitsView, limits, type Role, type Scope } from '@ngtb/protocol'
import type { Tone } from './conditions.ts'

const WEEK_MS = 7 * 86_400_000

export interface KeyStanding {
  readonly word: 'good' | 'ends soon' | 'ended' | 'revoked'
  readonly tone: Tone
  /** Does it still open anything? */
  readonly alive: boolean
}

export function keyStanding(key: Pick<KeyView, 'revoked_at' | 'expires_at'>, now: number): KeyStanding {
  if (key.revoked_at !== null) return { word: 'revoked', tone: 'unknown', alive: false }
  const ends = key.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(key.expires_at)
  if (ends <= now) return { word: 'ended', tone: 'unknown', alive: false }
  if (ends - now < WEEK_MS) return { word: 'ends soon', tone: 'watch', alive: true }
  return { word: 'good', tone: 'ok', alive: true }
}

export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  'ea:session': 'be the EA of its account',
  'commands:read': 'read accounts, trades, commands and the audit trail',
  'commands:open': 'open and place orders',
  'commands:close': 'close, change and cancel',
  'alerts:write': 'raise, acknowledge and clear alerts',
  admin: 'everything, keys and people included',
}

/** What stops when this key does, in sentences; the first is the gravest. */
export function stopsWith({ scopes, account_number }: Pick<KeyView, 'scopes' | 'account_number'>): string[] {
  const where = account_number === null ? 'any account' : `account ${account_number}`
  const has = (scope: Scope) => scopes.includes(scope)
  if (has('ea:session'))
    return [
      `The EA of ${where} can no longer speak: no command reaches it, and no tick, trade or log line comes from it.`,
      'What is open stays open at the broker, with its stop loss and take profit; nobody can close it from here until the EA is paired again.',
      'A command that is on its way ends as unknown until the EA is back.',
    ]
  const stops: string[] = []
  if (has('admin')) stops.push('Whoever administers with it can no longer: keys, accounts, people, policy.')
  if (has('commands:open') || has('admin')) stops.push(`Nothing more is opened with it on ${where}.`)
  if (has('commands:close') || has('admin'))
    stops.push(
      `Nothing more is closed or changed with it on ${where}: a program that watches its positions can no longer end them.`,
    )
  stops.push('Programs that read with it get NGTB_KEY_INVALID, and their live windows are closed.')
  return stops
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'Chrome without a window'],
  [/\bChrom(e|ium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]
const MACHINES: readonly (readonly [RegExp, string])[] = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/** "Firefox on Linux"; what is no browser is called by its own first word. */
export function agentName(agent: string): string {
  const found = (names: typeof BROWSERS) => names.find(([pattern]) => pattern.test(agent))?.[1]
  const [browser, machine] = [found(BROWSERS), found(MACHINES)]
  if (browser) return machine ? `${browser} on ${machine}` : browser
  return agent.split(/[\s/]/, 1)[0] || 'a program without a name'
}

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  viewer: 'may look at everything',
  trader: 'may look, open and close',
  admin: 'may do everything: keys, accounts, people, limits',
}

/** The limits as they stand in a form: text as it was typed, '' for no limit. */
export interface LimitsForm {
  readonly max_volume: string
  readonly max_open_positions: string
  readonly max_openings_per_minute: string
  readonly symbols: string
  readonly close_only: boolean
}

export const limitsForm = (view: LimitsView): LimitsForm => ({
  max_volume: String(view.max_volume ?? ''),
  max_open_positions: String(view.max_open_positions ?? ''),
  max_openings_per_minute: String(view.max_openings_per_minute ?? ''),
  symbols: view.symbols?.join(', ') ?? '',
  close_only: view.close_only,
})

export type Faults<Form> = { readonly [Name in keyof Form]?: string }

/** What is to be sent, or what is wrong where. An empty field is no limit. */
export function limitsOf(form: LimitsForm): { body: LimitsBody } | { faults: Faults<LimitsForm> } {
  const faults: { -readonly [Name in keyof LimitsForm]?: string } = {}
  const number = (name: 'max_volume' | 'max_open_positions' | 'max_openings_per_minute', most: number) => {
    const text = form[name].trim()
    if (text === '') return null
    const value = Number(text)
    const whole = name !== 'max_volume'
    if (!Number.isFinite(value)) faults[name] = `${text} is no number. Write it like 0.5; empty: no limit.`
    else if (whole && !Number.isInteger(value)) faults[name] = 'A whole number; empty: no limit.'
    else if (whole ? value < 0 : value <= 0)
      faults[name] = whole
        ? 'Not below 0; empty: no limit.'
        : 'Above 0. To open nothing, choose “close only”.'
    else if (value > most) faults[name] = `${most} at most.`
    return value
  }
  const body = {
    max_volume: number('max_volume', limits.volume_max),
    max_open_positions: number('max_open_positions', limits.business_positions_max),
    max_openings_per_minute: number('max_openings_per_minute', limits.business_openings_max),
    symbols: symbolsOf(form.symbols),
    close_only: form.close_only,
  }
  return Object.keys(faults).length > 0 ? { faults } : { body }
}

function symbolsOf(text: string): string[] | null {
  const names = text.split(/[\s,;]+/).filter((name) => name !== '')
  return names.length === 0 ? null : [...new Set(names)]
}

/** Lots from which on a person must confirm: '' is never. @returns undefined for what is no such number */
export function confirmVolumeOf(text: string): number | null | undefined {
  if (text.trim() === '') return null
  const value = Number(text)
  return Number.isFinite(value) && value > 0 && value <= limits.volume_max ? value : undefined
}

/** What the EA's input Server takes. */
export const serverCode = (server_url: string, api_key: string): string => `${server_url}#${api_key}`

export const isLogin = (text: string): boolean => /^[1-9]\d{0,18}$/.test(text.trim())
