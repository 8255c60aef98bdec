// What never stands in a log: keys, secrets, passwords, cookies, tokens, one-time links; by the name of a field at any
// depth, and by their look inside of sentences.
//
//   D1. A field with a secret's name shows its name only, whatever is in it.
//   D2. In every text what looks like one of ours, or stands behind a word that announces a secret, is cut out.
//   D3. What is logged is not changed: a copy is. Circles, depth and length end somewhere.

export const HIDDEN = '…'

const NAMES =
  /^(?:.*[-_]?(?:pass(?:word|phrase|wd)?|secret|token|api[-_]?key|private[-_]?key|credentials?)|authorization|proxy-authorization|(?:set-)?cookie|x-api-key|x-csrf-token|csrf|session|totp|otp|code|recovery[-_]?codes?|setup[-_]?link|link|headers_text)$/i

/** Names that only look like secrets: numbers of them, and words about them. */
const HARMLESS = /^(?:key_id|session_id|retcode|code)$/i
const OUR_ERROR = /^(?:NGTB_[A-Z_]+|[A-Z0-9_]{2,40}|\d{1,6})$/

type Rule = readonly [look: RegExp, shown: string]

const RULES: readonly Rule[] = [
  // Our keys: the id stays, it is no secret and says whose it was.
  [/\b(ngt_[a-z]{2,8}_[a-z0-9]{12})_[A-Za-z0-9_-]{20,}/g, `$1_${HIDDEN}`],
  [/\bngt_[A-Za-z0-9_-]{24,}/g, `ngt_${HIDDEN}`],
  [/\b(Bearer|Basic|Bot)\s+[A-Za-z0-9._~+/=:-]{8,}/gi, `$1 ${HIDDEN}`],
  // Telegram: <bot id>:<35 characters>, also in its URLs.
  [/\b(bot)?\d{6,12}:[A-Za-z0-9_-]{30,}/g, `$1${HIDDEN}`],
  [/\botpauth:\/\/\S+/gi, `otpauth://${HIDDEN}`],
  // A URL's password, and what its query or fragment names as secret: one-time links are of these.
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*):[^\s@/]+@/gi, `$1:${HIDDEN}@`],
  [
    /([?&#/;](?:[a-z_-]*(?:token|secret|key|password|code|sig(?:nature)?)|setup|invite)[=/])[^\s&#"'<>]+/gi,
    `$1${HIDDEN}`,
  ],
  [/\b((?:__Host-)?ngt(?:_[a-z]+)?=)[^\s;,"']+/g, `$1${HIDDEN}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  // `password: hunter2`, `"api_key":"…"`, `secret=…`
  [
    /\b((?:[a-z_-]*(?:password|passphrase|secret|token|api[-_]?key|private[-_]?key)|authorization|(?:set-)?cookie|totp|otp)["']?\s*[:=]\s*["']?)(?!…)[^\s"',;}&]{3,}/gi,
    `$1${HIDDEN}`,
  ],
]

const DEPTH_MAX = 12
const TEXT_MAX = 32_768
const MAY_BE_SECRET = /ngt|bearer|basic|bot|\d{6}:|:\/\/|[?&#/;]|pass|secret|token|key|auth|cookie|otp/i

/** D2. */
export function redactText(text: string): string {
  const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}${HIDDEN}` : text
  if (!MAY_BE_SECRET.test(cut)) return cut
  return RULES.reduce((shown, [look, instead]) => shown.replace(look, instead), cut)
}

/** D1, D2, D3. */
export function redacted(value: unknown): unknown {
  return walk(value, '', 0, new Set())
}

function walk(value: unknown, name: string, depth: number, above: Set<object>): unknown {
  if (value === null || value === undefined || value === '') return value
  if (isSecretName(name, value)) return HIDDEN
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object') return value
  if (depth >= DEPTH_MAX || above.has(value)) return HIDDEN
  above.add(value)
  const copy = copyOf(value, depth, above)
  above.delete(value)
  return copy
}

function copyOf(value: object, depth: number, above: Set<object>): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Error) return redactText(value.stack ?? String(value))
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (value instanceof Map) return walk(Object.fromEntries(value), '', depth + 1, above)
  if (value instanceof Set || Array.isArray(value))
    return [...value].map((one) => walk(one, '', depth + 1, above))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [redactText(name), walk(inner, name, depth + 1, above)]),
  )
}

function isSecretName(name: string, value: unknown): boolean {
  if (!NAMES.test(name)) return false
  // `code` is our errors' name, too, and an EA's.
  return !(HARMLESS.test(name) && (name !== 'code' || OUR_ERROR.test(String(value))))
}
