// What an HTTP answer means for a message: taken, or to be sent again, and when.
import type { Sent } from '../ports.ts'

const DAY_S = 86_400

/** Seconds, or a date. @param now ms UTC */
export function retryAfter(header: string | null | undefined, now: number): number | null {
  if (header == null || header.trim() === '') return null
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - now
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, DAY_S * 1_000) : null
}

export const failed = (error: string, after_ms: number | null = null): Sent => ({
  ...{ kind: 'failed', error, after_ms },
})

/** The sentence of an error, with what caused it; never a secret that its message might carry. */
export function reason(error: unknown, secrets: readonly string[]): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } }
  const text = [message ?? String(error), cause?.code ?? cause?.message].filter(Boolean).join(': ')
  return secrets.reduce((said, secret) => said.replaceAll(secret, '…'), text).slice(0, 300)
}
