// Faults of the surroundings, each by name: a storm, the fault in the middle of it, the heal, the count
// (F4–F7, F11–F16, F21).
import { COMMAND_TYPES } from '@ngtb/protocol'
import type { Violation } from './audit/evidence.ts'
import { CALM } from './broker/account.ts'
import { Storm } from './load/storm.ts'
import type { Fate } from './proxy/http.ts'
import { COMMIT_MARK } from './rig/database.ts'
import { Terminal } from './rig/terminal.ts'
import { LATE_MS_MAX, World } from './rig/world.ts'

const LOGIN = '1001'
const SETTLE_MS = 500
const PATIENCE_MS = 120_000
/** The storm before and after the fault. */
const AROUND_MS = 2_000

interface Case {
  readonly about: string
  /** An order may be late by so much more: a process stood still. */
  readonly pause_ms?: number
  /** Left out, and said so, where Redis is not installed. */
  readonly needs_redis?: boolean
  run(world: World, terminal: Terminal): Promise<void>
}

const doorsLie = (fate: (world: World) => Fate, ms: number) => async (world: World) => {
  for (const door of ['command', 'ticks', 'trades', 'webui'] as const)
    world.doors.plan(door, () => fate(world))
  await pause(ms)
  world.doors.heal()
}

export const FAULTS: Readonly<Record<string, Case>> = {
  pg_restart: {
    about: 'PostgreSQL is restarted with -m immediate, three times',
    async run({ database }) {
      for (let time = 0; time < 3; time++) {
        await database.restart()
        await pause(1_500)
      }
    },
  },
  pg_gone: {
    about: 'PostgreSQL is gone for 30 s',
    run: ({ database }) => database.goneFor(30_000),
  },
  pg_commit_cut: {
    about: 'the connection is cut during COMMIT, forty times: every other one has arrived',
    async run({ database }) {
      for (let time = 0; time < 40; time++) {
        await database.proxy.cutAt({ direction: 'up', pattern: COMMIT_MARK, pass: time % 2 === 0 })
        await pause(100)
      }
    },
  },
  pg_slow: {
    about: 'PostgreSQL answers 100 to 400 ms late, for 10 s',
    async run({ database }) {
      database.proxy.set('down', { delay_ms: [100, 400] })
      await pause(10_000)
      database.proxy.heal()
    },
  },
  pg_frozen: {
    about: 'PostgreSQL stands still for 5 s with open connections',
    run: ({ database }) => database.frozenFor(5_000),
  },
  redis_flushed: {
    about: 'Redis is flushed ten times',
    needs_redis: true,
    async run({ redis }) {
      for (let time = 0; time < 10; time++) {
        await redis?.flush()
        await pause(300)
      }
    },
  },
  redis_frozen: {
    about: 'Redis stands still for 4 s, twice',
    needs_redis: true,
    async run({ redis }) {
      for (let time = 0; time < 2; time++) {
        await redis?.frozenFor(4_000)
        await pause(1_000)
      }
    },
  },
  redis_killed: {
    about: 'Redis is killed, is away for 3 s, and comes back empty',
    needs_redis: true,
    async run({ redis }) {
      await redis?.kill()
      await pause(3_000)
      await redis?.start()
    },
  },
  wire_delay: {
    about: 'every request waits 0 to 500 ms, and so does its reply',
    run: doorsLie(({ random }) => {
      return { delay_ms: random.between(0, 500), reply_delay_ms: random.between(0, 500) }
    }, 8_000),
  },
  wire_duplicate: {
    about: 'every request comes two to five times, some of them late',
    run: doorsLie(({ random }) => {
      return { copies: Array.from({ length: random.between(1, 4) }, () => random.between(0, 2_000)) }
    }, 8_000),
  },
  wire_reorder: {
    about: 'every other request is overtaken by a later one',
    run: doorsLie(({ random }) => (random.chance(0.5) ? { after_next_ms: 300 } : {}), 8_000),
  },
  wire_requests_lost: {
    about: 'one way: a third of the requests do not arrive; the EA’s socket hears, and is not heard',
    run: oneWay('request', 'up'),
  },
  wire_replies_lost: {
    about: 'one way: a third of the replies do not arrive; the EA’s socket is heard, and does not hear',
    run: oneWay('reply', 'down'),
  },
  wire_half_open: {
    about: 'the EA’s socket stays half open for 4 s, and new ones are taken and never answered',
    async run(world) {
      world.doors.line.keep_widows = true
      world.doors.line.door = 'mute'
      await world.server.kill()
      await world.server.start()
      await pause(4_000)
      world.doors.heal()
    },
  },
  broker_ambiguous: {
    about: 'a third of the orders are answered with a doubt; half of those take effect later',
    async run({ broker }) {
      const plan = { ...CALM, ambiguous_ratio: 0.33, ambiguous_ms_max: SETTLE_MS - 100, requote_ratio: 0.1 }
      await broker.ask('plan', { login: LOGIN, plan })
      await pause(8_000)
      await broker.ask('plan', { login: LOGIN, plan: CALM })
    },
  },
  broker_link: {
    about: 'the terminal loses its trade server for a while, five times; the cable breaks twenty times',
    async run({ broker, cable, random }) {
      for (let time = 0; time < 20; time++) {
        cable.cutAll()
        if (time % 4 === 0) await broker.ask('connected', { login: LOGIN, connected: false })
        await pause(random.between(50, 500))
        await broker.ask('connected', { login: LOGIN, connected: true })
      }
    },
  },
  ea_frozen: {
    about: 'the EA’s process stands still for 2 s, three times',
    pause_ms: 2_000,
    async run(_world, terminal) {
      for (let time = 0; time < 3; time++) {
        terminal.child?.freeze()
        await pause(2_000)
        terminal.child?.thaw()
        await pause(1_000)
      }
    },
  },
  server_frozen: {
    about: 'the server’s process stands still for 3 s, twice',
    async run({ server }) {
      for (let time = 0; time < 2; time++) {
        server.child?.freeze()
        await pause(3_000)
        server.child?.thaw()
        await pause(1_500)
      }
    },
  },
}
export type FaultName = keyof typeof FAULTS

function oneWay(lose: 'request' | 'reply', direction: 'up' | 'down'): Case['run'] {
  const lying = doorsLie(({ random }) => (random.chance(0.33) ? { lose } : {}), 8_000)
  return async (world, terminal) => {
    world.doors.line.set(direction, { swallow: true })
    await lying(world)
    void terminal
  }
}

export interface FaultResult {
  readonly name: string
  readonly intents: number
  readonly acknowledged: number
  readonly violations: readonly Violation[]
  /** Why it could not be tried here; null: it was. */
  readonly left_out: string | null
  readonly kept: string | null
}

/** One fault in a world of its own. */
export async function runFault(name: string, seed: number): Promise<FaultResult> {
  const fault = FAULTS[name]
  if (fault === undefined) throw new Error(`there is no fault ${name}`)
  const world = await World.open({ seed })
  let kept = true
  try {
    if (fault.needs_redis && world.redis === null) {
      kept = false
      const nothing = { intents: 0, acknowledged: 0, violations: [], kept: null }
      return { name, ...nothing, left_out: 'redis-server is not installed here' }
    }
    const api_key = await world.account(LOGIN)
    const cadence = { settle_ms: SETTLE_MS, poll_interval_ms: 100, push: true }
    const terminal = new Terminal(world, { login: LOGIN, api_key, ...cadence })
    await terminal.start()
    const pace = { commands_per_sec: 20, ticks_per_sec: 2_000, types: COMMAND_TYPES }
    const storm = new Storm(world, { login: LOGIN, api_key, ...pace, random: world.random.fork() })
    storm.start()
    await pause(AROUND_MS)
    await fault.run(world, terminal)
    await pause(AROUND_MS)
    await storm.stop()
    const { intents } = storm.trader
    const late_ms_max = LATE_MS_MAX + (fault.pause_ms ?? 0)
    const wanted = { login: LOGIN, intents, native: true, ticks_acknowledged: storm.ticks.acknowledged }
    const found = await world.verdict({ ...wanted, late_ms_max }, PATIENCE_MS)
    const rig = storm.faults.map((what): Violation => ({ rule: 'stuck', subject: 'the rig itself', what }))
    const violations = [...found, ...rig, ...(await queueLeft(world))]
    await world.writeDown(LOGIN, violations)
    await terminal.close()
    kept = violations.length > 0
    const acknowledged = intents.filter(({ answer }) => answer?.command_id != null).length
    const counts = { intents: intents.length, acknowledged }
    return { name, ...counts, violations, left_out: null, kept: kept ? world.folder : null }
  } finally {
    await world.close({ keep_logs: kept })
  }
}

/** The mirror in Redis tells the truth: nothing is undelivered any more. */
async function queueLeft({ redis }: World): Promise<Violation[]> {
  if (redis === null) return []
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const left = await redis.ask('LLEN', 'command_queue_1')
    if (left === '0') return []
    const what = `${left} ids are in it, and nothing is undelivered`
    if (performance.now() > until) return [{ rule: 'stuck', subject: 'command_queue_1', what }]
    await pause(100)
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
