// Where the examples play: a server of their own in a temporary folder, gone afterwards.
// They open and close trades, so they never touch NGTB_URL: name a server that may be played with in
// NGTB_EXAMPLES_URL (with NGTB_API_KEY, and PORT_* where they are not the published ones).
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { startServer } from '@ngtb/server'

export const PLANES = ['command', 'ticks', 'trades', 'logs', 'webui'] as const
type Plane = (typeof PLANES)[number]

export interface Stage {
  /** The base address of each port. */
  at: Record<Plane, string>
  /** Where its database is; null when the server is somebody else's. */
  data_dir: string | null
}

/** Runs one play on a server of its own. */
export async function onStage<T>(play: (stage: Stage) => Promise<T>): Promise<T> {
  const foreign = process.env.NGTB_EXAMPLES_URL
  if (foreign) return play({ at: publishedPorts(foreign), data_dir: null })
  const data_dir = await mkdtemp(join(tmpdir(), 'ngtb-example-'))
  await chmod(data_dir, 0o755) // as root, PostgreSQL runs as another user, who must get in
  const server = await startServer({ any_port: true, data_dir })
  try {
    const address = (plane: Plane) => [plane, `http://127.0.0.1:${server.ports[plane]}`]
    return await play({ at: Object.fromEntries(PLANES.map(address)), data_dir })
  } finally {
    await server.stop()
    await rm(data_dir, { recursive: true, force: true })
  }
}

/** A key for the management API: NGTB_API_KEY, else one made as a person would make it. */
export async function managementKey({ data_dir }: Stage): Promise<string> {
  if (data_dir === null) return process.env.NGTB_API_KEY ?? ''
  const ngtb = fileURLToPath(new URL('../../packages/cli/bin/ngtb.mjs', import.meta.url))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [ngtb, 'key', 'create', '--scope', 'admin', '--json'],
    { env: { ...process.env, NGTB_DATA_DIR: data_dir } },
  )
  return (JSON.parse(stdout) as { api_key: string }).api_key
}

export interface Answer {
  status: number
  body: Record<string, unknown>
}

/** One request, printed with its answer. */
export async function say(
  method: 'GET' | 'POST',
  url: string,
  body?: Record<string, unknown>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const answer = { status: response.status, body: (await response.json()) as Record<string, unknown> }
  console.log(`${method} ${new URL(url).pathname} → ${answer.status}`, JSON.stringify(answer.body))
  return answer
}

/** The first connect of a login that the server does not know: it is enrolled and gets its key, once. */
export async function enrol(stage: Stage): Promise<{ account: number; api_key: string }> {
  const account = stage.data_dir === null ? 900_000_000 + Math.floor(Math.random() * 99_999_999) : 12345678
  const { body } = await say('POST', `${stage.at.command}/api/connect`, {
    account,
    broker: 'Pepperstone',
    platform: 'MT5',
    timestamp: Math.floor(Date.now() / 1000),
    available_symbols: ['EURUSD', 'GBPUSD'],
  })
  if (typeof body.api_key !== 'string') throw new Error(`login ${account} was not enrolled`)
  return { account, api_key: body.api_key }
}

/** Runs `main` when its file was started directly. */
export async function runDirectly(file: string, main: () => Promise<unknown>): Promise<void> {
  if (process.argv[1] !== undefined && pathToFileURL(process.argv[1]).href === file) await main()
}

function publishedPorts(url: string): Record<Plane, string> {
  const host = new URL(url).hostname
  const port = (name: string, published: number) => `http://${host}:${process.env[name] ?? published}`
  return {
    command: port('PORT_COMMAND', 9900),
    ticks: port('PORT_TICKS', 9901),
    trades: port('PORT_TRADES', 9902),
    logs: port('PORT_LOGS', 9903),
    webui: new URL(url).origin,
  }
}
