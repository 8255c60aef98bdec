// `npm run bench:pages`: as many open pages of the dashboard as a house will ever have, under a feed of ticks: what
// commands feel of them, what the server's memory does, and whether a page that hangs is told that it fell behind.
// Exit 1 when a target is missed; with CI=true it only tells.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readArguments, runTool } from '../support/arguments.ts'
import { short } from '../support/measure.ts'
import { NO_RATE_LIMITS, withOwnServer } from '../support/own-server.ts'
import { type Line, latency, tellLines } from './lines.ts'
import * as native from './native-rows.ts'
import { Stage } from './stage.ts'
import type { PagesSeen, PagesWanted } from './watchers-process.ts'

const NUMBERS = {
  pages: { default: 500, min: 10, max: 5_000, about: 'open sockets of /ws' },
  // Each is told to every page, too: at their quickest they are a part of the load.
  'commands-per-sec': { default: 1_000, min: 1, max: 1_000, about: 'commands a second at most, each timed' },
  'ticks-per-sec': { default: 10_000, min: 100, max: 200_000, about: 'ticks a second, in batches of 100' },
} as const

const SENDERS = 20
/** Of the pages: who wants every tick, and of those who hang. */
const EVERY = 4
const HANG = 3
/** Commands before anything is counted: the server is warm by then. */
const WARM = 200
const SAMPLES = { full: 1_000, short: 300 } as const
const MB = 1_048_576
const ANY = Number.POSITIVE_INFINITY
const BOUND_MB = 400

const residentMb = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4_096) / MB

/** Pages in a process of their own, which ends with this one. */
function openPages() {
  const child = fork(fileURLToPath(new URL('./watchers-process.ts', import.meta.url)))
  const ask = async <T>(message: { ask: string; wanted?: PagesWanted }): Promise<T> => {
    child.send(message)
    const [reply] = await once(child, 'message')
    return reply as T
  }
  return {
    open: (wanted: PagesWanted) => ask<true>({ ask: 'open', wanted }),
    findOut: () => ask<PagesSeen>({ ask: 'find out' }),
    close: () => child.disconnect(),
  }
}

await runTool(async () => {
  const { numbers, flags } = readArguments(process.argv.slice(2), {
    tool: 'npm run bench:pages',
    numbers: NUMBERS,
    flags: { short: 'fewer samples' },
  })
  const samples = flags.short ? SAMPLES.short : SAMPLES.full
  const lines = await withOwnServer(NO_RATE_LIMITS, async (server): Promise<Line[]> => {
    const stage = new Stage(server)
    // One after the other: an EA that left still owns its account for a while.
    const [first, second, third, ...senders] = await stage.cast(SENDERS + 3)
    if (!first || !second || !third) throw new Error('nobody connected')
    const every_ms = 1_000 / numbers['commands-per-sec']
    const idle = await native.push(stage, first, samples, undefined, every_ms)
    const wanted_per_s = numbers['ticks-per-sec']
    const alone = await native.pushBesideTicks(stage, second, senders, samples, wanted_per_s, WARM, every_ms)
    const before = residentMb(server.pid)
    const pages = openPages()
    await pages.open({
      ...{ port: server.ports.webui, key: server.admin_key, pages: numbers.pages },
      ...{ every: EVERY, hang: HANG, accounts: senders.map(({ login }) => login) },
    })
    const feed = native.feeding(stage, senders, wanted_per_s)
    const beside = await native.push(stage, third, samples, WARM, every_ms)
    const seen = await pages.findOut()
    const ticks_per_s = await feed.stop()
    const after = residentMb(server.pid)
    pages.close()
    stage.close()
    return [
      latency('push, nobody watches', idle.arrived, ANY, ANY),
      latency(`push beside ${short(alone.ticks_per_s)} ticks/s`, alone.arrived, ANY, ANY),
      latency(
        `  ${short(ticks_per_s)} ticks/s, ${numbers.pages} pages`,
        beside.arrived,
        ANY,
        2 * idle.arrived.p99,
      ),
      {
        name: 'pages that are told',
        said: `${seen.served} of ${seen.reading}`,
        target: 'all',
        held: seen.served === seen.reading,
      },
      {
        name: 'pages that hang, told so',
        said: `${seen.downgraded} of ${HANG}`,
        target: 'all',
        held: seen.downgraded === HANG,
      },
      {
        name: 'memory',
        said: `${short(before)} → ${short(after)} MB`,
        target: `≤ ${BOUND_MB} MB more`,
        held: after - before <= BOUND_MB,
      },
    ]
  })
  return tellLines(lines)
})
