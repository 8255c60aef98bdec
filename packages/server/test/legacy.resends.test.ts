// Ticks that come again though they are stored: known by what this server knows of its own answers (legacy-resends.ts).
import { EventEmitter } from 'node:events'
import type { Tick } from '@ngtb/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { TickResends } from '../src/planes/legacy-resends.ts'

const tick = (bid: number): Tick => ({ symbol: 'EURUSD', bid, ask: bid + 1, timestamp: 1_795_367_498 })

/** Requests as they come, and a store that takes as long as it is told. */
function house() {
  const resends = new TickResends()
  let at = 0
  const stored: Tick[] = []
  const come = (ticks: readonly Tick[], store_ms: number) => {
    const raw = Object.assign(new EventEmitter(), { writableFinished: false })
    const request = { arrived_at: at, raw: { socket: { destroyed: false } } } as unknown as FastifyRequest
    const call = { request, reply: { raw } as unknown as FastifyReply }
    const done = resends.take(1, ticks, call, {
      now: () => at,
      async store(fresh) {
        await new Promise((resolve) => setImmediate(resolve))
        at += store_ms
        stored.push(...fresh)
      },
    })
    const answered = async () => {
      const known = await done
      raw.writableFinished = true
      raw.emit('close')
      return known
    }
    return { done, answered }
  }
  return { come, stored }
}

test('an answer that is too late: what came again meanwhile is known, though it came before that answer left', async () => {
  const { come, stored } = house()
  const backlog = [tick(1), tick(2), tick(3)]
  const first = come(backlog, 4_000)
  const again = come([...backlog, tick(4)], 10)
  expect(await Promise.all([first.done, again.done])).toEqual([0, 3])
  expect(stored.map(({ bid }) => bid)).toEqual([1, 2, 3, 4])
  await first.answered()
})

test('two EAs on one login: what the one did not hear is known, though the other was answered meanwhile', async () => {
  const { come, stored } = house()
  const backlog = [tick(1), tick(2)]
  await come(backlog, 4_000).answered()
  expect(await come([tick(9)], 10).answered()).toBe(0)
  expect(await come([...backlog, tick(3)], 10).answered()).toBe(2)
  // And once only: the same ones again are new.
  expect(await come([...backlog], 10).answered()).toBe(0)
  expect(stored.map(({ bid }) => bid)).toEqual([1, 2, 9, 3, 1, 2])
})

test('an answer in time was heard: the same ticks once more are new ones', async () => {
  const { come, stored } = house()
  expect(await come([tick(1)], 10).answered()).toBe(0)
  expect(await come([tick(1)], 10).answered()).toBe(0)
  expect(stored).toHaveLength(2)
})
