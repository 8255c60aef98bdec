// The examples of strategies, run as a user runs them: against a server with a native EA.
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { firstLine, type Sandbox, said, sandbox, typed } from './support.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const LOGIN = '12345678'
const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url))
let box: Sandbox
let env: Record<string, string>

beforeAll(async () => {
  box = sandbox()
  const ready = JSON.parse(await firstLine(box.start(['start', '--json', '--any-port']))) as { url: string }
  vi.stubEnv('NGTB_DATA_DIR', join(box.dir, 'data'))
  const made = await typed('key', 'create', '--scope', 'admin', '--json')
  env = { NGTB_URL: ready.url, NGTB_API_KEY: made.json.api_key as string }
  vi.stubEnv('NGTB_API_KEY', env.NGTB_API_KEY)
  await said(box.start(['sim', '--native']), /1 native EA connected/)
})
afterAll(() => box.close())

async function example(name: string, args: string[] = [], more: Record<string, string> = {}) {
  const child = box.script(join(EXAMPLES, name), args, { ...env, ...more })
  let text = ''
  child.stdout?.on('data', (chunk) => {
    text += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text += chunk
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code, signal, text }
}

const commands = async () =>
  (await typed('command', 'list', '--json')).json.items as Record<string, unknown>[]

test('survive-a-crash.ts: killed at the worst moment, it takes its order up again and opens once', async () => {
  const file = join(box.dir, 'books', 'breakout.intents')
  const died = await example('survive-a-crash.ts', [LOGIN, file], { DIE_HERE: '1' })
  expect([died.signal, died.text]).toEqual(['SIGKILL', expect.stringMatching(/^sent ([0-9a-f-]{36})\n$/)])
  const command_id = died.text.trim().split(' ')[1] ?? ''
  const alive = await example('survive-a-crash.ts', [LOGIN, file])
  expect(alive).toMatchObject({ code: 0, text: expect.stringContaining(`found ${command_id} taken_up\n`) })
  expect(alive.text).toMatch(new RegExp(`booked ${command_id} completed \\d+`))
  expect((await commands()).filter((one) => one.command_id === command_id)).toHaveLength(1)
  // Its books have everything: nothing is left to take up.
  expect((await example('survive-a-crash.ts', [LOGIN, file])).text).not.toContain('found')
})

test('batch.ts: both legs, then kill-switch.ts: everything closed', async () => {
  const batch = await example('batch.ts', [LOGIN])
  expect(batch).toMatchObject({
    code: 0,
    text: expect.stringMatching(/^long leg completed .*\nshort leg completed /),
  })
  const open = (await typed('trades', '--json')).json.items.length as number
  expect(open).toBeGreaterThanOrEqual(2)
  const stop = await example('kill-switch.ts', [LOGIN])
  expect(stop).toMatchObject({ code: 0, text: `completed: ${open} closed, 0 not\n` })
  expect((await typed('trades', '--json')).json.items).toEqual([])
})
