// What a native EA tells of its own part: when it received a command, sent its order and had it done, by its own clock;
// and that another process, or a replay, tells none.
import { expect, test } from 'vitest'
import { open } from './native-commands.ts'
import { faulty, lost, online, position } from './native-stage.ts'
import { SETTLE_MS } from './native-world.ts'

const timesOf = ({ received_at_ms, order_sent_at_ms, executed_at_ms }: object & Record<string, unknown>) => [
  received_at_ms,
  order_sent_at_ms,
  executed_at_ms,
]

test('received, sent, executed: in their order, on the clock of mono_ms', () => {
  const world = online()
  const before = world.now().mono_ms
  world.give(open(1))
  const [received, sent, executed] = timesOf(world.final('c1')) as number[]
  expect(received).toBeGreaterThanOrEqual(before)
  expect(sent).toBeGreaterThanOrEqual(received ?? Number.NaN)
  expect(executed).toBeGreaterThanOrEqual(sent ?? Number.NaN)
  expect(executed).toBeLessThanOrEqual(world.now().mono_ms)
})

test('tried twice: the first order’s start, the last one’s end', () => {
  const world = faulty([{ kind: 'refuse', retcode: 10004 }])
  const before = world.now().mono_ms
  world.give(open(1))
  world.run(1_000)
  const [received, sent, executed] = timesOf(world.final('c1')) as number[]
  expect(sent).toBe(received)
  expect(received).toBe(before)
  expect((executed ?? 0) - (sent ?? 0)).toBeGreaterThan(0)
})

test('refused before anything was sent: received only', () => {
  const world = online()
  world.give({ ...open(1), account: '999' })
  const [received, sent, executed] = timesOf(world.final('c1'))
  expect([typeof received, sent, executed]).toEqual(['number', undefined, undefined])
})

test('an emergency stop: its first close, its last', () => {
  const world = online()
  position(world)
  position(world)
  world.give({
    id: 'stop',
    type: 'CLOSE_ALL',
    command_no: 1,
    attempt: 1,
    priority: 30,
    ttl_ms: null,
    strategy_no: null,
  })
  world.run(SETTLE_MS)
  const [received, sent, executed] = timesOf(world.final('stop')) as number[]
  expect(received).toBeLessThanOrEqual(sent ?? Number.NaN)
  expect(sent).toBeLessThanOrEqual(executed ?? Number.NaN)
})

test('after a restart nothing is told: another process’ clock has another zero', () => {
  const world = faulty([lost(null)])
  world.give(open(1))
  world.crash()
  world.connect()
  world.run(2 * SETTLE_MS)
  expect(timesOf(world.final('c1'))).toEqual([undefined, undefined, undefined])
})
