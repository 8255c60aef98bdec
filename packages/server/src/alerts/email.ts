// E-mail over SMTP (nodemailer), one message to all receivers.
//
//   M1. Message-ID is made of the message's id and stays the same over all attempts: a mail server or a reader that has
//       seen it has seen it. SMTP itself knows no repeat: where only the last answer was lost, it may come twice.
//   M2. Each attempt has a connection of its own, and ends with its signal.
import { createTransport } from 'nodemailer'
import type { AlertMessage, Channel, Sent } from '../ports.ts'
import { failed, reason } from './http-answer.ts'
import { bodyText, headline } from './message-text.ts'

export interface EmailOptions {
  /** smtps://user:password@host:465, or smtp://host:587 */
  readonly url: string
  readonly from: string
  readonly to: readonly string[]
  readonly min_severity: Channel['min_severity']
}

/** Above the dispatcher's end of an attempt: its signal ends it. */
const TIMEOUT_MS = 30_000

export function emailChannel({ url, from, to, min_severity }: EmailOptions): Channel {
  const { hostname, password } = new URL(url)
  const secrets = [password, decodeURIComponent(password)].filter((text) => text !== '')
  return {
    name: 'email',
    about: `${to.length} ${to.length === 1 ? 'address' : 'addresses'} over ${hostname}`,
    min_severity,
    send,
    async close() {},
  }

  async function send(message: AlertMessage, _attempt: number, signal: AbortSignal): Promise<Sent> {
    const transport = createTransport({
      url,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
    })
    // M2: closing it ends what is under way.
    const aborted = new Promise<Sent>((end) => {
      signal.addEventListener('abort', () => end(failed('no answer in time')), { once: true })
    })
    try {
      return await Promise.race([aborted, mail(transport, message)])
    } finally {
      transport.close()
    }
  }

  async function mail(transport: ReturnType<typeof createTransport>, message: AlertMessage): Promise<Sent> {
    try {
      const { rejected } = await transport.sendMail({
        ...{ from, to: [...to] },
        subject: `${headline(message)}: ${message.text.replace(/\s+/g, ' ').slice(0, 80)}`,
        text: `${bodyText(message)}\nid: ${message.delivery_id}\n`,
        messageId: `<${message.delivery_id}@${domainOf(from)}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-NGTB-Delivery': message.delivery_id },
      })
      return rejected.length === 0 ? { kind: 'done' } : failed(`not taken for ${rejected.join(', ')}`)
    } catch (error) {
      return failed(reason(error, secrets))
    }
  }
}

const domainOf = (address: string): string => /@([A-Za-z0-9.-]+)/.exec(address)?.[1] ?? 'ngtradingbot.invalid'
