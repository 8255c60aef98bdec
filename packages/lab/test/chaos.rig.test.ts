// The rig's own promises: processes are killed by pid and followed, and nothing of a rig outlives it.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { World } from '../src/chaos/rig/world.ts'

let world: World
let rig: ChildProcess | undefined
beforeAll(async () => {
  world = await World.open({ seed: 1 })
})
afterAll(async () => {
  rig?.kill('SIGKILL')
  await world.close()
})

test('a killed server is followed by another one behind the same doors, with the same ledger', async () => {
  const api_key = await world.account('1001')
  const first = world.server.child?.pid
  await world.server.kill()
  expect(world.server.child).toBeNull()
  await world.server.start()
  expect(world.server.child?.pid).not.toBe(first)
  const answer = await fetch(`${world.url('command')}/api/get_commands`, {
    method: 'POST',
    headers: { 'x-api-key': api_key, 'content-type': 'application/json' },
    body: '{}',
  })
  expect(answer.status).toBe(200)
})

test('a crash point that was armed in a running server ends it there; a repeat has the same id (K3)', async () => {
  await world.account('1002')
  await world.server.arm('K3:CLOSE_ALL')
  const dying = world.server.child
  const client = world.client('1002')
  const asked = client.submit('CLOSE_ALL', {}, { command_id: 'stop-1' })
  expect(await dying?.exited).toBe('SIGKILL')
  await world.server.start()
  expect((await asked).replayed).toBe(true)
  expect((await world.commands('1002')).map(({ command_id }) => command_id)).toEqual(['stop-1'])
})

test('a database that was restarted, frozen or put back is the same one for everybody', async () => {
  await world.account('1003')
  const { database, server } = world
  const before = database.pid
  await database.restart()
  expect(database.pid).not.toBe(before)
  await server.kill()
  await database.copyTo('older')
  await server.start()
  const client = world.client('1003')
  await client.submit('CLOSE_ALL', {}, { command_id: 'forgotten' })
  await database.frozenFor(200)
  expect(await world.commands('1003')).toHaveLength(1)
  await server.kill()
  await database.goBackTo('older')
  await server.start()
  expect(await world.commands('1003')).toEqual([])
})

test('a rig that is killed leaves no process and no folder behind, not even a frozen one', async () => {
  const program = fileURLToPath(new URL('./chaos-support.ts', import.meta.url))
  rig = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  let told: { folder: string; pids: Record<string, number> } | undefined
  for await (const line of createInterface({ input: rig.stdout as NodeJS.ReadableStream })) {
    told = JSON.parse(line)
    break
  }
  const { folder = '', pids = {} } = told ?? {}
  expect(Object.values(pids).filter(isAlive)).toHaveLength(3)
  rig.kill('SIGKILL')
  await expect.poll(() => Object.values(pids).filter(isAlive), { timeout: 30_000 }).toEqual([])
  await expect.poll(() => existsSync(folder), { timeout: 30_000 }).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
