// How each crash point is brought about around one intent. An act ends when everybody is back; the verdict comes after.
import { randomUUID } from 'node:crypto'
import type { Wish } from '../load/wishes.ts'
import type { Fate, PassingRequest } from '../proxy/http.ts'
import { acknowledged, NotReached } from './asked.ts'
import type { SoloPoint } from './points.ts'
import { isAnswer, isCreation, isPoll } from './requests.ts'
import type { Scene } from './scene.ts'
import { cloneOrLose, takeOver } from './two-terminals.ts'

const LOST = { lose: 'request' } as const
const UNHEARD = { lose: 'reply' } as const
const DOUBLED = { copies: [0, 60] } as const
const LATE = { reply_delay_ms: 120 } as const

/** @param turn counts the repeats of a cell: variants of a fault take turns */
export type Act = (scene: Scene, wish: Wish, turn: number) => Promise<void>

const eaDies =
  (point: SoloPoint): Act =>
  async (scene, wish) => {
    const { terminal } = scene
    await terminal.arm(`${point}:${wish.type}`)
    const dying = terminal.child
    const asked = acknowledged(scene.trader.wants(wish))
    await scene.reached(`the EA’s death at ${point}`, dying?.exited ?? Promise.resolve(), asked)
    await terminal.start()
    await asked
  }

/** K24: a virtual machine that was frozen, and goes on as if nothing had happened. */
const eaStandsStill: Act = async (scene, wish, turn) => {
  const { terminal } = scene
  const pause_ms = 200 + 400 * (turn % 4)
  scene.late_ms_max += pause_ms
  const still = new Promise<void>((resolve) => {
    if (terminal.child) terminal.child.onNews = () => resolve()
  })
  // Before the deadline is read for the last time, and after it.
  await terminal.arm(`${turn % 2 === 0 ? 'K12' : 'K13'}:${wish.type}:stop`)
  const asked = acknowledged(scene.trader.wants(wish))
  await scene.reached('the EA’s standstill', still, asked)
  await pause(pause_ms)
  terminal.child?.thaw()
  await asked
}

/** K0, K22: the strategy's process ends; the next one derives the same key from the same decision. */
const clientDies =
  (before_sending: boolean): Act =>
  async (scene, wish) => {
    const { trader, world, doors } = scene
    const command_id = randomUUID()
    const death = new AbortController()
    if (before_sending) death.abort()
    else
      doors.plan(
        'webui',
        once(isCreation, { lose: 'reply' }, () => death.abort()),
      )
    const unheard = await trader.wants(wish, { command_id, signal: death.signal })
    if (unheard !== null) throw new NotReached('the client heard an answer before it died')
    doors.heal()
    trader.bornAgain(world.client(scene.login, doors))
    await acknowledged(trader.wants(wish, { command_id }))
  }

/** The doors lie about these requests, in this order; then they are honest again. */
const doorsLie =
  (door: 'command' | 'webui', concerns: (request: PassingRequest) => boolean, fates: readonly Fate[]): Act =>
  async (scene, wish) => {
    const { doors } = scene
    const left = [...fates]
    const all = new Promise<void>((told) => {
      doors.plan(door, (request) => {
        const fate = concerns(request) ? left.shift() : undefined
        if (left.length === 0) told()
        return fate ?? {}
      })
    })
    const asked = acknowledged(scene.trader.wants(wish))
    await scene.reached('the loss of a message', all, asked)
    doors.heal()
    await asked
  }

/** K9: of the replies that hand something out some are lost, one is late, one is the answer to a doubled poll. */
const handoutsLie: Act = async (scene, wish, turn) => {
  const { doors } = scene
  const fates = [[UNHEARD], [UNHEARD, UNHEARD], [LATE, DOUBLED], [DOUBLED, UNHEARD]][turn % 4] ?? []
  const left = [...fates]
  const first = new Promise<void>((told) => {
    const by_reply = (reply: Buffer) => {
      if (!reply.includes('"commands":[{')) return {}
      told()
      return left.shift() ?? {}
    }
    doors.plan('command', (request) => (isPoll(request) ? { by_reply } : {}))
  })
  const asked = acknowledged(scene.trader.wants(wish))
  await scene.reached('a handout', first, asked)
  await asked
}

/** K21: the cable between terminal and trade server breaks with an order in it; every other one has arrived. */
const cableBreaks: Act = async (scene, wish, turn) => {
  const broken = scene.cable.cutAt({
    direction: 'up',
    pattern: '"call":"order"',
    pass: turn % 2 === 0,
  })
  const asked = acknowledged(scene.trader.wants(wish))
  await scene.reached('an order in the cable', broken, asked)
  await asked
}

const redisFlushed: Act = async (scene, wish) => {
  await Promise.all([acknowledged(scene.trader.wants(wish)), scene.world.redis?.flush()])
  await scene.world.redis?.flush()
}

function once(
  concerns: (request: PassingRequest) => boolean,
  fate: Fate,
  then: () => void,
): (request: PassingRequest) => Fate {
  let done = false
  return (request) => {
    if (done || !concerns(request)) return {}
    done = true
    // Not before the reply would have come.
    setTimeout(then, 50)
    return fate
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Of every point at which one account is alone; the server's deaths and the restore concern all of them. */
export const ACTS: Readonly<Record<SoloPoint, Act>> = {
  K0: clientDies(true),
  K1: doorsLie('webui', isCreation, [LOST, LOST]),
  K5: redisFlushed,
  K6: doorsLie('command', isPoll, [LOST, LOST, LOST]),
  K9: handoutsLie,
  K10: eaDies('K10'),
  K11: eaDies('K11'),
  K12: eaDies('K12'),
  K13: eaDies('K13'),
  K14: eaDies('K14'),
  K15: eaDies('K15'),
  K16: doorsLie('command', isAnswer, [UNHEARD, LOST, DOUBLED]),
  K20: cloneOrLose,
  K21: cableBreaks,
  K22: clientDies(false),
  K23: takeOver,
  K24: eaStandsStill,
}
