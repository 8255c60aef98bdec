// Who may come in (security: Machines). A key decides; the account in the body must be the key's own (P15).
import { SCOPES_OF } from '@ngtb/core'
import { type Endpoint, Refusal, type Scope } from '@ngtb/protocol'
import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../config.ts'
import { cutTicket } from '../legacy/answers.ts'
import { loginOf } from '../services/desks.ts'
import { hasScope, type Principal } from '../services/keys.ts'
import { enrols, principalOf } from '../services/people-rows.ts'
import type { House } from './house.ts'
import { cookieToken, requireOwnRequest } from './session-cookie.ts'

const WATCH: readonly Scope[] = ['commands:read', 'commands:open', 'commands:close', 'admin']

/** The key as it came: Authorization: Bearer, X-API-Key, or, on EA endpoints, `api_key` in the body. */
export function keyText(request: FastifyRequest, body: unknown): string | null {
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const header = request.headers['x-api-key']
  const inBody = (body as { api_key?: unknown } | null | undefined)?.api_key
  const text =
    bearer ??
    (Array.isArray(header) ? header[0] : header) ??
    (typeof inBody === 'string' ? inBody : undefined)
  return text === undefined || text === '' ? null : text
}

/** @throws {Refusal} 401 or 403, by the endpoint's kind */
export async function authorize(
  endpoint: Pick<Endpoint, 'access' | 'dialect'>,
  house: House,
  request: FastifyRequest,
  body: unknown,
): Promise<Principal | null> {
  const { access } = endpoint
  if (access === 'open') return null
  const text = keyText(request, typeof access === 'string' ? body : undefined)
  if (access === 'session' || (text === null && Array.isArray(access))) {
    const person = text === null ? await bySession(house, request) : null
    if (access === 'session') return person ?? refuseSession(text)
    if (person) return requireScope(person, access as readonly Scope[])
  }
  if (access === 'watch' && house.config.loopback && text === null) {
    checkHost(house, request)
    return null
  }
  if (access === 'connect' && text === null) return null
  const plain = access === 'ea' || access === 'connect' || access === 'either'
  if (text === null) throw new Refusal(plain ? 'NGTB_EA_KEY_MISSING' : 'NGTB_KEY_MISSING')
  const principal = await house.keys.resolve(text)
  if (!principal) throw new Refusal(plain ? 'NGTB_EA_KEY_INVALID' : 'NGTB_KEY_INVALID')
  if (access === 'ea' || access === 'connect') requireEa(principal)
  else if (access !== 'either') requireScope(principal, access === 'watch' ? WATCH : access)
  if (plain) await requireOwnAccount(principal, house, body, endpoint.dialect !== undefined)
  return principal
}

function requireEa(principal: Principal): void {
  if (principal.account_id === null || !principal.scopes.includes('ea:session'))
    throw new Refusal(
      'NGTB_EA_KEY_INVALID',
      'this is a management key; EA endpoints take the key that /api/connect returned',
    )
}

export function requireScope(principal: Principal, scopes: readonly Scope[]): Principal {
  if (hasScope(principal, scopes)) return principal
  const { session } = principal
  if (session && enrols(session) && scopes.some((scope) => SCOPES_OF[session.person.role].includes(scope)))
    throw new Refusal('NGTB_ENROL_TOTP')
  throw new Refusal('NGTB_SCOPE', `this needs one of the scopes ${scopes.join(', ')}`)
}

/**
 * The person whose session's cookie came, at the doors that take one: those of /api/v1. Null: none came.
 * @throws {Refusal} NGTB_SESSION for a cookie of a session that ended, NGTB_CSRF, NGTB_HOST
 */
async function bySession(house: House, request: FastifyRequest): Promise<Principal | null> {
  const token = request.url.startsWith('/api/v1/') ? cookieToken(house.config, request) : null
  if (!house.people || token === null) return null
  const session = await house.people.sessions.resolve(token)
  if (!session) throw new Refusal('NGTB_SESSION')
  requireOwnRequest(house, request, session)
  return principalOf(session)
}

function refuseSession(text: string | null): never {
  throw new Refusal('NGTB_SESSION', text === null ? undefined : 'a key has no session: this is for people')
}

/**
 * `account` is optional where the key names it; another one is a mistake that must not be guessed away.
 * @param maybe_cut EAs of the older dialect print it with `%d`: of a long login the low 32 bits are left
 */
async function requireOwnAccount(
  principal: Principal,
  house: House,
  body: unknown,
  maybe_cut: boolean,
): Promise<void> {
  const account = (body as { account?: unknown } | null | undefined)?.account
  if (account === undefined || account === null || principal.account_id === null) return
  if (typeof account !== 'number' && typeof account !== 'string') return // the schema says so in better words
  const login = await house.desks.numberOf(principal.account_id)
  if (maybe_cut && login !== null && String(account) === cutTicket(login)) return
  if (loginOf(account) !== login) throw new Refusal('NGTB_ACCOUNT_MISMATCH')
}

/** Keyless doors on loopback are for this machine's own browser: a foreign name in Host is a rebinding trick. */
export function checkHost(house: House, request: FastifyRequest): void {
  const host = (request.headers.host ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  const ours = (house.config.NGTB_PUBLIC_HOST ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  if (!isLoopback(host) && !(host !== '' && ours.includes(host))) throw new Refusal('NGTB_HOST')
}

/** From where a keyless connect comes. A proxy's headers: somebody stands in between. `origin`: a web page asks. */
export function peerOf(request: FastifyRequest): { loopback: boolean; direct: boolean } {
  const proxied = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via', 'origin']
  return {
    loopback: isLoopback(request.socket.remoteAddress ?? ''),
    direct: proxied.every((name) => request.headers[name] === undefined),
  }
}
