// The settings of alerts: how often it is looked, and the channels. A channel is there once its settings are.
import type { AlertSeverity } from '@ngtb/protocol'

const SEVERITIES = ['info', 'warning', 'critical'] as const satisfies readonly AlertSeverity[]

const text = (about: string) => ({ kind: 'text', default: null, about }) as const
const secret = (about: string) => ({ kind: 'text', default: null, secret: true, about }) as const
const least = (value: AlertSeverity, channel: string) =>
  ({
    kind: 'text',
    default: value,
    choices: SEVERITIES,
    about: `the least severity that ${channel} carries`,
  }) as const

export const ALERT_SETTINGS = {
  NGTB_ALERT_EVERY_SEC: {
    kind: 'int',
    default: 60,
    min: 1,
    max: 3_600,
    about: 'seconds between two looks at everything; what an event tells is an alert at once',
  },
  NGTB_ALERT_HISTORY_DAYS: {
    kind: 'int',
    default: 90,
    min: 1,
    max: 3_650,
    about: 'days that cleared alerts are kept',
  },
  NGTB_ALERT_DISK_FREE_MB: {
    kind: 'int',
    default: 2_048,
    min: 1,
    max: 100_000_000,
    about: 'less room than this on the disk of NGTB_DATA_DIR is an alert',
  },
  NGTB_ALERT_CERTIFICATE_DAYS: {
    kind: 'int',
    default: 14,
    min: 1,
    max: 365,
    about: 'days before the end of the TLS certificate at which it is an alert',
  },
  NGTB_ALERT_TELEGRAM_TOKEN: secret('token of the Telegram bot, from @BotFather'),
  NGTB_ALERT_TELEGRAM_TOKEN_FILE: text('a file that holds it'),
  NGTB_ALERT_TELEGRAM_CHATS: text('ids of the chats that are told, and may ask, separated by commas'),
  NGTB_ALERT_TELEGRAM_API_ROOT: {
    kind: 'text',
    default: 'https://api.telegram.org',
    about: 'where the Bot API is',
  },
  NGTB_ALERT_TELEGRAM_COMMANDS: {
    kind: 'text',
    default: 'read',
    choices: ['off', 'read', 'close'] as const,
    about: 'what these chats may ask: nothing; /status and /positions; /close, too',
  },
  NGTB_ALERT_TELEGRAM_MIN: least('warning', 'Telegram'),
  NGTB_ALERT_WEBHOOK_URL: text('address that alerts are posted to'),
  NGTB_ALERT_WEBHOOK_SECRET: secret('signs what is posted (HMAC-SHA256); 16 characters or more'),
  NGTB_ALERT_WEBHOOK_SECRET_FILE: text('a file that holds it'),
  NGTB_ALERT_WEBHOOK_MIN: least('info', 'the webhook'),
  NGTB_ALERT_SMTP_URL: secret('the mail server: smtps://user:password@host:465, or smtp://host:587'),
  NGTB_ALERT_SMTP_URL_FILE: text('a file that holds it'),
  NGTB_ALERT_EMAIL_FROM: text('the sender’s address'),
  NGTB_ALERT_EMAIL_TO: text('the receivers’ addresses, separated by commas'),
  NGTB_ALERT_EMAIL_MIN: least('warning', 'e-mail'),
} as const

type Given = { readonly [N in keyof typeof ALERT_SETTINGS]: unknown }

/** What contradicts itself, as a sentence with its remedy; null: nothing. */
export function relateAlerts(config: Given): string | null {
  const both = (['TELEGRAM_TOKEN', 'WEBHOOK_SECRET', 'SMTP_URL'] as const).find(
    (name) => config[`NGTB_ALERT_${name}`] !== null && config[`NGTB_ALERT_${name}_FILE`] !== null,
  )
  if (both) return `NGTB_ALERT_${both} and NGTB_ALERT_${both}_FILE are the same setting. Remove one of them.`
  const telegram = config.NGTB_ALERT_TELEGRAM_TOKEN ?? config.NGTB_ALERT_TELEGRAM_TOKEN_FILE
  const chats = config.NGTB_ALERT_TELEGRAM_CHATS
  if ((telegram === null) !== (chats === null))
    return 'NGTB_ALERT_TELEGRAM_TOKEN and NGTB_ALERT_TELEGRAM_CHATS belong together. Set both, or neither.'
  if (typeof chats === 'string' && !/^\s*-?\d{1,20}(\s*,\s*-?\d{1,20})*\s*$/.test(chats))
    return `NGTB_ALERT_TELEGRAM_CHATS=${chats} are no chat ids. Use numbers separated by commas, such as 123456,-100987.`
  const smtp = config.NGTB_ALERT_SMTP_URL ?? config.NGTB_ALERT_SMTP_URL_FILE
  const mail = [smtp, config.NGTB_ALERT_EMAIL_FROM, config.NGTB_ALERT_EMAIL_TO]
  if (mail.some((one) => one === null) && mail.some((one) => one !== null))
    return 'NGTB_ALERT_SMTP_URL, NGTB_ALERT_EMAIL_FROM and NGTB_ALERT_EMAIL_TO belong together. Set all three, or none.'
  return webhookTrouble(config)
}

function webhookTrouble(config: Given): string | null {
  const url = config.NGTB_ALERT_WEBHOOK_URL
  const secret = config.NGTB_ALERT_WEBHOOK_SECRET ?? config.NGTB_ALERT_WEBHOOK_SECRET_FILE
  if ((url === null) !== (secret === null))
    return 'NGTB_ALERT_WEBHOOK_URL and NGTB_ALERT_WEBHOOK_SECRET belong together: what is posted is signed. Set both, or neither.'
  for (const name of ['NGTB_ALERT_WEBHOOK_URL', 'NGTB_ALERT_TELEGRAM_API_ROOT'] as const) {
    const value = config[name]
    if (typeof value === 'string' && !/^https?:\/\/./.test(value))
      return `${name}=${value} is no address. Use https://…`
  }
  return null
}
