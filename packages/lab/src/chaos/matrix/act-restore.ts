// K19: the database is restored from an older copy while the EA, the broker and the clients know more than it.
import { randomUUID } from 'node:crypto'
import type { Act } from './acts.ts'
import { accepted } from './asked.ts'

let copies = 0

/**
 * The copy is taken, then the command is created; on every other turn it is also carried out before the ledger goes
 * back. The client has its 201, so it never asks again by itself: here it does, as a strategy that starts anew would.
 */
export const goBack: Act = async (scene, wish, turn) => {
  const { world, trader } = scene
  const copy = `before_${++copies}`
  await world.server.kill()
  await world.database.copyTo(copy)
  await world.server.start()
  const command_id = randomUUID()
  scene.went_back = true
  await accepted(() => trader.wants(wish, { command_id }))
  if (turn % 2 === 0) await scene.quiet()
  await world.server.kill()
  await world.database.goBackTo(copy)
  await world.server.start()
  await accepted(() => trader.wants(wish, { command_id }))
}
