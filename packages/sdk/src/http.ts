// One request, one answer: fetch with the house's JSON, key, time limit and refusals. retry.ts repeats.
//
//   H1. Integers beyond 2^53 arrive as text (protocol J1) and leave as text: never rounded.
//   H2. NaN and Infinity are refused before sending: JSON makes them null, and a null stop loss means "none".
//   H3. Redirects are not followed: a POST would become a GET, and the key would travel elsewhere.

import { parseJson } from '@ngtb/protocol'
import { NgtbError, type RefusalCode, refusedHere, unreachable } from './errors.ts'

export interface HttpOptions {
  url: string
  api_key?: string | undefined
  /** A person's session: what to send beside the cookie, which the browser keeps. */
  csrf?: (() => string | undefined) | undefined
  request_timeout_ms: number
  /** Instead of the platform's. */
  fetch?: typeof fetch | undefined
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string | number | undefined>>
  /** JSON text, made once by `encodeJson`, so that each repetition is the same to the last byte. */
  body?: string
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal | undefined
}

export interface HttpReply<T> {
  status: number
  body: T
  /** The server's clock (Date header), for ages that must not depend on ours. */
  server_ms: number | null
}

export class Http {
  readonly url: string
  readonly #authorization: Record<string, string>
  readonly #csrf: () => string | undefined
  readonly #timeout_ms: number
  readonly #fetch: typeof fetch

  constructor(options: HttpOptions) {
    this.url = baseUrl(options.url)
    this.#authorization = authorization(options.api_key)
    this.#csrf = options.csrf ?? (() => undefined)
    this.#timeout_ms = options.request_timeout_ms
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init))
  }

  /** The live door, and the header that opens it. */
  get live(): { url: string; headers: Record<string, string> } {
    return { url: `${this.url.replace(/^http/, 'ws')}/ws`, headers: { ...this.#authorization } }
  }

  /** @throws {NgtbError} for anything but a 2xx with a JSON body, or 204 */
  async request<T>(request: HttpRequest): Promise<HttpReply<T>> {
    const { response, text } = await this.#exchange(request)
    const server_ms = Date.parse(response.headers.get('date') ?? '') || null
    if (response.status === 204) return { status: 204, body: undefined as T, server_ms }
    if (response.ok) return { status: response.status, body: this.#parse<T>(request, text), server_ms }
    throw refusal(response, text)
  }

  async #exchange(request: HttpRequest): Promise<{ response: Response; text: string }> {
    const stop = new AbortController()
    const give_up = () => stop.abort(new Error('stopped waiting'))
    const timer = setTimeout(
      () => stop.abort(new Error(`silent for ${this.#timeout_ms} ms`)),
      this.#timeout_ms,
    )
    if (request.signal?.aborted) give_up()
    request.signal?.addEventListener('abort', give_up, { once: true })
    try {
      const response = await this.#fetch(this.#address(request), {
        method: request.method,
        headers: this.#headers(request),
        redirect: 'manual',
        signal: stop.signal,
        ...(request.body === undefined ? {} : { body: request.body }),
      })
      return { response, text: await response.text() }
    } catch (error) {
      throw unreachable(this.url, reason(stop.signal.aborted ? stop.signal.reason : error), error)
    } finally {
      clearTimeout(timer)
      request.signal?.removeEventListener('abort', give_up)
    }
  }

  #address({ path, query = {} }: HttpRequest): string {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) search.set(name, String(value))
    return `${this.url}${path}${search.size === 0 ? '' : `?${search}`}`
  }

  #headers(request: HttpRequest): Record<string, string> {
    const csrf = request.method === 'GET' ? undefined : this.#csrf()
    return {
      accept: 'application/json',
      ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }),
      ...this.#authorization,
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    }
  }

  #parse<T>(request: HttpRequest, text: string): T {
    try {
      return parseJson(text) as T
    } catch (error) {
      // A 2xx cut off on its way is no answer: the caller asks again.
      throw unreachable(`${this.url}${request.path}`, `the answer is not JSON (${text.slice(0, 60)}…)`, error)
    }
  }
}

/** The text of a JSON body: bigint as digits, NaN and Infinity refused (H2). */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value, (name, part) => {
    if (typeof part === 'bigint') return part.toString()
    if (typeof part === 'number' && !Number.isFinite(part))
      throw refusedHere('NGTB_COMMAND_PAYLOAD', `${name} is ${part}: pass a finite number, or leave it out`)
    return part
  })
}

/** Fills a path of the protocol's tables: `/accounts/:login` and `{ login }`. */
export function fillPath(path: string, params: Readonly<Record<string, string>> = {}): string {
  return path.replace(/:([a-z_]+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
}

/** Reads a problem+json body; anything else (a proxy's page) is named by its status. */
export function refusal(response: { status: number; headers: Headers }, text: string): NgtbError {
  const { status, headers } = response
  const body = problemOf(text)
  const word = (name: string) => (typeof body[name] === 'string' ? (body[name] as string) : undefined)
  return new NgtbError({
    code: (word('code') ?? word('error') ?? `HTTP_${status}`) as RefusalCode,
    status,
    message: word('detail') ?? word('message') ?? word('title') ?? `the server answered ${status}`,
    hint: word('hint') ?? (status < 400 ? 'Something redirects: let NGTB_URL name the server itself.' : null),
    request_id: word('request_id') ?? headers.get('x-request-id'),
    retry_after_ms: retryAfter(headers.get('retry-after')),
  })
}

function problemOf(text: string): Record<string, unknown> {
  try {
    return (parseJson(text) ?? {}) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** Retry-After in seconds or as an HTTP date. */
function retryAfter(header: string | null): number | null {
  if (header === null || header.trim() === '') return null
  const ms = /^[0-9.]+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new TypeError(
      `NGTB_URL ${JSON.stringify(text)} is not a server address: use http://127.0.0.1:9905 or alike`,
    )
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function authorization(api_key: string | undefined): Record<string, string> {
  const key = api_key?.trim() ?? ''
  if (key === '') return {}
  // fetch would fail on it with each request, and that would look like a dead server.
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new TypeError('NGTB_API_KEY holds a character no key has: paste the key again')
  return { authorization: `Bearer ${key}` }
}

/** fetch says "fetch failed" and hides the reason in a chain of causes. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof AggregateError && error.cause.errors.length > 0)
    return reason(error.cause.errors[0])
  return error.cause instanceof Error ? reason(error.cause) : error.message
}
