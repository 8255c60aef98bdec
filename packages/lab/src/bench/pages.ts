// `npm run bench:pages`: as many open pages of the dashboard as a house will ever have, under a feed of ticks: what
// commands feel of them, what the server's memory does, and whether a page that hangs is told that it fell behind.
// Exit 1 when a target is missed; with CI=true it only tells.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { readArguments, runTool } from '../support/arguments.ts'
import { short } from '../support/measure.ts'
import { NO_RATE_LIMITS, withOwnServer } from '../support/own-server.ts'
import { type Line, latency, tellLines } from './lines.ts'
import * as native from './native-rows.ts'
import { Stage } from './stage.ts'
import { type Watcher, watchers } from './watchers.ts'

const NUMBERS = {
  pages: { default: 500, min: 10, max: 5_000, about: 'open sockets of /ws' },
  'ticks-per-sec': { default: 10_000, min: 100, max: 200_000, about: 'ticks a second, in batches of 100' },
} as const

const SENDERS = 20
/** Of the pages: who wants every tick, and of those who hang. */
const EVERY = 4
const HANG = 3
const SAMPLES = { full: 1_000, short: 300 } as const
/** What hangs fills the kernel's buffers first, then the server's, then it is late by ten seconds. */
const HANG_MS_MAX = 120_000
const LOOK_MS = 15_000
const READ_MS = 3_000
const MB = 1_048_576
const ANY = Number.POSITIVE_INFINITY
const BOUND_MB = 400

const residentMb = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4_096) / MB

/** Those who hang are looked at now and then: what the server has said of them is read, and no more. */
async function foundOut(hanging: readonly Watcher[]): Promise<void> {
  for (let waited = 0; waited < HANG_MS_MAX; waited += LOOK_MS) {
    await sleep(LOOK_MS)
    for (const page of hanging) page.resume()
    await sleep(READ_MS)
    if (hanging.every(({ downgraded }) => downgraded)) return
    for (const page of hanging) page.pause()
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
    const idle = await native.push(stage, first, samples)
    const wanted_per_s = numbers['ticks-per-sec']
    const alone = await native.pushBesideTicks(stage, second, senders, samples, wanted_per_s)
    const before = residentMb(server.pid)
    const pages = await watchers(server.ports.webui, server.admin_key, numbers.pages, EVERY)
    const hanging = pages.slice(0, HANG)
    for (const page of hanging) page.pause()
    const feed = native.feeding(stage, senders, wanted_per_s)
    const beside = await native.push(stage, third, samples)
    await foundOut(hanging)
    const ticks_per_s = await feed.stop()
    const after = residentMb(server.pid)
    const reading = pages.slice(EVERY)
    const served = reading.filter(({ closed, messages }) => closed === null && messages > 0).length
    for (const page of pages) page.close()
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
        said: `${served} of ${reading.length}`,
        target: 'all',
        held: served === reading.length,
      },
      {
        name: 'pages that hang, told so',
        said: `${hanging.filter(({ downgraded }) => downgraded).length} of ${HANG}`,
        target: 'all',
        held: hanging.every(({ downgraded }) => downgraded),
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
