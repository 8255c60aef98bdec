// `npm run conform`: the dialogues of packages/protocol/conformance against our server and EA, or any other.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Misuse, runTool } from '../support/arguments.ts'
import { builtEa } from '../support/built-ea.ts'
import { NO_RATE_LIMITS, withOwnServer } from '../support/own-server.ts'
import { type Arguments, readConformArguments } from './arguments.ts'
import type { BenchMaker } from './ea/bench.ts'
import { foreignEa } from './ea/foreign.ts'
import { playBoth } from './ea/mirror.ts'
import { mql5Maker } from './ea/mql5-bench.ts'
import { eaOn, ownEa } from './ea/own.ts'
import { playEa } from './ea/play.ts'
import { type Dialogue, DialogueError, type Role } from './language/dialogue.ts'
import { chosen, ROLES } from './library.ts'
import { EA_BUGS } from './mutants/ea.ts'
import { tryMutants } from './mutants/run.ts'
import { SERVER_BUGS } from './mutants/server.ts'
import { runAll, type Tally } from './run.ts'
import { playServer } from './server/play.ts'
import type { ServerTarget } from './server/target.ts'

const print = (line: string) => console.log(line)

/** Short response times, so that the leases of plain clients need no patience. */
const OWN_SETTINGS = {
  ...NO_RATE_LIMITS,
  DEFAULT_COMMAND_TIMEOUT: '1.5',
  HIGH_PRIORITY_TIMEOUT: '0.4',
  CRITICAL_PRIORITY_TIMEOUT: '0.3',
  RETRY_BACKOFF_BASE: '1',
}

async function main(): Promise<number> {
  const given = readConformArguments(process.argv.slice(2))
  if (given.mutants) return seeded(given)
  const roles: Role[] = given.server
    ? ['server']
    : given.foreign_ea || given.bench !== null || given.mql5 !== null
      ? ['ea']
      : [...ROLES]
  const dialogues = read(given, roles)
  const tallies: Tally[] = []
  const of = (role: Role) => dialogues.filter((dialogue) => dialogue.role === role)
  if (of('server').length > 0) tallies.push(await tryServer(given, of('server')))
  if (of('ea').length > 0) tallies.push(await tryEa(given, of('ea')))
  const failed = tallies.flatMap((tally) => tally.failed)
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0)
  const left_out = tallies.reduce((sum, tally) => sum + tally.left_out, 0)
  for (const file of failed) print(`again: npm run conform -- ${file}`)
  print(`${passed} passed, ${failed.length} failed${left_out === 0 ? '' : `, ${left_out} left out`}`)
  return failed.length === 0 && passed > 0 ? 0 : 1
}

/** Only those whose name holds one of the given texts. */
async function seeded({ files }: Arguments): Promise<number> {
  const all = [
    ...EA_BUGS.map((bug) => ({ role: 'ea' as const, bug })),
    ...SERVER_BUGS.map((bug) => ({ role: 'server' as const, bug })),
  ]
  const bugs = all.filter(
    ({ role, bug }) => files.length === 0 || files.some((text) => role === text || bug.name.includes(text)),
  )
  const { caught, missed } = await tryMutants({ bugs, print })
  print(`${caught} seeded bugs caught, ${missed.length} missed`)
  return missed.length === 0 && caught > 0 ? 0 : 1
}

function read({ files }: Arguments, roles: readonly Role[]): Dialogue[] {
  try {
    return chosen(files, roles)
  } catch (error) {
    throw error instanceof DialogueError ? new Misuse(error.message) : error
  }
}

async function tryServer(given: Arguments, dialogues: readonly Dialogue[]): Promise<Tally> {
  const { server, api_key, admin_key, patience_ms, jobs } = given
  const against = (target: ServerTarget) =>
    runAll(dialogues, (dialogue) => playServer(dialogue, target), jobs, print)
  if (server !== null) return against({ ...server, admin_key, client_key: api_key ?? admin_key, patience_ms })
  const database: Record<string, string> = {}
  if (process.env.LAB_DATABASE_URL !== undefined) database.DATABASE_URL = process.env.LAB_DATABASE_URL
  return withOwnServer({ ...OWN_SETTINGS, ...database }, ({ ports, admin_key: key }) => {
    const { command, ticks, trades, logs, webui: management } = ports
    const all = { command, ticks, trades, logs, management }
    return against({ host: '127.0.0.1', ports: all, admin_key: key, client_key: key, patience_ms })
  })
}

async function tryEa(given: Arguments, dialogues: readonly Dialogue[]): Promise<Tally> {
  const { patience_ms, jobs, bench, foreign_ea, listen, login, mql5, mirror } = given
  if (!foreign_ea) {
    const maker =
      mql5 !== null ? mql5Maker(await builtEa(mql5)) : bench === null ? null : await makerFrom(bench)
    const set = maker === null ? ownEa : eaOn(maker)
    const play = (dialogue: Dialogue) => playEa(dialogue, set, patience_ms)
    const model = (dialogue: Dialogue) => playEa(dialogue, ownEa, patience_ms)
    return runAll(dialogues, mirror ? (one) => playBoth(one, model, play) : play, jobs, print)
  }
  const { set, close } = await foreignEa({ listen, login, patience_ms, print })
  // One EA, so one dialogue at a time; each begins with a fence, so that a short lease saves time.
  const play = (dialogue: Dialogue) => playEa(dialogue, set, patience_ms, { owner_lease_ms: 1_500 })
  return runAll(dialogues, play, 1, print).finally(close)
}

async function makerFrom(file: string): Promise<BenchMaker> {
  try {
    const { default: make } = (await import(pathToFileURL(resolve(file)).href)) as { default?: unknown }
    if (typeof make === 'function') return make as BenchMaker
  } catch (error) {
    throw new Misuse(`--bench ${file} can't be loaded: ${(error as Error).message}`)
  }
  throw new Misuse(`--bench ${file} has no function as its default export`)
}

await runTool(main)
