// F30, acceptance 4: 64 MiB at the tick door, at most 8 MiB elsewhere; more is a 413, over real sockets and in
// bounded memory.
import { connect } from 'node:net'
import { limits } from '@ngtb/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DOORS,
  type Door,
  expectRefusal,
  goodBody,
  keyFor,
  knock,
  ledgerOf,
  pathOf,
  smallWorld,
  stillLedgerOf,
  titled,
  type World,
} from './support/doors.ts'
import { planeOf } from './support/server.ts'

const MiB = 1024 * 1024
const HUNDRED_MB = 100_000_000

let w: World
beforeAll(async () => {
  w = await smallWorld()
})
afterAll(() => w.t.stop())

const posts = DOORS.filter(({ endpoint }) => endpoint.method === 'POST')
const talking = posts.filter(({ endpoint }) => endpoint.body)
const limitOf = ({ endpoint }: Door) => endpoint.body_bytes_max ?? limits.body_bytes_max

test('only the tick door takes more than 8 MiB', () => {
  for (const door of posts)
    expect(limitOf(door), door.name).toBeLessThanOrEqual((door.port === 'ticks' ? 64 : 8) * MiB)
  expect(limitOf(DOORS.find(({ name }) => name === 'ticks_batch') as Door)).toBe(64 * MiB)
})

test.each(titled(talking))('%s: at its limit taken, a byte more 413', async (_, door) => {
  const key = keyFor(door, w.a, w.admin)
  const padded = (bytes: number) => {
    const text = JSON.stringify(goodBody(door, w.a))
    return Buffer.from(text + ' '.repeat(bytes - text.length))
  }
  const taken = await knock(w.t, door, pathOf(door, w.a), { key, body: padded(limitOf(door)) })
  expect(taken.status, taken.text).toBeLessThan(300)
  const before = await stillLedgerOf(w.t)
  const refused = await knock(w.t, door, pathOf(door, w.a), { key, body: padded(limitOf(door) + 1) })
  expectRefusal(refused, 'one more')
  expect(refused.status).toBe(413)
  expect(await ledgerOf(w.t)).toEqual(before)
})

/** Sends up to 100 MB and goes on until it is answered; answers how much it got rid of. */
function flood(port: number, head: string[], chunked: boolean): Promise<{ answer: string; sent: number }> {
  const block = Buffer.alloc(256 * 1024, 0x20)
  const piece = chunked
    ? Buffer.concat([Buffer.from(`${block.length.toString(16)}\r\n`), block, Buffer.from('\r\n')])
    : block
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    let sent = 0
    const pour = () => {
      while (sent < HUNDRED_MB && answer === '' && !socket.destroyed) {
        sent += block.length
        if (!socket.write(piece)) return
      }
    }
    socket.on('drain', pour)
    socket.on('connect', () => {
      socket.write(`${head.join('\r\n')}\r\n\r\n`)
      pour()
    })
    socket.on('data', (data) => {
      answer += data.toString()
      if (answer.includes('request_id')) socket.destroy()
    })
    socket.on('close', () => resolve({ answer, sent }))
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve({ answer, sent })))
  })
}

const addressOf = (door: Door): number => {
  const address = planeOf(w.t.server, door.port).server.address()
  return typeof address === 'object' && address ? address.port : 0
}

describe.each(titled(posts))('F30 %s: 100 MB over a socket', (_, door) => {
  test.each([
    ['announced', `content-length: ${HUNDRED_MB}`, false],
    ['in chunks', 'transfer-encoding: chunked', true],
  ])('%s: 413, nothing stored, little remembered', async (_, how, chunked) => {
    const before = await ledgerOf(w.t)
    const rss = process.memoryUsage().rss
    const { answer, sent } = await flood(
      addressOf(door),
      [
        `POST ${pathOf(door, w.a)} HTTP/1.1`,
        'host: 127.0.0.1',
        'content-type: application/json',
        `authorization: Bearer ${keyFor(door, w.a, w.admin)}`,
        how,
      ],
      chunked,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('NGTB_BODY_TOO_LARGE')
    // An announced one is refused before it is read; else what is read ends soon behind the limit.
    const slack = 16 * MiB // what both ends of a loopback socket hold
    expect(sent).toBeLessThan((chunked ? limitOf(door) : 0) + slack)
    expect(process.memoryUsage().rss - rss).toBeLessThan(2 * limitOf(door) + 64 * MiB)
    expect(await ledgerOf(w.t)).toEqual(before)
  })
})

test('P14: others are served while a door is flooded', async () => {
  const ticks = DOORS.find(({ name }) => name === 'ticks_batch') as Door
  const head = [
    'POST /api/ticks/batch HTTP/1.1',
    'host: 127.0.0.1',
    'content-type: application/json',
    `x-api-key: ${w.a.ea_key}`,
    'transfer-encoding: chunked',
  ]
  const floods = [1, 2, 3].map(() => flood(addressOf(ticks), head, true))
  expect((await w.t.call('command', 'POST', '/api/get_commands', { key: w.a.ea_key, body: {} })).status).toBe(
    200,
  )
  for (const { answer } of await Promise.all(floods)) expect(answer).toMatch(/^HTTP\/1\.1 413 /)
})
