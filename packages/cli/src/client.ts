// The SDK's client for the commands that speak to a running server, local or far.
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, createClient, NgtbError } from '@ngtb/sdk'
import { type RunFile, readEnvironment, readRunFile, SETTINGS } from '@ngtb/server/settings'
import type { Command } from 'commander'
import { address, login } from './options.ts'
import type { Json } from './output.ts'

export interface ClientOptions extends Json {
  url?: string
  key?: string
  account?: string
}

const DEFAULT_URL = 'http://127.0.0.1:9905'
/** A person waits in front of the screen: shorter than the SDK's own patience. */
const PATIENCE_MS = 8_000
/** On this machine a refused connection says all: nobody is there. A restart of the server takes 2 s. */
const RESTART_MS = 2_500
const KNOCK_EVERY_MS = 100
const LOGINS_SHOWN = 20

export const withClientOptions = (command: Command): Command =>
  command
    .option('--url <url>', "the server's management port (default: NGTB_URL, else the local server's)")
    .option('--key <key>', 'an API key (default: NGTB_API_KEY)')
    .option('--account <login>', 'the MT5 login; not needed when the key sees one account', login)

/** The server of the data folder of this directory, if one runs. */
export function localServer(env: Record<string, string | undefined> = readEnvironment()): RunFile | null {
  return readRunFile(env.NGTB_DATA_DIR || SETTINGS.NGTB_DATA_DIR.default)
}

export function serverUrl(options: ClientOptions): string {
  if (options.url !== undefined) return address('--url', options.url, DEFAULT_URL)
  const env = readEnvironment()
  if (env.NGTB_URL) return address('NGTB_URL', env.NGTB_URL, DEFAULT_URL)
  return localServer(env)?.url ?? DEFAULT_URL
}

export const apiKey = (options: ClientOptions): string | undefined =>
  options.key ?? (readEnvironment().NGTB_API_KEY || undefined)

export async function withClient<T>(
  options: ClientOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const url = serverUrl(options)
  await untilSomebodyListens(url)
  const client = createClient({
    url,
    api_key: apiKey(options),
    account: options.account,
    deadline_ms: PATIENCE_MS,
  })
  try {
    return await work(client)
  } catch (error) {
    if (error instanceof NgtbError && error.code === 'NGTB_ACCOUNT_UNNAMED')
      throw await unnamed(client, error)
    throw error
  } finally {
    client.close()
  }
}

/**
 * Nothing has been sent yet: whoever waits here learns soon that no server is there, and no doubt is left.
 * @throws {NgtbError} when connections to this machine are refused for longer than a restart takes
 */
async function untilSomebodyListens(url: string): Promise<void> {
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (!/^(localhost|127\.[\d.]+|::1)$/.test(host)) return
  const until = performance.now() + RESTART_MS
  while (await isRefused(host, Number(port || (protocol === 'https:' ? 443 : 80)))) {
    if (performance.now() >= until)
      throw new NgtbError({
        code: 'NGTB_UNREACHABLE',
        status: 0,
        message: `no answer from ${url}: the connection is refused`,
        hint: 'Is the server running (`npx ngtb start`)? Does NGTB_URL name it?',
      })
    await pause(KNOCK_EVERY_MS)
  }
}

/** Any other trouble is left to the client, which knows how to wait. */
const isRefused = (host: string, port: number): Promise<boolean> =>
  new Promise((answer) => {
    const socket = connect({ host, port, timeout: 1_000 })
    const end = (refused: boolean) => {
      socket.destroy()
      answer(refused)
    }
    socket.once('connect', () => end(false))
    socket.once('timeout', () => end(false))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED'))
  })

/** Names the logins that the key sees, all of them when they are few. */
async function unnamed(client: Client, error: NgtbError): Promise<NgtbError> {
  const page = await client
    .accounts({ limit: LOGINS_SHOWN })
    .page()
    .catch(() => null)
  if (page === null || page.items.length < 2) return error
  const seen = page.items.map((account) => account.account_number).join(', ')
  const more = page.next_cursor === null ? '' : ', …'
  const message = `this key sees several accounts (${seen}${more}): name one`
  return new NgtbError({ code: error.code, status: error.status, message })
}
