// The matrix: each crash point with each type that it applies to, so many times; one verdict for each cell.
import type { Violation } from '../audit/evidence.ts'
import { LATE_MS_MAX, World } from '../rig/world.ts'
import { ACTS } from './acts.ts'
import { NotReached } from './asked.ts'
import type { Cell, PointName } from './points.ts'
import { Scene } from './scene.ts'
import { Together } from './together.ts'

export interface MatrixOptions {
  readonly cells: readonly Cell[]
  readonly repeat: number
  readonly seed: number
  /** No new cell is begun after so long; Infinity: all of them. */
  readonly budget_ms: number
  /** After each run of a cell. */
  readonly onRun: (result: CellRun) => void
  /** After each point. */
  readonly onRow: (point: PointName, took_ms: number) => void
}

export interface CellRun {
  readonly cell: Cell
  readonly turn: number
  readonly took_ms: number
  /** Empty: it held. */
  readonly violations: readonly Violation[]
  /** Why it could not be tried; null: it was. */
  readonly not_tried: string | null
}

export interface MatrixResult {
  readonly runs: readonly CellRun[]
  /** What only the whole shows: the audit chain. */
  readonly violations: readonly Violation[]
  /** What this machine has no means to try. */
  readonly left_out: string | null
  /** Where the logs of the processes lie when something was wrong. */
  readonly kept: string | null
}

export const isWrong = ({ violations, not_tried }: CellRun) => violations.length > 0 || not_tried !== null

/** They wait for a lease of 15 s each time, so their types wait side by side, on an account each. */
const SIDE_BY_SIDE: readonly PointName[] = ['K19', 'K20', 'K23']

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
    const rows = new Rows(world, { ...options, cells }, note)
    await rows.run()
    const violations = await world.verdict(
      { login: rows.last_login, intents: [], native: true, late_ms_max: LATE_MS_MAX },
      0,
    )
    const chain = violations.filter(({ rule }) => rule === 'audit')
    kept = chain.length > 0 || runs.some(isWrong)
    const left_out = cells.length < options.cells.length ? 'K5: redis-server is not installed here' : null
    return { runs, violations: chain, left_out, kept: kept ? world.folder : null }
  } finally {
    await world.close({ keep_logs: kept })
  }
}

class Rows {
  last_login = '1'
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

  async run(): Promise<void> {
    const points = [...new Set(this.#options.cells.map(({ point }) => point))]
    for (const point of points) {
      const began = performance.now()
      const cells = this.#options.cells.filter((cell) => cell.point === point)
      if (SIDE_BY_SIDE.includes(point)) await this.#sideBySide(cells)
      else await this.#row(cells, new Together(1))
      this.#options.onRow(point, performance.now() - began)
    }
  }

  async #sideBySide(cells: readonly Cell[]): Promise<void> {
    const together = new Together(cells.length)
    await Promise.all(cells.map((cell) => this.#row([cell], together).finally(() => together.leave())))
  }

  /** Cells on one account, one after another; after a violation the next one gets a new account. */
  async #row(cells: readonly Cell[], together: Together): Promise<void> {
    let scene: Scene | null = null
    for (const cell of cells)
      for (let turn = 0; turn < this.#options.repeat; turn++) {
        if (performance.now() > this.#until) break
        scene ??= await this.#scene(cell.point)
        scene.together = together
        const run = await tried(scene, cell, turn)
        this.#note(run)
        if (!isWrong(run)) continue
        await scene.close()
        scene = null
        // Side by side the others are in the middle of it; what comes next is not spoilt by this account.
        if (SIDE_BY_SIDE.includes(cell.point)) return
        await this.#putRight()
      }
    await scene?.close()
  }

  async #scene(point: PointName): Promise<Scene> {
    const login = String(this.#next_login++)
    this.last_login = login
    const doors = SIDE_BY_SIDE.includes(point) ? { doors: await this.#world.ownDoors() } : {}
    return Scene.open(this.#world, login, doors)
  }

  /** What went wrong must not spoil the next cell. */
  async #putRight(): Promise<void> {
    this.#world.doors.heal()
    this.#world.cable.heal()
    if (!this.#world.server.child) await this.#world.server.start()
    await this.#world.server.arm('')
  }
}

async function tried(scene: Scene, cell: Cell, turn: number): Promise<CellRun> {
  const began = performance.now()
  const ended = (violations: readonly Violation[], not_tried: string | null): CellRun => ({
    cell,
    turn,
    took_ms: performance.now() - began,
    violations,
    not_tried,
  })
  try {
    await ACTS[cell.point](scene, await scene.wish(cell.type), turn)
    return ended(await scene.verdict(), null)
  } catch (error) {
    const why = error instanceof NotReached ? error.message : ((error as Error).stack ?? String(error))
    return ended(await scene.verdict().catch(() => []), why)
  }
}
