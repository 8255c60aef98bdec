// The matrix: each crash point with each type that it applies to, so many times; one verdict for each run of a cell.
//
//   M1. What happens to one account alone is played in lanes, side by side: most of its time is waiting.
//   M2. A death of the server concerns everybody, so it is one for all types; so is a restored database.
//   M3. Only a run that was at its point counts.
import type { Violation } from '../audit/evidence.ts'
import { LATE_MS_MAX, World } from '../rig/world.ts'
import { goBack } from './act-restore.ts'
import { ACTS, type Act } from './acts.ts'
import { NotReached } from './asked.ts'
import {
  type Cell,
  isServerPoint,
  isSolo,
  type PointName,
  SERVER_POINTS,
  type ServerPoint,
} from './points.ts'
import { Scene } from './scene.ts'
import { type Died, serverDies } from './server-deaths.ts'
import { Together } from './together.ts'

export interface MatrixOptions {
  readonly cells: readonly Cell[]
  readonly repeat: number
  readonly seed: number
  /** No new run is begun after so long; Infinity: all of them. */
  readonly budget_ms: number
  /** After each run of a cell. */
  readonly onRun: (result: CellRun) => void
}

export interface CellRun {
  readonly cell: Cell
  readonly turn: number
  readonly took_ms: number
  /** Empty: it held. */
  readonly violations: readonly Violation[]
  /** Why it could not be tried; null: it was. */
  readonly not_tried: string | null
  /** It did not come to its point, and nothing was wrong: a slow machine, and worth another try. */
  readonly may_repeat?: boolean
}

export interface MatrixResult {
  readonly runs: readonly CellRun[]
  /** Runs that did not come to their point, and were played again (M3). */
  readonly missed: number
  /** What only the whole shows: the audit chain. */
  readonly violations: readonly Violation[]
  /** What this machine has no means to try. */
  readonly left_out: string | null
  /** Where the logs of the processes lie when something was wrong. */
  readonly kept: string | null
}

export const isWrong = ({ violations, not_tried }: CellRun) => violations.length > 0 || not_tried !== null

/** They wait for a lease of 15 s each time: these have lanes of their own, and more of them. */
const WAITING: readonly PointName[] = ['K20', 'K23']
const LANES = 6
const WAITING_LANES = 13
/** An account is looked at as a whole, so it is left before it has become large. */
const ACTS_MAX = 40
const TRIES_MAX = 4

export async function runMatrix(options: MatrixOptions): Promise<MatrixResult> {
  const world = await World.open({ seed: options.seed })
  const runs: CellRun[] = []
  const note = (run: CellRun) => {
    runs.push(run)
    options.onRun(run)
  }
  let kept = false
  try {
    const { redis } = world
    const cells = redis === null ? options.cells.filter(({ point }) => point !== 'K5') : options.cells
    const stage = new Stage(world, { ...options, cells }, note)
    const violations = await stage.play()
    kept = violations.length > 0 || runs.some(isWrong)
    const left_out = cells.length < options.cells.length ? 'K5: redis-server is not installed here' : null
    return { runs, missed: stage.missed, violations, left_out, kept: kept ? world.folder : null }
  } finally {
    await world.close({ keep_logs: kept })
  }
}

interface Job {
  readonly cell: Cell
  readonly turn: number
  readonly tries?: number
}

class Stage {
  missed = 0
  readonly #world: World
  readonly #options: MatrixOptions
  readonly #note: (run: CellRun) => void
  readonly #until: number
  #next_login = 1001

  constructor(world: World, options: MatrixOptions, note: (run: CellRun) => void) {
    this.#world = world
    this.#options = options
    this.#note = note
    this.#until = performance.now() + options.budget_ms
  }

  /** @returns what is wrong with the audit chains */
  async play(): Promise<Violation[]> {
    const { cells, repeat } = this.#options
    const jobs = (of: (point: PointName) => boolean): Job[] =>
      cells
        .filter(({ point }) => of(point))
        .flatMap((cell) => Array.from({ length: repeat }, (_, turn) => ({ cell, turn })))
    const waiting = (point: PointName) => WAITING.includes(point)
    await Promise.all([
      this.#lanes(
        jobs((point) => isSolo(point) && !waiting(point)),
        LANES,
      ),
      this.#lanes(jobs(waiting), WAITING_LANES),
    ])
    await this.#deaths(cells)
    const before = await this.#chains()
    const restores = cells.filter(({ point }) => point === 'K19')
    if (restores.length === 0) return before
    await this.#restores(restores)
    return [...before, ...(await this.#chains())]
  }

  async #chains(): Promise<Violation[]> {
    const wanted = {
      login: String(this.#next_login - 1),
      intents: [],
      native: true,
      late_ms_max: LATE_MS_MAX,
    }
    return (await this.#world.verdict(wanted, 0)).filter(({ rule }) => rule === 'audit')
  }

  get #is_over(): boolean {
    return performance.now() > this.#until
  }

  #scene(): Promise<Scene> {
    return Scene.open(this.#world, String(this.#next_login++))
  }

  /** M1. */
  async #lanes(jobs: Job[], width: number): Promise<void> {
    const lane = async () => {
      let scene: Scene | null = null
      for (let job = jobs.shift(); job !== undefined && !this.#is_over; job = jobs.shift()) {
        const { cell, turn } = job
        if (!isSolo(cell.point)) continue
        scene ??= await this.#scene()
        const run = await tried(scene, ACTS[cell.point], cell, turn)
        const tries = (job.tries ?? 0) + 1
        if (run.may_repeat && tries < TRIES_MAX) {
          this.missed++
          jobs.push({ cell, turn, tries })
          await scene.close()
          scene = null
        } else scene = await this.#after(scene, run)
      }
      await scene?.close()
    }
    await Promise.all(Array.from({ length: Math.min(width, jobs.length) }, lane))
  }

  /** What went wrong must not spoil the next run: that gets a new account. */
  async #after(scene: Scene, run: CellRun): Promise<Scene | null> {
    this.#note(run)
    if (!isWrong(run) && ++scene.acts < ACTS_MAX) return scene
    await scene.close()
    return null
  }

  /** M2. Each type on its account; a run that missed its point is played again, within reason. */
  async #deaths(all: readonly Cell[]): Promise<void> {
    const cells = all.filter(({ point }) => isServerPoint(point))
    if (cells.length === 0) return
    const scenes = new Map<string, Scene>()
    const stranger = await this.#scene()
    const { repeat } = this.#options
    for (const point of SERVER_POINTS) {
      const left = new Map(cells.filter((cell) => cell.point === point).map((cell) => [cell, repeat]))
      for (let round = 0; left.size > 0 && round < 2 * repeat + 2 && !this.#is_over; round++)
        await this.#death(point, left, scenes, stranger)
      for (const cell of this.#is_over ? [] : left.keys())
        this.#note({ cell, turn: repeat, took_ms: 0, violations: [], not_tried: 'too few were at the point' })
    }
    await Promise.all([stranger, ...scenes.values()].map((scene) => scene.close()))
  }

  /** @param left how often each cell is still to be played */
  async #death(
    point: ServerPoint,
    left: Map<Cell, number>,
    scenes: Map<string, Scene>,
    stranger: Scene,
  ): Promise<void> {
    const began = performance.now()
    const cells = [...left.keys()]
    for (const { type } of cells) if (!scenes.has(type)) scenes.set(type, await this.#scene())
    const parties = await Promise.all(
      cells.map(async ({ type }) => {
        const scene = scenes.get(type) as Scene
        return { scene, wish: await scene.wish(type) }
      }),
    )
    const outcome = await serverDies(this.#world, point, parties, stranger).catch(reasonOf)
    await Promise.all(
      cells.map(async (cell, index) => {
        const scene = scenes.get(cell.type) as Scene
        const one: Died | string = typeof outcome === 'string' ? outcome : (outcome[index] as Died)
        const not_tried = typeof one === 'string' ? one : await one.acknowledged.then(() => null, reasonOf)
        const violations = await scene.verdict()
        const turns = left.get(cell) ?? 0
        const turn = this.#options.repeat - turns
        const run = { cell, turn, took_ms: performance.now() - began, violations, not_tried }
        const missed = typeof one !== 'string' && !one.was_there && !isWrong(run)
        if (missed) this.missed++
        else if (turns <= 1) left.delete(cell)
        else left.set(cell, turns - 1)
        if (!missed && (await this.#after(scene, run)) === null) scenes.delete(cell.type)
      }),
    )
  }

  /** K19: the same, with what the whole ledger forgets. */
  async #restores(cells: readonly Cell[]): Promise<void> {
    const together = new Together(cells.length)
    const played = cells.map(async (cell) => {
      const scene = await this.#scene()
      scene.together = together
      let wrong = false
      for (let turn = 0; turn < this.#options.repeat && !wrong && !this.#is_over; turn++) {
        const run = await tried(scene, goBack, cell, turn)
        this.#note(run)
        wrong = isWrong(run)
      }
      together.leave()
      await scene.close()
    })
    await Promise.all(played)
  }
}

async function tried(scene: Scene, act: Act, cell: Cell, turn: number): Promise<CellRun> {
  const began = performance.now()
  const ended = (violations: readonly Violation[], not_tried: string | null): CellRun => ({
    cell,
    turn,
    took_ms: performance.now() - began,
    violations,
    not_tried,
  })
  try {
    await act(scene, await scene.wish(cell.type), turn)
    return ended(await scene.verdict(), null)
  } catch (error) {
    const violations = await scene.verdict().catch(() => [])
    const may_repeat = error instanceof NotReached && violations.length === 0
    return { ...ended(violations, reasonOf(error)), may_repeat }
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof NotReached ? error.message : ((error as Error).stack ?? String(error))
