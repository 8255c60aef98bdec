// `npm run bench:alerts`: what commands notice of alerts. Both halves in one run, by turns: a server at rest, and the
// same one in a storm of alerts whose webhook hangs and whose mail server refuses. Exit 1 when commands wait longer.
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { readArguments, runTool } from '../support/arguments.ts'
import { type Summary, short } from '../support/measure.ts'
import { NO_RATE_LIMITS, withOwnServer } from '../support/own-server.ts'
import { encodeRequest } from '../support/wire.ts'
import { type Line, latency, tellLines } from './lines.ts'
import { push } from './native-rows.ts'
import { checked, Stage } from './stage.ts'

/** Raised and cleared, each a second. */
const STORM_PER_S = 25
const TIMES_MAX = 1.5
/** What two halves of one run differ by on a noisy machine, though nothing differs. */
const NOISE_MS = 3
/** For lines of the log that are still on their way. */
const LOG_MS_MAX = 10_000

/** Takes connections and says nothing, ever. */
async function hanging(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return { server, port: (server.address() as { port: number }).port }
}

/** Raises and clears until it is told to stop; answers how many. */
function storm(stage: Stage): () => Promise<number> {
  let stopped = false
  let raised = 0
  const request = (path: string, body: object) =>
    encodeRequest('POST', path, null, JSON.stringify(body), { authorization: `Bearer ${stage.admin_key}` })
  const blow = async () => {
    const wire = await stage.wire('webui')
    while (!stopped) {
      const name = stage.name()
      const body = { text: 'a storm', name, severity: 'critical' }
      const reply = checked(await wire.send(request('/api/v1/alerts', body)), 'an alert')
      const { alert_id } = JSON.parse(reply.body) as { alert_id: string }
      checked(await wire.send(request(`/api/v1/alerts/${alert_id}/clear`, {})), 'a clearing')
      raised += 1
      await sleep(1_000 / STORM_PER_S)
    }
    wire.close()
  }
  const blowing = blow()
  return async () => {
    stopped = true
    await blowing
    return raised
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const together = (halves: readonly Summary[]): Summary => ({
  count: halves.reduce((sum, { count }) => sum + count, 0),
  p50: median(halves.map(({ p50 }) => p50)),
  p99: median(halves.map(({ p99 }) => p99)),
  worst: Math.max(...halves.map(({ worst }) => worst)),
})

/** An EA that has not played yet: one that leaves holds its account for a while. */
async function next(stage: Stage) {
  const actor = (await stage.cast(stage.actors.length + 1)).at(-1)
  if (!actor) throw new Error('nobody connected')
  return actor
}

/** Messages that wait, by channel: as soon as the log, which takes them, has taken all. */
async function waitingIn(stage: Stage): Promise<ReadonlyMap<string, number>> {
  const deadline = performance.now() + LOG_MS_MAX
  for (;;) {
    const { items } = (await stage.ask('/api/v1/alert-channels')) as {
      items: { channel: string; waiting: number }[]
    }
    const waiting = new Map(items.map((one) => [one.channel, one.waiting]))
    if (waiting.get('log') === 0 || performance.now() > deadline) return waiting
    await sleep(50)
  }
}

/** One for each that was raised, one for each that was cleared: of the storm, and of EAs that left meanwhile. */
async function messagesOf(stage: Stage): Promise<number> {
  let messages = 0
  for (const state of ['open', 'cleared']) {
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = (await stage.ask(
        `/api/v1/alerts?state=${state}&limit=1000${cursor && `&cursor=${cursor}`}`,
      )) as {
        items: unknown[]
        next_cursor: string | null
      }
      messages += page.items.length * (state === 'cleared' ? 2 : 1)
      cursor = page.next_cursor
    }
  }
  return messages
}

async function measure(stage: Stage, full: boolean): Promise<Line[]> {
  const samples = full ? 2_000 : 600
  const rounds = full ? 5 : 3
  const rest: Summary[] = []
  const stormy: Summary[] = []
  let raised = 0
  for (let round = 0; round < rounds; round++) {
    rest.push((await push(stage, await next(stage), samples)).arrived)
    const stop = storm(stage)
    stormy.push((await push(stage, await next(stage), samples)).arrived)
    raised += await stop()
  }
  const [idle, in_storm] = [together(rest), together(stormy)]
  const waiting = await waitingIn(stage)
  const messages = await messagesOf(stage)
  const most = Math.max(idle.p99 * TIMES_MAX, idle.p99 + NOISE_MS)
  return [
    latency('at rest: create → in the EA', idle, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    latency('in a storm: create → in the EA', in_storm, Number.POSITIVE_INFINITY, most),
    {
      name: 'alerts raised and cleared meanwhile',
      said: `${raised}; waiting: ${[...waiting].map(([channel, count]) => `${channel} ${short(count)}`).join(', ')}`,
      target: `${short(messages)} messages in each channel that takes none`,
      held: raised > 0 && waiting.get('webhook') === messages && waiting.get('email') === messages,
    },
  ]
}

await runTool(async () => {
  const { flags } = readArguments(process.argv.slice(2), {
    ...{ tool: 'npm run bench:alerts', numbers: {} },
    flags: { short: 'fewer samples, fewer turns' },
  })
  const silent = await hanging()
  const settings = {
    ...NO_RATE_LIMITS,
    NGTB_ALERT_WEBHOOK_URL: `http://127.0.0.1:${silent.port}/`,
    NGTB_ALERT_WEBHOOK_SECRET: 'a secret of the bench',
    // Nobody listens at port 1.
    NGTB_ALERT_SMTP_URL: 'smtp://127.0.0.1:1',
    NGTB_ALERT_EMAIL_FROM: 'bench@example.com',
    NGTB_ALERT_EMAIL_TO: 'nobody@example.com',
  }
  const lines = await withOwnServer(settings, async (server) => {
    const stage = new Stage(server)
    try {
      return await measure(stage, !flags.short)
    } finally {
      stage.close()
    }
  })
  silent.server.close()
  return tellLines(lines)
})
