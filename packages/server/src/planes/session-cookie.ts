// The cookie of a person's session, and the page that may send it (docs/spec/people.md).
//
//   C1. Over TLS, or behind a proxy that ends it, the cookie is `__Host-ngt`: no other host and no other path can set
//       it, and it never travels in plain text. On plain HTTP no browser would keep such a one: there it is `ngt`.
//   C2. A cookie comes along by itself, so it proves nothing of who asks: what changes something must carry the
//       session's x-csrf-token, and the browser's word that the page is ours.
import { timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { Refusal } from '@ngtb/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { From } from '../services/people-context.ts'
import type { PersonSession } from '../services/people-rows.ts'
import { checkHost } from './auth.ts'
import type { House } from './house.ts'

const isSecure = (config: Config): boolean =>
  config.NGTB_TLS_CERT_FILE !== null || config.NGTB_TRUSTED_PROXY !== null

/** C1. */
export const cookieName = (config: Config): string => (isSecure(config) ? '__Host-ngt' : 'ngt')

export function cookieToken(config: Config, request: FastifyRequest): string | null {
  const name = `${cookieName(config)}=`
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
  return cookies.find((cookie) => cookie.startsWith(name))?.slice(name.length) ?? null
}

let warned = false

export function giveCookie({ config, log }: House, reply: FastifyReply, token: string): void {
  if (!isSecure(config) && !warned) {
    warned = true
    log.warn(
      'the session cookie travels over plain HTTP: good enough on this machine; elsewhere set NGTB_TLS_CERT_FILE',
    )
  }
  reply.header('set-cookie', `${cookieName(config)}=${token}; ${attributes(config)}`)
}

export const takeCookie = ({ config }: House, reply: FastifyReply): void =>
  void reply.header('set-cookie', `${cookieName(config)}=; ${attributes(config)}; Max-Age=0`)

const attributes = (config: Config): string =>
  `Path=/; HttpOnly; SameSite=Strict${isSecure(config) ? '; Secure' : ''}`

export const fromOf = (request: FastifyRequest): From => ({
  address: request.ip,
  agent: (request.headers['user-agent'] ?? '').slice(0, 200),
})

/** The name by which the browser called is ours; an address is nobody's name, so no trick with names can use it. */
function requireOwnHost(house: House, request: FastifyRequest): void {
  if (isIP(request.hostname.replace(/^\[|\]$/g, '')) === 0) checkHost(house, request)
}

/**
 * The page that asks is one of ours (C2).
 * @param told the browser must have said so; else whoever is no browser may say nothing
 * @throws {Refusal} NGTB_HOST, NGTB_CSRF
 */
export function requireOwnPage(house: House, request: FastifyRequest, told: boolean): void {
  requireOwnHost(house, request)
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (origin !== undefined) {
    // Enough by itself: of a socket some browsers call our own page another site, for its scheme is another.
    if (!URL.canParse(origin) || new URL(origin).host !== request.host)
      throw new Refusal('NGTB_HOST', 'the page that asks is of another origin')
  } else if (site !== undefined && site !== 'same-origin')
    throw new Refusal('NGTB_CSRF', `the browser says that the request is ${String(site).slice(0, 20)}`)
  else if (told && site === undefined)
    throw new Refusal('NGTB_CSRF', 'Origin or Sec-Fetch-Site is missing: send the Origin of this server')
}

/** May this request use the session of its cookie? (C2) */
export function requireOwnRequest(house: House, request: FastifyRequest, { row }: PersonSession): void {
  requireOwnHost(house, request)
  if (request.method === 'GET' || request.method === 'HEAD') return
  requireOwnPage(house, request, true)
  const given = Buffer.from(String(request.headers['x-csrf-token'] ?? ''))
  const wanted = Buffer.from(row.csrf_token)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new Refusal('NGTB_CSRF', 'x-csrf-token is missing, or not this session’s')
}
