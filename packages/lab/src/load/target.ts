// Where a load goes: a server of its own, or one that runs on this machine already.
import { readRunFile } from '@ngtb/server'
import { loopbackUrl, Misuse } from '../support/arguments.ts'
import { NO_RATE_LIMITS, withOwnServer } from '../support/own-server.ts'
import { Rest } from '../support/rest.ts'

export interface Target {
  readonly rest: Rest
  /** The EA's four ports. */
  readonly ports: Readonly<Record<'command' | 'ticks' | 'trades' | 'logs', number>>
  readonly ea_url: string
  /** Only of an own server. */
  readonly database_url: string | null
}

export const TARGET_OPTIONS = {
  url: 'web port of a running server on this machine, e.g. http://127.0.0.1:9905; without: a server of its own',
  key: 'admin key of that server; default: NGTB_API_KEY',
} as const

/** @throws {Misuse} for another machine, or a missing key */
export async function withTarget<T>(
  { url, key = process.env.NGTB_API_KEY }: { url?: string | undefined; key?: string | undefined },
  work: (target: Target) => Promise<T>,
): Promise<T> {
  if (url !== undefined) return withRest(runningServer(loopbackUrl(url), key), work)
  return withOwnServer(NO_RATE_LIMITS, (server) =>
    withRest(
      {
        rest: new Rest(new URL(server.url), server.admin_key),
        ports: server.ports,
        ea_url: server.url,
        database_url: server.database_url,
      },
      work,
    ),
  )
}

function runningServer(url: URL, key: string | undefined): Target {
  if (key === undefined || key === '')
    throw new Misuse(
      '--url needs a key: --key, or NGTB_API_KEY (make one: npx ngtb key create --scope admin)',
    )
  return { rest: new Rest(url, key), ports: portsBeside(url), ea_url: url.href, database_url: null }
}

/** The EA's ports: as run.json says, else at the published distances from the web port. */
function portsBeside(url: URL): Target['ports'] {
  const web = Number(url.port || 80)
  const run = readRunFile(process.env.NGTB_DATA_DIR ?? '.ngtb')
  if (run?.ports.webui === web) return run.ports
  return { command: web - 5, ticks: web - 4, trades: web - 3, logs: web - 2 }
}

async function withRest<T>(target: Target, work: (target: Target) => Promise<T>): Promise<T> {
  try {
    return await work(target)
  } finally {
    target.rest.close()
  }
}

/** Logins that no run had before, so that nothing of an earlier one is counted. */
export function freshLogins(count: number, now_ms = Date.now()): number[] {
  const first = 800_000_000_000 + (Math.floor(now_ms / 100) % 1_000_000_000) * 100
  return Array.from({ length: count }, (_, at) => first + at)
}
