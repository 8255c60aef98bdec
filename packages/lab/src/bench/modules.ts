// `npm run bench:modules`: what bad modules cost. One server with its default limits; commands to a native EA while
// nothing runs beside it, then while modules throw, spin, leak and flood; in turns, so that a machine whose speed
// changes is the same for both. Exit 1 when the p99 with them is more than twice the one without; CI=true only tells.
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readArguments, runTool } from '../support/arguments.ts'
import { Latencies, nowMs, short } from '../support/measure.ts'
import { withOwnServer } from '../support/own-server.ts'
import { type Line, latency, tellLines } from './lines.ts'
import { NativeEa } from './native-ea.ts'
import { oneCommand } from './one-command.ts'
import { type Actor, Stage } from './stage.ts'

const BAD = ['throws', 'spins', 'leaks', 'floods'] as const
const WARM_UP = 300
/** A strategy that decides sixty times a second is a quick one; and the key's own limit is not what is measured. */
const EVERY_MS = 15
const RATIO_MAX = 2
/** Those of which the tests show that each is ended, and no other with it. */
const fileOf = (name: string) =>
  fileURLToPath(new URL(`../../../cli/test/modules/${name}.ts`, import.meta.url))

interface Round {
  readonly created: Latencies
  readonly arrived: Latencies
}

/** One command after the other, each at its turn: until the 201, and until the EA has it by push. */
async function measure(stage: Stage, actor: Actor, ea: NativeEa, samples: number, into: Round | null) {
  const strategy = await stage.wire('webui')
  for (let at = 0, due = nowMs(); at < samples; at++, due += EVERY_MS) {
    await sleep(Math.max(0, due - nowMs()))
    const { created, arrived, answered } = await oneCommand(stage, actor, { ea, strategy }, at)
    into?.created.record(created)
    into?.arrived.record(arrived)
    await answered
    due = Math.max(due, nowMs() - EVERY_MS)
  }
  strategy.close()
}

const round = (): Round => ({ created: new Latencies(), arrived: new Latencies() })

function ratio(name: string, idle: Latencies, beside: Latencies): Line {
  const [alone, together] = [idle.summary().p99, beside.summary().p99]
  return {
    name,
    said: `${short(together / alone)} × (${short(alone)} → ${short(together)} ms)`,
    target: `≤ ${RATIO_MAX} ×`,
    held: together <= RATIO_MAX * alone,
  }
}

await runTool(async () => {
  const flags = { short: 'fewer rounds' }
  const given = readArguments(process.argv.slice(2), { tool: 'npm run bench:modules', numbers: {}, flags })
  const [rounds, samples] = given.flags.short ? [3, 400] : [6, 1_000]
  const lines = await withOwnServer({}, async (server) => {
    const stage = new Stage(server)
    try {
      const [actor, victim] = await stage.cast(2)
      if (!actor || !victim) throw new Error('nobody connected')
      const ea = await NativeEa.connect(stage.port('command'), actor.login, actor.key)
      const [idle, beside] = [round(), round()]
      let restarts = 0
      await measure(stage, actor, ea, WARM_UP, null)
      for (let at = 0; at < rounds; at++) {
        await measure(stage, actor, ea, samples, idle)
        const bad = BAD.map((name) => ({
          ...{ asked: name, source: fileOf(name) },
          settings: name === 'floods' ? { accounts: [String(victim.login)] } : {},
        }))
        await server.modules(bad)
        // All of them are at it, each in its way.
        await server.modulesUntil((all) => all.every((one) => one.state === 'running' || one.restarts > 0))
        await measure(stage, actor, ea, samples, beside)
        restarts += (await server.modulesUntil(() => true)).reduce((sum, one) => sum + one.restarts, 0)
        await server.modules([])
      }
      ea.close()
      console.log(`${BAD.join(', ')}: ${restarts} restarts in ${rounds} rounds of ${samples} commands each`)
      return [
        latency('create → durable, alone', idle.created.summary(), Infinity, Infinity),
        latency('create → in the EA, alone', idle.arrived.summary(), Infinity, Infinity),
        latency('create → durable, beside them', beside.created.summary(), Infinity, Infinity),
        latency('create → in the EA, beside them', beside.arrived.summary(), Infinity, Infinity),
        ratio('p99 of create → durable', idle.created, beside.created),
        ratio('p99 of create → in the EA', idle.arrived, beside.arrived),
      ]
    } finally {
      stage.close()
    }
  })
  return tellLines(lines)
})
