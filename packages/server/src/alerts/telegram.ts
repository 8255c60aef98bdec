// Telegram: one message a chat, through the Bot API (grammy).
//
//   G1. The Bot API knows no key that makes a repeat the same: a message whose answer was lost may have arrived. It is
//       sent again all the same, and says so: "again" and its short id, by which a person sees that it is one.
//   G2. Of several chats those that have it are not told again, as long as this process lives.
//   G3. 429 comes with parameters.retry_after: nothing is sent before.
import { Api, GrammyError } from 'grammy'
import type { AlertMessage, Channel, Sent } from '../ports.ts'
import { failed, reason } from './http-answer.ts'
import { bodyText, headline } from './message-text.ts'

export interface TelegramOptions {
  readonly token: string
  readonly api_root: string
  readonly chats: readonly string[]
  readonly min_severity: Channel['min_severity']
}

/** Longer than the dispatcher waits: its signal ends an attempt. */
const CLIENT_TIMEOUT_S = 60
const TOLD_MAX = 1_000

export const telegramApi = ({ token, api_root }: Pick<TelegramOptions, 'token' | 'api_root'>): Api =>
  new Api(token, { apiRoot: api_root, timeoutSeconds: CLIENT_TIMEOUT_S })

const MARKS = { info: 'ℹ️', warning: '⚠️', critical: '🔴' } as const

export function telegramText(message: AlertMessage, attempt: number): string {
  const mark =
    message.tiding === 'raised' ? MARKS[message.severity] : message.tiding === 'cleared' ? '✅' : '🔔'
  const again = attempt > 1 ? `\n(sent again, attempt ${attempt}: this may be a repeat)` : ''
  return `${mark} ${headline(message)}\n${bodyText(message)}\n#${message.delivery_id.slice(0, 8)}${again}`
}

export function telegramChannel(options: TelegramOptions): Channel {
  const api = telegramApi(options)
  const { chats, token } = options
  /** G2. By message and chat. */
  const told = new Set<string>()

  return {
    name: 'telegram',
    about: `${chats.length} ${chats.length === 1 ? 'chat' : 'chats'} of Telegram`,
    min_severity: options.min_severity,
    async send(message, attempt, signal) {
      for (const chat of chats) {
        const key = `${message.delivery_id} ${chat}`
        if (told.has(key)) continue
        const sent = await sendTo(chat, message, attempt, signal)
        if (sent.kind === 'failed') return sent
        remember(key)
      }
      return { kind: 'done' }
    },
    async close() {},
  }

  async function sendTo(
    chat: string,
    message: AlertMessage,
    attempt: number,
    signal: AbortSignal,
  ): Promise<Sent> {
    try {
      await api.sendMessage(chat, telegramText(message, attempt), {}, signal as never)
      return { kind: 'done' }
    } catch (error) {
      if (error instanceof GrammyError) {
        const { retry_after } = error.parameters
        const after_ms = retry_after === undefined ? null : retry_after * 1_000
        return failed(`chat ${chat}: ${error.error_code} ${error.description}`, after_ms)
      }
      return failed(`chat ${chat}: ${reason(error, [token])}`)
    }
  }

  function remember(key: string): void {
    told.add(key)
    const [oldest] = told
    if (told.size > TOLD_MAX && oldest !== undefined) told.delete(oldest)
  }
}
