// Two servers on one database, as a test enters them: one account with its EA, known to both.
import { openBell } from '../../src/open-bell.ts'
import { systemTimers } from '../../src/platform/timers.ts'
import type { Bell, Log, Timers } from '../../src/ports.ts'
import { Scene } from './client.ts'
import { freshDatabase, type TestServer, testServer } from './server.ts'
import { until } from './wait.ts'

type Options = NonNullable<Parameters<typeof testServer>[0]> & {
  /** Looks at nothing and writes no signs of life by itself: what arrives, arrived by a ring. */
  still?: boolean
}

/** Timers of a server whose clocks of one second stand. */
const still: Timers = {
  after: (ms, call) => (ms === 1_000 ? { cancel() {} } : systemTimers.after(ms, call)),
}

export interface Neighbour extends TestServer {
  readonly bell: Bell
  /** What it logged, as `level message`. */
  readonly said: string[]
}

/** One more server on a database that others use, too. It is stopped without it. */
export async function serverOn(url: string, options: Options = {}): Promise<Neighbour> {
  const said: string[] = []
  const level = (name: string) => (message: string) => void said.push(`${name} ${message}`)
  const log: Log = { info: level('info'), warn: level('warn'), error: level('error') }
  const made: Bell[] = []
  const t = await testServer({
    log,
    ...options,
    ...(options.still ? { timers: still } : {}),
    database: { url, drop: async () => {} },
    async bell(parts) {
      const opened = await (options.bell ?? openBell)({ ...parts, timers: systemTimers })
      made.push(opened.bell)
      return opened
    },
  })
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= t.stop()
    return stopped
  }
  return { ...t, stop, bell: made[0] as Bell, said }
}

export interface Pair {
  readonly url: string
  /** Where commands are created. */
  readonly a: Scene
  /** Where the EA asks: the same account and keys. */
  readonly b: Scene
  readonly at_a: Neighbour
  readonly at_b: Neighbour
  stop(): Promise<void>
}

/** Two servers that know of each other. @param reach how A reaches the database: as it is, or through a proxy */
export async function twoServers(
  options_a: Options = {},
  options_b: Options = options_a,
  reach: (url: string) => Promise<string> = async (url) => url,
): Promise<Pair> {
  const database = await freshDatabase()
  const at_a = await serverOn(await reach(database.url), options_a)
  const a = await Scene.at(at_a)
  const at_b = await serverOn(database.url, options_b)
  await until(() => at_a.bell.others > 0 && at_b.bell.others > 0)
  return {
    url: database.url,
    a,
    b: a.on(at_b),
    at_a,
    at_b,
    async stop() {
      await at_a.stop()
      await at_b.stop()
      await database.drop()
    },
  }
}

/** Rings leave the server no more: a bell that knows of others, and is not heard by them. */
export function mute(bell: Bell): void {
  bell.ring = () => {}
}
