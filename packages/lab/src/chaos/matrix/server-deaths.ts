// K2 … K18 inside the server: one death for all types, each on an account of its own and all of them at the point.
//
//   D1. Requests wait at their doors until everybody's has come; then they go in together.
//   D2. The wire to the database stands still meanwhile, with a stranger's commit in it: what was decided behind it is
//       not committed when the server dies there (K2, K7, K17), or is committed together (the others).
//   D3. Whether a command really was at the point is read from what is left: its row, and what anybody heard. One that
//       was not counts for nothing.
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { IntentAnswer } from '../audit/evidence.ts'
import type { Wish } from '../load/wishes.ts'
import type { PassingRequest } from '../proxy/http.ts'
import { COMMIT_MARK } from '../rig/database.ts'
import type { World } from '../rig/world.ts'
import { acknowledged } from './asked.ts'
import type { ServerPoint } from './points.ts'
import { isAnswer, isCreation, isPoll } from './requests.ts'
import type { Scene } from './scene.ts'

/** From the gates' opening until every request has come to its commit: so many turns of the server's own loop. */
const GATHER_TURNS = 12
const GATHER_TURN_MS = 25
/** Its creation is what stands in the wire. */
const STRANGER_PASSES: ReadonlySet<ServerPoint> = new Set(['K3', 'K4'])
/** What was asked before the gates closed is answered by then; so is what was answered before the death. */
const QUIET_MS = 100

interface Row {
  readonly status: string
  readonly attempt: number
}

interface Place {
  readonly door: 'webui' | 'command'
  concerns(request: PassingRequest): boolean
  /** What would take the command past the point by another way waits until the death is over. */
  readonly aside: { readonly door: 'command' | 'trades'; concerns(request: PassingRequest): boolean } | null
  /** Whoever hears this reply is past the point. */
  tells(reply: Buffer): boolean
}

const CREATION: Place = {
  door: 'webui',
  concerns: isCreation,
  aside: { door: 'command', concerns: isPoll },
  tells: () => true,
}
const HANDOUT: Place = {
  door: 'command',
  concerns: isPoll,
  aside: null,
  tells: (reply) => reply.includes('"commands":[{'),
}
const ANSWER: Place = {
  door: 'command',
  concerns: isAnswer,
  // A position with the command's tag settles it, too.
  aside: { door: 'trades', concerns: () => true },
  tells: () => true,
}

const is = (status: string, attempt: number) => (row?: Row) =>
  row?.status === status && row.attempt === attempt

/** Where each point is; whether its commit is over; and the contract's "state left". */
const PLACES: Readonly<
  Record<ServerPoint, { at: Place; committed: boolean; left(row: Row | undefined): boolean }>
> = {
  K2: { at: CREATION, committed: false, left: (row) => row === undefined },
  K3: { at: CREATION, committed: true, left: is('pending', 0) },
  K4: { at: CREATION, committed: true, left: is('pending', 0) },
  K7: { at: HANDOUT, committed: false, left: is('pending', 0) },
  K8: { at: HANDOUT, committed: true, left: is('executing', 1) },
  // Its lease may have run out while it waited at its gate.
  K17: { at: ANSWER, committed: false, left: (row) => ['executing', 'pending'].includes(row?.status ?? '') },
  K18: { at: ANSWER, committed: true, left: (row) => ['completed', 'failed'].includes(row?.status ?? '') },
}

/** Requests wait here; and it hears what is answered. */
class Gate {
  heard = false
  readonly arrived: Promise<void>
  open: () => void = () => {}
  /** What waited aside goes on. */
  over: () => void = () => {}

  constructor({ scene: { doors }, wish }: Party, { door, concerns, aside, tells }: Place) {
    const until = new Promise<void>((resolve) => {
      this.open = resolve
    })
    const by_reply = (reply: Buffer) => {
      this.heard ||= tells(reply)
      return {}
    }
    this.arrived = new Promise((arrived) => {
      doors.plan(door, (request) => {
        if (!concerns(request)) return {}
        arrived()
        return { until, by_reply }
      })
    })
    // That one's answer comes after the list that it asks for.
    if (aside === null || (aside.door === 'trades' && wish.type === 'REQUEST_SYNC')) return
    const over = new Promise<void>((resolve) => {
      this.over = resolve
    })
    doors.plan(aside.door, (request) => (aside.concerns(request) ? { until: over } : {}))
  }
}

export interface Party {
  readonly scene: Scene
  readonly wish: Wish
}

export interface Died {
  /** It was at the point when the server died. */
  readonly was_there: boolean
  /** Rejects when its client did not hear in the end that the intent is safe. */
  readonly acknowledged: Promise<void>
}

/** @throws {NotReached} when the server did not die; it runs again in any case */
export async function serverDies(
  world: World,
  point: ServerPoint,
  parties: readonly Party[],
  stranger: Scene,
): Promise<Died[]> {
  const { at, committed } = PLACES[point]
  const ids = parties.map(() => randomUUID())
  const gates = parties.map((party) => new Gate(party, at))
  const dam = { drop: () => {} }
  try {
    await pause(QUIET_MS)
    const asked = parties.map(({ scene, wish }, index) =>
      scene.trader.wants(wish, { command_id: ids[index] ?? '' }),
    )
    if (at.door === 'command') await Promise.all(asked.map(acknowledged))
    await stranger.reached('each at its gate', Promise.all(gates.map(({ arrived }) => arrived)))
    const wire = world.database.proxy.dam('up', COMMIT_MARK)
    dam.drop = wire.drop
    const strange = stranger.trader.wants({ type: 'REQUEST_SYNC', payload: {} })
    await stranger.reached('a commit', wire.reached)
    const dying = world.server.child?.exited ?? Promise.resolve()
    // Uncommitted: when the last of them has come by. Committed together: at the first of them, the stranger aside.
    const all = parties.map(({ wish }) => wish.type).join('+')
    await world.server.arm(committed ? '' : `${point}:${all}`)
    for (const gate of gates) gate.open()
    if (committed) {
      await gathered(world)
      await world.server.arm(`${point}:*:${STRANGER_PASSES.has(point) ? 2 : 1}`)
      wire.open()
    }
    await stranger.reached(`the server’s death at ${point}`, dying)
    wire.drop()
    await pause(QUIET_MS)
    const left = await wereThere(world, point, ids, gates)
    await backAgain(world, parties)
    for (const gate of gates) gate.over()
    await strange
    return asked.map((answer, index) => died(left[index] === true, answer))
  } finally {
    for (const gate of gates) {
      gate.open()
      gate.over()
    }
    dam.drop()
    await backAgain(world, parties)
  }
}

/** A slow machine turns slowly, too: a clock alone would not know. */
async function gathered(world: World): Promise<void> {
  for (let turn = 0; turn < GATHER_TURNS; turn++) {
    await pause(GATHER_TURN_MS)
    await world.server.arm('')
  }
}

function died(was_there: boolean, answer: Promise<IntentAnswer | null>): Died {
  const safe = acknowledged(answer)
  safe.catch(() => {}) // told by whoever awaits it
  return { was_there, acknowledged: safe }
}

/** D3. */
async function wereThere(
  world: World,
  point: ServerPoint,
  ids: readonly string[],
  gates: readonly Gate[],
): Promise<boolean[]> {
  const rows = await world.database.rows<Row & { command_id: string }>(
    'select command_id, status, attempt from command where command_id = any($1)',
    [ids],
  )
  const by_id = new Map(rows.map((row) => [row.command_id, row]))
  return ids.map((id, index) => !gates[index]?.heard && PLACES[point].left(by_id.get(id)))
}

async function backAgain(world: World, parties: readonly Party[]): Promise<void> {
  for (const { scene } of parties) scene.doors.heal()
  if (world.server.child === null) await world.server.start()
  else await world.server.arm('')
}
