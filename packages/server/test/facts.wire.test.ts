// A command's way and its raw wire: hops that sum to the whole, texts as they went over, without keys, cut aloud.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WireTap } from '../src/services/wire-tap.ts'
import { OPEN, Scene } from './support/client.ts'
import { UNLIMITED } from './support/doors.ts'
import { until } from './support/wait.ts'

let scene: Scene
beforeAll(async () => {
  scene = await Scene.open({ env: UNLIMITED })
})
afterAll(() => scene.t.stop())

test('from created to settled: each hop, and what was said', async () => {
  const { body } = await scene.create('one', OPEN)
  const id: string = body.command_id
  await scene.poll()
  await scene.t.call('command', 'POST', '/api/command_response', {
    key: scene.ea,
    body: {
      ...{ api_key: scene.ea, command_id: id, status: 'completed' },
      response: { ticket: 7, retcode: 10009 },
    },
  })
  await until(async () => (await scene.show(id)).body.wire.length === 2)
  const shown = (await scene.show(id)).body
  expect(shown.hops.map(({ from, to, attempt }: Record<string, unknown>) => [from, to, attempt])).toEqual([
    ['created', 'delivered', 0],
    ['delivered', 'completed', 1],
  ])
  const whole = Date.parse(shown.completed_at) - Date.parse(shown.created_at)
  expect(shown.hops.reduce((sum: number, { ms }: { ms: number }) => sum + ms, 0)).toBe(whole)
  const [sent, received] = shown.wire
  expect(sent).toMatchObject({ direction: 'sent', attempt: 1, cut: false })
  expect(JSON.parse(sent.text)).toMatchObject({ id, type: 'OPEN_TRADE', symbol: 'EURUSD', volume: 0.1 })
  expect(received).toMatchObject({ direction: 'received', cut: false })
  expect(JSON.parse(received.text)).toMatchObject({ command_id: id, response: { ticket: 7 }, api_key: '…' })
  expect(JSON.stringify(shown)).not.toContain(scene.ea)
})

test('W2: long texts are cut and say so; of a flood a part is kept', () => {
  const tap = new WireTap({ now: () => 5 })
  const noted = { account_id: 1, command_id: 'c', attempt: 1, direction: 'sent' } as const
  tap.note(noted, { long: 'x'.repeat(10_000), secret: 's' })
  for (let n = 0; n < 1_000; n++) tap.note(noted, { n })
  const taken = tap.take()
  expect(taken.length).toBeLessThanOrEqual(100)
  expect(taken[0]).toMatchObject({ cut: true, at: 5 })
  expect(taken[0]?.text).toHaveLength(8_192)
  expect(taken[1]).toMatchObject({ cut: false, text: '{"n":0}' })
  expect(tap.take()).toEqual([])
})
