// A webhook: an alert as JSON, signed, with a name of its own that stays the same over all attempts.
//
//   H1. Idempotency-Key is the message's id and the body is the same at each attempt: who has seen the key has seen it.
//   H2. X-NGTB-Signature is `t=SECONDS,v1=HEX`: HMAC-SHA256 of `SECONDS.BODY` with the shared secret. An attempt has
//       its own time, so what is recorded and sent again later is found old.
//   H3. 2xx is taken. Everything else is sent again; Retry-After is kept. No redirect is followed: it would carry the
//       alert to whoever the receiver names.
import { createHmac } from 'node:crypto'
import type { AlertMessage, Channel, Clock, Sent } from '../ports.ts'
import { failed, reason, retryAfter } from './http-answer.ts'

export interface WebhookOptions {
  readonly url: string
  readonly secret: string
  readonly min_severity: Channel['min_severity']
  readonly clock: Clock
}

/** H2. @param seconds UTC */
export const sign = (secret: string, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`

export function webhookChannel({ url, secret, min_severity, clock }: WebhookOptions): Channel {
  return {
    name: 'webhook',
    about: new URL(url).origin,
    min_severity,
    send: (message, attempt, signal) => post(message, attempt, signal),
    async close() {},
  }

  async function post(message: AlertMessage, attempt: number, signal: AbortSignal): Promise<Sent> {
    const body = JSON.stringify(message)
    const seconds = Math.floor(clock.now() / 1_000)
    try {
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': message.delivery_id,
          'x-ngtb-attempt': String(attempt),
          'x-ngtb-signature': sign(secret, seconds, body),
        },
        ...{ body, signal },
      })
      // What it says is nothing to us; unread, it would hold the connection.
      await answer.body?.cancel()
      if (answer.status >= 200 && answer.status < 300) return { kind: 'done' }
      return failed(
        `it answered ${answer.status}`,
        retryAfter(answer.headers.get('retry-after'), clock.now()),
      )
    } catch (error) {
      return failed(reason(error, [secret]))
    }
  }
}
