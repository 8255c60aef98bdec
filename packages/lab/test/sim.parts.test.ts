// The simulation's own parts: chance, time, ways, computers. A world built on wrong ones would prove nothing.
import { expect, test } from 'vitest'
import { Machine } from '../src/sim/machine.ts'
import { Network } from '../src/sim/network.ts'
import { Random } from '../src/sim/random.ts'
import { readSeeds } from '../src/sim/seeds-file.ts'
import { VirtualTime } from '../src/sim/virtual-time.ts'

const QUIET = { loss: 0, replay: 0, delay_ms: 10, clog: 0, clog_ms: 0, cut_every_ms: 0, cut_ms: 1_000 }

test('random: one seed, one row; a fork has a stream of its own', () => {
  const row = (random: Random) => Array.from({ length: 5 }, () => random.unit())
  expect(row(new Random(7))).toEqual(row(new Random(7)))
  expect(row(new Random(7))).not.toEqual(row(new Random(8)))
  const [one, two] = [new Random(7), new Random(7)]
  const fork = one.fork('a')
  const other = two.fork('a')
  row(one) // draws of the parent leave the fork alone
  expect(row(fork)).toEqual(row(other))
  expect(row(new Random(7).fork('a'))).not.toEqual(row(new Random(7).fork('b')))
})

test('random: half of all draws of sometimes() are never, the rest within bounds', () => {
  const random = new Random(1)
  const drawn = Array.from({ length: 2_000 }, () => random.sometimes(0.3))
  const never = drawn.filter((strength) => strength === 0).length
  expect(never).toBeGreaterThan(800)
  expect(never).toBeLessThan(1_200)
  expect(Math.max(...drawn)).toBeLessThan(0.3)
})

test('random: what has no chance costs no draw', () => {
  const [one, two] = [new Random(3), new Random(3)]
  for (let n = 0; n < 10; n++) one.chance(0)
  expect(one.unit()).toBe(two.unit())
})

test('time: things happen at their moment, ties in the order of their making, cancelled ones never', async () => {
  const time = new VirtualTime()
  const seen: string[] = []
  const at = (ms: number, what: string) => time.after(ms, () => void seen.push(`${time.now} ${what}`))
  at(20, 'c')
  at(10, 'a')
  at(10, 'b')
  at(15, 'never').cancel()
  at(30, 'after the end')
  await time.runUntil(25)
  expect(seen).toEqual(['10 a', '10 b', '20 c'])
  expect(time.now).toBe(25)
})

test('time: promises that a thing sets going are followed to their end before the next thing', async () => {
  const time = new VirtualTime()
  const seen: string[] = []
  time.after(1, () => {
    time.stir()
    void (async () => {
      for (let turn = 0; turn < 200; turn++) await undefined
      seen.push(`chain at ${time.now}`)
    })()
  })
  time.after(2, () => void seen.push('next'))
  await time.runUntil(10)
  expect(seen).toEqual(['chain at 1', 'next'])
})

test('network: a cut way carries nothing, the other direction does; healed, both do', async () => {
  const time = new VirtualTime()
  const network = new Network(time, new Random(1), QUIET)
  const [there, back] = [network.way('a>b'), network.way('b>a')]
  there.cut_until = 1_000
  const arrived: string[] = []
  expect(network.send(there, () => void arrived.push('there'))).toBe(false)
  expect(network.send(back, () => void arrived.push('back'))).toBe(true)
  await time.runUntil(500)
  network.heal()
  network.send(there, () => void arrived.push('healed'))
  await time.runUntil(2_000)
  expect(arrived).toEqual(['back', 'healed'])
})

test('network: requests may come twice, replies never', async () => {
  const time = new VirtualTime()
  const network = new Network(time, new Random(1), { ...QUIET, replay: 1 })
  const way = network.way('a>b')
  let [requests, replies] = [0, 0]
  for (let n = 0; n < 50; n++) {
    network.send(way, () => {
      requests += 1
    })
    network.reply(way, () => {
      replies += 1
    })
  }
  await time.runUntil(60_000)
  expect([requests, replies]).toEqual([100, 50])
})

test('machine: what comes for a stopped process waits, in its order; for a dead one it never comes', async () => {
  const time = new VirtualTime()
  const machine = new Machine(time, new Random(1))
  const seen: number[] = []
  machine.begin()
  machine.stop(false)
  for (const n of [1, 2, 3]) machine.after(n, () => void seen.push(n))
  await time.runUntil(10)
  expect(seen).toEqual([])
  machine.wake()
  expect(seen).toEqual([1, 2, 3])
  machine.after(5, () => void seen.push(4))
  machine.end(false)
  machine.begin()
  await time.runUntil(100)
  expect(seen).toEqual([1, 2, 3])
})

test('machine: asleep the monotonic clock stands still and the wall clock goes on; stopped both go on', async () => {
  const time = new VirtualTime()
  const machine = new Machine(time, new Random(1))
  machine.begin()
  const elapsed = async (asleep: boolean) => {
    const from = machine.stamp()
    machine.stop(asleep)
    await time.runUntil(time.now + 1_000)
    machine.wake()
    const to = machine.stamp()
    return [to.mono_ms - from.mono_ms, to.wall_ms - from.wall_ms]
  }
  expect(await elapsed(true)).toEqual([0, 1_000])
  expect(await elapsed(false)).toEqual([1_000, 1_000])
})

test('seeds.txt: a number and why; anything else is refused', () => {
  expect(readSeeds('# remark\n\n12  because\n')).toEqual([{ seed: 12, theme: null, why: 'because' }])
  expect(readSeeds('12  [slow relay] because\n')).toEqual([{ seed: 12, theme: 'slow relay', why: 'because' }])
  expect(() => readSeeds('12 [no such] because\n')).toThrow(/no theme 'no such'/)
  expect(() => readSeeds('12\n')).toThrow(/why it was kept/)
  expect(() => readSeeds('twelve because\n')).toThrow(/seeds\.txt/)
})
