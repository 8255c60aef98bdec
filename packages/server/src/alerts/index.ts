// The channels that the settings name. One more is one file here and one line below
// (docs/guides/add-an-alert-channel.md). A channel's library is read only where the channel is set up.
import { type Config, ConfigError } from '../config.ts'
import type { Channel, Clock, Log } from '../ports.ts'
import { logChannel } from './log.ts'
import { webhookChannel } from './webhook.ts'

export interface ChannelParts {
  readonly clock: Clock
  readonly log: Log
  /** The text of a file. */
  readFile(path: string): string
}

type Secret = 'NGTB_ALERT_TELEGRAM_TOKEN' | 'NGTB_ALERT_WEBHOOK_SECRET' | 'NGTB_ALERT_SMTP_URL'
type Least = Channel['min_severity']

const SECRET_MIN = 16

/** @throws {ConfigError} naming the setting and the remedy */
export async function channelsOf(config: Config, { clock, log, readFile }: ChannelParts): Promise<Channel[]> {
  const secret = (name: Secret) => secretOf(config, name, readFile)
  const channels = [logChannel(log)]
  const telegram = telegramOf(config, secret)
  if (telegram !== null) {
    const { telegramChannel } = await import('./telegram.ts')
    channels.push(telegramChannel({ ...telegram, min_severity: config.NGTB_ALERT_TELEGRAM_MIN as Least }))
  }
  const key = secret('NGTB_ALERT_WEBHOOK_SECRET')
  if (config.NGTB_ALERT_WEBHOOK_URL !== null && key !== null) {
    const url = safeUrl(config, config.NGTB_ALERT_WEBHOOK_URL)
    if (key.length < SECRET_MIN)
      throw new ConfigError(`NGTB_ALERT_WEBHOOK_SECRET is too short: ${SECRET_MIN} characters are the least.`)
    channels.push(
      webhookChannel({ url, secret: key, clock, min_severity: config.NGTB_ALERT_WEBHOOK_MIN as Least }),
    )
  }
  const smtp = secret('NGTB_ALERT_SMTP_URL')
  const { NGTB_ALERT_EMAIL_FROM: from, NGTB_ALERT_EMAIL_TO: to } = config
  if (smtp !== null && from !== null && to !== null) {
    const { emailChannel } = await import('./email.ts')
    const min_severity = config.NGTB_ALERT_EMAIL_MIN as Least
    channels.push(emailChannel({ url: smtpUrl(smtp), from, to: listOf(to), min_severity }))
  }
  return channels
}

/** Null: it is not set up. */
export function telegramOf(config: Config, secret: (name: 'NGTB_ALERT_TELEGRAM_TOKEN') => string | null) {
  const token = secret('NGTB_ALERT_TELEGRAM_TOKEN')
  if (token === null || config.NGTB_ALERT_TELEGRAM_CHATS === null) return null
  if (!/^\d{1,20}:[A-Za-z0-9_-]{20,100}$/.test(token))
    throw new ConfigError('NGTB_ALERT_TELEGRAM_TOKEN is no token. @BotFather gives one such as 123456:AAF….')
  const api_root = config.NGTB_ALERT_TELEGRAM_API_ROOT.replace(/\/+$/, '')
  return { token, api_root, chats: listOf(config.NGTB_ALERT_TELEGRAM_CHATS) }
}

/** From the setting itself, or from the file that it names. */
export function secretOf(config: Config, name: Secret, readFile: (path: string) => string): string | null {
  const path = config[`${name}_FILE`]
  if (path === null) return config[name]
  try {
    return readFile(path).trim()
  } catch (error) {
    throw new ConfigError(
      `${name}_FILE=${path} can not be read: ${(error as Error).message}. Name a file that this user may read.`,
    )
  }
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** Alerts name accounts and positions: they leave this machine encrypted, or into a network that is trusted. */
function safeUrl({ NGTB_INSECURE_HTTP }: Config, text: string): string {
  if (!URL.canParse(text))
    throw new ConfigError(`NGTB_ALERT_WEBHOOK_URL=${text} is no address. Use https://….`)
  const { protocol, hostname } = new URL(text)
  const here = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  if (protocol !== 'https:' && !here && !NGTB_INSECURE_HTTP)
    throw new ConfigError(
      `NGTB_ALERT_WEBHOOK_URL=${text} would send alerts over the network in plain text. Use https://…, or NGTB_INSECURE_HTTP=1 in a network that you trust.`,
    )
  return text
}

function smtpUrl(text: string): string {
  if (!/^smtps?:\/\/./.test(text) || !URL.canParse(text))
    throw new ConfigError(
      'NGTB_ALERT_SMTP_URL is no address of a mail server. Use smtps://user:password@host:465, or smtp://host:587.',
    )
  return text
}
