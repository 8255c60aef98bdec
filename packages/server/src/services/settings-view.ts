// The settings as they work here, for an operator's eyes: what is secret is left out.
import type { SettingView } from '@ngtb/protocol'
import { type Config, SETTINGS, type SettingName } from '../config.ts'

const HIDDEN = '…'

export function settingsView(config: Config): SettingView[] {
  return (Object.keys(SETTINGS) as SettingName[]).map((name) => {
    const setting = SETTINGS[name]
    const value = config[name]
    const shown = shownOf(name, value)
    return {
      name,
      value: shown,
      default: setting.default,
      changed: value !== setting.default,
      redacted: shown !== value,
      about: setting.about,
    }
  })
}

function shownOf(name: SettingName, value: Config[SettingName]): Config[SettingName] {
  if (typeof value !== 'string') return value
  if (name === 'OTEL_EXPORTER_OTLP_HEADERS') return HIDDEN
  const secret = 'secret' in SETTINGS[name]
  const address = name === 'DATABASE_URL' || name === 'OTEL_EXPORTER_OTLP_ENDPOINT'
  return secret || address ? withoutSecrets(value) : value
}

/** A database's address without its password, wherever it stands in it. */
export function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return HIDDEN
  const url = new URL(text)
  if (url.password !== '') url.password = HIDDEN
  for (const name of [...url.searchParams.keys()])
    if (/password|secret|key/i.test(name)) url.searchParams.set(name, HIDDEN)
  return decodeURI(url.href)
}
