// K20 and K23: another journal comes to the account, because the first was lost or copied, or while it can't be heard.
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Wish } from '../load/wishes.ts'
import type { Act } from './acts.ts'
import { accepted } from './asked.ts'
import { applies } from './points.ts'
import { isAnswer } from './requests.ts'
import type { Scene } from './scene.ts'

/** Short enough that the end of its time to live, and the question to the new EA, come within the act. */
const TTL_MS = 5_000
/** Long enough to be handed to the new journal instead, where the type allows that. */
const LONG_TTL_MS = 40_000

const ttlOf = ({ type }: Wish, turn: number) =>
  type === 'CLOSE_ALL' ? {} : { ttl_ms: turn % 2 === 0 || type === 'OPEN_TRADE' ? TTL_MS : LONG_TTL_MS }

/** K20. The EA dies somewhere on the way; what comes back has no journal, a copy of it elsewhere, or an old image. */
export const cloneOrLose: Act = async (scene, wish, turn) => {
  const { terminal, trader } = scene
  const image = `${terminal.folder}.image`
  rmSync(image, { recursive: true, force: true })
  cpSync(terminal.folder, image, { recursive: true })
  const points = applies('K12', wish.type) ? (['K12', 'K14', 'K10'] as const) : (['K10', 'K15'] as const)
  await terminal.arm(`${points[turn % points.length]}:${wish.type}`)
  const dying = terminal.child
  const asked = accepted(() => trader.wants(wish, ttlOf(wish, turn)))
  await scene.reached('the EA’s death', dying?.exited ?? Promise.resolve(), asked)
  FATES[turn % FATES.length]?.(scene, image, turn)
  await terminal.start()
  await asked
  await scene.online(terminal)
}

const FATES: readonly ((scene: Scene, image: string, turn: number) => void)[] = [
  ({ terminal: { folder } }) => {
    for (const file of readdirSync(folder)) rmSync(join(folder, file), { recursive: true })
  },
  ({ terminal }, _image, turn) => {
    const clone = `${terminal.folder}-${turn}`
    cpSync(terminal.folder, clone, { recursive: true })
    terminal.folder = clone
  },
  ({ terminal: { folder } }, image) => {
    rmSync(folder, { recursive: true })
    cpSync(image, folder, { recursive: true })
  },
]

/**
 * K23. From its first answer on nothing of the owner gets through; a second terminal asks until the lease is over, and
 * takes the account. Then the first can be heard again: it is fenced, and its late result is a fact.
 */
export const takeOver: Act = async (scene, wish, turn) => {
  const { trader, terminal: first, doors } = scene
  const cut = new Promise<void>((told) => {
    doors.plan('command', (request) => {
      if (!isAnswer(request)) return {}
      doors.partition()
      told()
      return { lose: 'request' }
    })
  })
  await accepted(() => trader.wants(wish, ttlOf(wish, turn)))
  await scene.reached('an answer of the first EA', cut)
  const second = await scene.another()
  await scene.online(second)
  doors.heal()
  await scene.answered(first)
  await scene.becomes(second)
}
