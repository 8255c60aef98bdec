// What every run with existing EAs has: the world with its server, three logins of different trouble, and the verdict.

import { execFileSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Violation } from '../audit/evidence.ts'
import { violation } from '../audit/evidence.ts'
import { auditProblems } from '../rig/evidence.ts'
import { World } from '../rig/world.ts'
import { auditExisting, type Shown } from './audit.ts'
import { Login, type LoginPlan } from './login.ts'
import { PLANTS } from './plants.ts'

/** Leases and retries of seconds, not of half minutes. */
const SETTINGS = {
  DEFAULT_COMMAND_TIMEOUT: '5',
  HIGH_PRIORITY_TIMEOUT: '3',
  CRITICAL_PRIORITY_TIMEOUT: '2',
  RETRY_BACKOFF_BASE: '1',
}
/** Its tickets pass 2^31 within a run: from then on `%d` cuts them. */
const NEAR_INT32 = 2n ** 31n - 12n

export function plansOf(timer_ms: number): readonly LoginPlan[] {
  const usual = {
    symbols: ['EURUSD', 'GBPUSD', 'XAUUSD'],
    eas: 1,
    lossy: false,
    trouble_code: -1,
    timer_ms,
  } as const
  return [
    { ...usual, login: '5001', about: 'answers and reports get lost now and then', lossy: true },
    { ...usual, login: '5002', about: 'two EAs on one login', eas: 2, symbols: ['EURUSD', 'GBPUSD'] },
    {
      ...usual,
      ...{ login: '5003', about: 'tickets beyond 2^31; without a server it goes on asking' },
      ...{
        symbols: ['EURUSD'],
        trouble_code: 1003,
        first_ticket: NEAR_INT32,
        timer_ms: Math.max(timer_ms, 100),
      },
    },
  ]
}

export class Stage {
  readonly world: World
  readonly logins: readonly Login[]

  private constructor(world: World, logins: readonly Login[]) {
    this.world = world
    this.logins = logins
  }

  static async open(seed: number, timer_ms: number, plant: string | undefined): Promise<Stage> {
    const bugs = plant === undefined ? [] : (PLANTS[plant]?.bugs ?? [])
    const world = await World.open({ seed, settings: SETTINGS, bugs })
    try {
      const logins: Login[] = []
      for (const plan of plansOf(timer_ms)) logins.push(await Login.open(world, plan))
      return new Stage(world, logins)
    } catch (error) {
      await world.close()
      throw error
    }
  }

  get effects(): number {
    return this.logins.reduce((sum, { effects }) => sum + effects, 0)
  }

  async kill(): Promise<void> {
    await this.world.server.kill()
    for (const { wire } of this.logins) wire.server_up = false
  }

  async startAgain(): Promise<void> {
    await this.world.server.start()
    for (const { wire } of this.logins) wire.server_up = true
  }

  /** Looks until nothing moves, at most so long. @returns how long it took */
  async calm(patience_ms: number): Promise<number> {
    const began = performance.now()
    for (;;) {
      const wrong = (await this.#look([], false)).violations
      const took = performance.now() - began
      if (!wrong.some(({ rule }) => IN_MOTION.has(rule)) || took > patience_ms) return took
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
  }

  /** The EAs end, and everything is counted. */
  async verdict(): Promise<{ shown: Shown[]; violations: Violation[] }> {
    await Promise.all(this.logins.map((login) => login.end()))
    const problems = await auditProblems(this.world.database, join(this.world.folder, 'audit'))
    const { shown, violations } = await this.#look(problems, true)
    const rig = this.logins.flatMap(({ plan, faults, eas }) => [
      ...faults.map((what) => violation('stuck', 'the rig itself', what)),
      ...eas.flatMap(({ died }) => (died ? [violation('stuck', plan.login, `its EA died: ${died}`)] : [])),
    ])
    // The chain is one for all logins.
    const once = violations.filter(({ rule, subject }) => rule !== 'audit' || subject === shown[0]?.login)
    return { shown, violations: [...once, ...rig] }
  }

  async #look(problems: readonly string[], ended: boolean) {
    const shown = await Promise.all(this.logins.map((login) => login.shown(problems, ended)))
    return { shown, violations: shown.flatMap((one) => auditExisting(one)) }
  }

  /** What the ledger knows of each contradiction goes to a file beside the logs of the processes. */
  async writeDown(violations: readonly Violation[]): Promise<void> {
    for (const one of violations.slice(0, WRITTEN_MAX)) {
      // Its own name, and the tickets that its sentence names.
      const subjects = [one.subject, ...(one.what.match(/\b\d{8,}\b/g) ?? [])]
      const events = await this.world.database.rows(
        `select at, kind, actor, subject, data from audit_event
          where subject = any($1) or data::text like any($2) order by account_id, audit_no`,
        [subjects, subjects.map((subject) => `%"${subject}"%`)],
      )
      appendFileSync(
        join(this.world.folder, 'violations.json'),
        `${JSON.stringify({ ...one, events }, null, 1)}\n`,
      )
    }
  }

  /** @returns what of it still runs */
  async close(keep_logs: boolean): Promise<Violation[]> {
    for (const login of this.logins) login.kill()
    await this.world.close({ keep_logs })
    return leftOf(this.world.folder)
  }
}

const LOOK_EVERY_MS = 500
const WRITTEN_MAX = 30
/** Only these can still change by themselves. */
const IN_MOTION = new Set(['stuck', 'trade_table', 'wrong_status'])

/** Everything of a run has its folder in its command line. */
function leftOf(folder: string): Violation[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
  return table
    .split('\n')
    .filter((line) => line.includes(folder))
    .map((line) => violation('left', line.trim().split(' ', 1)[0] ?? '', line.trim()))
}
