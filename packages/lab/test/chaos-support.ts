// A rig that puts up a world, freezes one of its processes, says who they are, and then waits to be killed.
import { World } from '../src/chaos/rig/world.ts'

const world = await World.open({ seed: 1 })
world.broker.freeze()
const pids = { server: world.server.child?.pid, broker: world.broker.pid, postgres: world.database.pid }
console.log(JSON.stringify({ folder: world.folder, pids }))
setInterval(() => {}, 60_000)
