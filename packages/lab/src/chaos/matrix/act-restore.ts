// K19: the database is restored from an older copy while the EA, the broker and the clients know more than it.
import { randomUUID } from 'node:crypto'
import type { World } from '../rig/world.ts'
import type { Act } from './acts.ts'
import { accepted } from './asked.ts'

let copies = 0

/**
 * The copy is taken, then the command is created; on every other turn it is also carried out before the ledger goes
 * back. The client has its 201, so it never asks again by itself: here it does, as a strategy that starts anew would.
 */
export const goBack: Act = async (scene, wish, turn) => {
  const { world, trader, together } = scene
  const command_id = randomUUID()
  scene.went_back = true
  await together.all(() => copied(world))
  await accepted(() => trader.wants(wish, { command_id }))
  if (turn % 2 === 0) await scene.quiet()
  await together.all(() => putBack(world))
  await accepted(() => trader.wants(wish, { command_id }))
}

async function copied({ server, database }: World): Promise<void> {
  await server.kill()
  await database.copyTo(`before_${++copies}`)
  await server.start()
}

async function putBack({ server, database }: World): Promise<void> {
  await server.kill()
  await database.goBackTo(`before_${copies}`)
  await server.start()
}
