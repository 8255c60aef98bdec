// The SDK's client for the commands that speak to a running server, local or far.
import { type Client, createClient } from '@ngtb/sdk'
import { type RunFile, readEnvironment, readRunFile, SETTINGS } from '@ngtb/server/settings'
import type { Command } from 'commander'
import { login } from './options.ts'
import type { Json } from './output.ts'

export interface ClientOptions extends Json {
  url?: string
  key?: string
  account?: string
}

const DEFAULT_URL = 'http://127.0.0.1:9905'
/** A person waits in front of the screen: shorter than the SDK's own patience. */
const PATIENCE_MS = 8_000

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
  const env = readEnvironment()
  return options.url ?? (env.NGTB_URL || localServer(env)?.url || DEFAULT_URL)
}

export const apiKey = (options: ClientOptions): string | undefined =>
  options.key ?? (readEnvironment().NGTB_API_KEY || undefined)

export async function withClient<T>(
  options: ClientOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = createClient({
    url: serverUrl(options),
    api_key: apiKey(options),
    account: options.account,
    deadline_ms: PATIENCE_MS,
  })
  try {
    return await work(client)
  } finally {
    client.close()
  }
}
