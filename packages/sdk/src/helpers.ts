// The published helpers: one call, from any process. In the server's own process they speak to it directly,
// elsewhere over REST with NGTB_URL and NGTB_API_KEY. Same targets, same results.

import { type AccountView, managementEndpoints as at, type EaStatus, localServer } from '@ngtb/protocol'
import { platform } from '#platform'
import { type Client, createClient } from './client.ts'
import { refusedHere } from './errors.ts'
import { encodeJson, fillPath, Http } from './http.ts'
import { type CloseAll, type Int64Like, loginText, type OpenTrade, ticketText } from './intents.ts'
import { read } from './reads.ts'
import { RETRY_DEFAULTS } from './retry.ts'

/** Which account: its small `account_id`, or `account_number`, the MT5 login. */
export interface AccountName {
  account_id?: number | undefined
  account_number?: Int64Like | undefined
}

/** What every helper command takes beside its payload. */
export interface HelperOptions extends AccountName {
  /** Refuse (`NGTB_EA_NOT_CONNECTED`) instead of queueing for an EA that is away. */
  require_connected?: boolean | undefined
  /** Your own name for this intent; give it again to ask again. */
  command_id?: string | undefined
}

type Payload<T> = Omit<T, 'priority' | 'ttl_ms' | 'deadline_ms' | 'signal' | keyof HelperOptions>

/**
 * Opens a trade (NORMAL). Resolves to the command_id.
 * @example
 * const id = await sendOpenTradeCommand({ account_id: 1, symbol: 'EURUSD', order_type: 'BUY', volume: 0.1,
 *   sl: 1.085, tp: 1.095, comment: 'breakout' })
 */
export const sendOpenTradeCommand = (command: HelperOptions & Payload<OpenTrade>): Promise<string> =>
  send('OPEN_TRADE', command)

/**
 * Sets SL and TP (HIGH). Resolves to the command_id.
 * @example await sendModifyTradeCommand({ account_id: 1, ticket: 16218652, sl: 1.0875, tp: 1.096 })
 */
export const sendModifyTradeCommand = (
  command: HelperOptions & { ticket: Int64Like; sl?: number | null; tp?: number | null },
): Promise<string> => send('MODIFY_TRADE', command)

/**
 * Closes one trade (HIGH). Resolves to the command_id.
 * @example await sendCloseTradeCommand({ account_id: 1, ticket: 16218652 })
 */
export const sendCloseTradeCommand = (
  command: HelperOptions & { ticket: Int64Like; reason?: string },
): Promise<string> => send('CLOSE_TRADE', command)

/**
 * Closes everything in scope (CRITICAL). Resolves to the command_id.
 * @example await sendCloseAllCommand({ account_id: 1, symbol: 'EURUSD' })
 */
export const sendCloseAllCommand = (command: HelperOptions & Payload<CloseAll>): Promise<string> =>
  send('CLOSE_ALL', command)

/**
 * How the EA of an account is doing.
 * @example
 * const { health_score, last_heartbeat_age_seconds } = await getEaStatus({ account_id: 1 })
 */
export async function getEaStatus(account: AccountName): Promise<EaStatus> {
  const local = localServer()
  if (local) return local.getEaStatus(localName(account))
  const { client, http } = await remote(account)
  const path = fillPath(at.v1_account.path, { login: await client.login() })
  const { body, server_ms } = await read<AccountView>(http, RETRY_DEFAULTS, { path })
  return statusOf(body, serverNow(server_ms))
}

/**
 * Connected **and** healthy?
 * @example
 * if (!(await isEaConnected({ account_id: 1 }))) console.warn('the EA is away')
 */
export async function isEaConnected(account: AccountName): Promise<boolean> {
  const { connected, healthy } = await getEaStatus(account)
  return connected && healthy
}

async function send(
  type: string,
  { account_id, account_number, ...command }: HelperOptions,
): Promise<string> {
  const { command_id, require_connected, ...rest } = command
  const account = { account_id, account_number }
  const payload = asSent(rest)
  const local = localServer()
  if (local) {
    return local.createCommand({
      ...localName(account),
      command_type: type,
      payload,
      ...(command_id === undefined ? {} : { command_id }),
      ...(require_connected === undefined ? {} : { require_connected }),
    })
  }
  const { client } = await remote(account)
  const handle = await client.submit(type, payload, { command_id, require_connected })
  return handle.command_id
}

/** What would arrive over HTTP, also in process: no undefined, no NaN, tickets as text. */
function asSent(payload: Record<string, unknown>): Record<string, unknown> {
  const exact = 'ticket' in payload ? { ...payload, ticket: ticketText(payload.ticket) } : payload
  return JSON.parse(encodeJson(exact)) as Record<string, unknown>
}

function localName({ account_id, account_number }: AccountName) {
  if (account_number !== undefined) return { account_number: loginText(account_number) }
  return account_id === undefined ? {} : { account_id }
}

interface Remote {
  http: Http
  clients: Map<string, Client>
  logins: Map<number, string>
}
const remotes = new Map<string, Remote>()

/** The client for an account at the server that the environment names now. */
async function remote(account: AccountName): Promise<{ client: Client; http: Http }> {
  const url = platform.setting('NGTB_URL') ?? platform.home
  const api_key = platform.setting('NGTB_API_KEY')
  const name = `${url} ${api_key}`
  const known = remotes.get(name) ?? {
    http: new Http({ url, api_key, request_timeout_ms: RETRY_DEFAULTS.request_timeout_ms }),
    clients: new Map(),
    logins: new Map(),
  }
  remotes.set(name, known)
  const login = await loginOf(known, account)
  const client = known.clients.get(login ?? '') ?? createClient({ url, api_key, account: login })
  known.clients.set(login ?? '', client)
  return { client, http: known.http }
}

/** REST paths take the login: an account_id is looked up once among the accounts that the key sees. */
async function loginOf(known: Remote, account: AccountName): Promise<string | undefined> {
  if (account.account_number !== undefined) return loginText(account.account_number)
  if (account.account_id === undefined) return undefined
  if (!known.logins.has(account.account_id)) {
    const everything = createClient({ url: known.http.url, api_key: platform.setting('NGTB_API_KEY') })
    for await (const view of everything.accounts()) known.logins.set(view.account_id, view.account_number)
  }
  const login = known.logins.get(account.account_id)
  if (login !== undefined) return login
  throw refusedHere('NGTB_ACCOUNT_UNKNOWN', `account_id ${account.account_id} is not one this key can see`)
}

/** Our clock where it agrees with the server's Date header (whole seconds), else the server's. */
function serverNow(server_ms: number | null): number {
  const ours = Date.now()
  return server_ms === null || Math.abs(ours - server_ms) < 2_000 ? ours : server_ms
}

function statusOf({ account_id, account_number, connection }: AccountView, now_ms: number): EaStatus {
  const { state, healthy, health_score, consecutive_failures, last_heartbeat } = connection
  const latency_s = connection.avg_heartbeat_latency
  return {
    account_id,
    account_number,
    state,
    connected: state === 'connected',
    healthy,
    last_heartbeat_age_seconds:
      last_heartbeat === null ? null : Math.max(0, (now_ms - Date.parse(last_heartbeat)) / 1000),
    health_score,
    avg_heartbeat_latency_ms: latency_s === null ? null : latency_s * 1000,
    consecutive_failures,
  }
}
