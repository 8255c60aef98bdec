// The lying wire and the lying post office do what they say, and nothing else (faults F6, F7, F14–F16).
import http from 'node:http'
import net from 'node:net'
import { Random } from '@ngtb/ea-sim'
import { afterEach, expect, test } from 'vitest'
import { HttpProxy, type PassingRequest } from '../src/chaos/proxy/http.ts'
import { TcpProxy } from '../src/chaos/proxy/tcp.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A peer that writes down what it hears, and answers each piece with the same in capitals. */
class Peer {
  heard = ''
  readonly sockets: net.Socket[] = []
  readonly #server = net.createServer({ allowHalfOpen: true }, (socket) => {
    this.sockets.push(socket)
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      this.heard += bytes
      socket.write(String(bytes).toUpperCase())
    })
    socket.on('end', () => socket.end())
  })

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    ends.push(() => {
      for (const socket of this.sockets) socket.destroy()
      this.#server.close()
    })
    return (this.#server.address() as net.AddressInfo).port
  }
}

class Caller {
  heard = ''
  ended = false
  readonly socket: net.Socket

  constructor(port: number) {
    this.socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    this.socket.on('data', (bytes) => {
      this.heard += bytes
    })
    this.socket.on('error', () => {})
    for (const event of ['end', 'close']) this.socket.on(event, () => (this.ended = true))
    ends.push(() => this.socket.destroy())
  }
}

async function scene(seed = 1) {
  const peer = new Peer()
  const proxy = await new TcpProxy(
    { host: '127.0.0.1', port: await peer.listen() },
    new Random(seed),
  ).listen()
  ends.push(() => proxy.close())
  return { peer, proxy, call: () => new Caller(proxy.port) }
}

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 20_000, interval: 5 }).toBe(true)
}

/** Long enough for a loopback to have delivered; what is not there now never comes. */
const turns = () => new Promise((resolve) => setTimeout(resolve, 100))

test('without a fault everything passes, both ways, to the end', async () => {
  const { peer, call } = await scene()
  const caller = call()
  const text = 'abc'.repeat(50_000)
  caller.socket.end(text)
  await until(() => caller.ended)
  expect(peer.heard).toBe(text)
  expect(caller.heard).toBe(text.toUpperCase())
})

test('delays keep the order of the bytes, whatever each piece drew', async () => {
  const { peer, proxy, call } = await scene()
  proxy.set('up', { delay_ms: [0, 30] })
  const caller = call()
  const words = Array.from({ length: 30 }, (_, at) => `word${at} `)
  for (const word of words) {
    caller.socket.write(word)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await until(() => peer.heard.length === words.join('').length)
  expect(peer.heard).toBe(words.join(''))
})

test('a one-way loss is silent: requests arrive, replies do not, and nobody is told', async () => {
  const { peer, proxy, call } = await scene()
  const caller = call()
  caller.socket.write('one ')
  await until(() => caller.heard === 'ONE ')
  proxy.set('down', { swallow: true })
  caller.socket.write('two ')
  await until(() => peer.heard === 'one two ')
  await turns()
  expect(caller.heard).toBe('ONE ')
  expect(caller.ended).toBe(false)
  proxy.heal()
  await until(() => caller.ended) // a connection that was lied to is not trusted again
})

test('the other way round: nothing arrives, and the connection looks alive', async () => {
  const { peer, proxy, call } = await scene()
  proxy.set('up', { swallow: true })
  const caller = call()
  caller.socket.write('lost')
  await until(() => peer.sockets.length === 1)
  await turns()
  expect([peer.heard, caller.ended]).toEqual(['', false])
})

test('a dam holds a connection from the named bytes on; opened, all of it goes on in order', async () => {
  const { peer, proxy, call } = await scene()
  const caller = call()
  const other = call()
  const dam = proxy.dam('up', 'MARK')
  caller.socket.write('before ')
  await until(() => peer.heard === 'before ')
  caller.socket.write('a MA')
  await until(() => peer.heard === 'before a MA')
  caller.socket.write('RK b')
  await dam.reached
  caller.socket.write(' c')
  other.socket.write('!')
  await until(() => peer.heard === 'before a MA!')
  dam.open()
  await until(() => peer.heard === 'before a MA!RK b c')
  caller.socket.write(' MARK') // one dam, one time
  await until(() => peer.heard.endsWith(' MARK'))
})

test('what waits before a dam that is dropped never arrives, though its sender is gone', async () => {
  const { peer, proxy, call } = await scene()
  const caller = call()
  const dam = proxy.dam('up', 'MARK')
  caller.socket.write('MARK')
  await dam.reached
  caller.socket.destroy()
  dam.drop()
  await until(() => peer.sockets.every((socket) => socket.destroyed))
  expect(peer.heard).toBe('')
})

test('a mute door takes connections and never answers; a closed one takes none', async () => {
  const { peer, proxy, call } = await scene()
  proxy.door = 'mute'
  const caller = call()
  caller.socket.write('hello?')
  await until(() => !caller.socket.connecting)
  await turns()
  expect([caller.heard, caller.ended, peer.sockets.length]).toEqual(['', false, 0])
  proxy.door = 'closed'
  const refused = call()
  await until(() => refused.ended)
  expect(caller.ended).toBe(false)
})

test('half open: one end dies, the other is not told', async () => {
  const { peer, proxy, call } = await scene()
  const caller = call()
  caller.socket.write('hello')
  await until(() => caller.heard === 'HELLO')
  proxy.keep_widows = true
  for (const socket of peer.sockets) socket.destroy()
  caller.socket.write('still there?')
  await turns()
  expect(caller.ended).toBe(false)
  expect(peer.heard).toBe('hello')
})

test('the wire is cut when so many bytes have passed', async () => {
  const { peer, proxy, call } = await scene()
  proxy.set('up', { cut_after_bytes: 8 })
  const caller = call()
  caller.socket.write('four')
  await until(() => caller.heard === 'FOUR')
  caller.socket.write('more')
  await until(() => caller.ended)
  expect(peer.heard).toBe('fourmore')
})

test.each([true, false])('a pattern cuts the wire once; it arrives: %s (F7)', async (pass) => {
  const { peer, proxy, call } = await scene()
  const caller = call()
  caller.socket.write('COMMIT before; ')
  await until(() => peer.heard !== '')
  const caught = proxy.cutAt({ direction: 'up', pattern: 'COMMIT', pass })
  caller.socket.write('COM') // the pattern may lie across two pieces
  await turns()
  caller.socket.write('MIT')
  await caught
  await until(() => caller.ended)
  await until(() => peer.heard === `COMMIT before; COM${pass ? 'MIT' : ''}`)
  const next = call()
  next.socket.write('COMMIT')
  await until(() => next.heard === 'COMMIT')
})

async function posts() {
  const arrived: string[] = []
  const server = http.createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    arrived.push(body)
    response.end(`re ${body}`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy = await new HttpProxy({
    host: '127.0.0.1',
    port: (server.address() as net.AddressInfo).port,
  }).listen()
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  ends.push(() => proxy.close())
  const post = async (body: string) => {
    try {
      return await (await fetch(`http://127.0.0.1:${proxy.port}/x`, { method: 'POST', body })).text()
    } catch {
      return null
    }
  }
  return { arrived, proxy, post }
}

const textOf = ({ body }: PassingRequest) => String(body)

test('a lost request never arrives, a lost reply was acted on; the client can not tell them apart', async () => {
  const { arrived, proxy, post } = await posts()
  proxy.plan = (request) => {
    const text = textOf(request)
    return text === 'a' ? { lose: 'request' } : text === 'b' ? { lose: 'reply' } : {}
  }
  expect([await post('a'), await post('b'), await post('c')]).toEqual([null, null, 're c'])
  expect(arrived).toEqual(['b', 'c'])
})

test('a doubled request arrives again, at once and late', async () => {
  const { arrived, proxy, post } = await posts()
  proxy.plan = () => ({ copies: [0, 60] })
  expect(await post('a')).toBe('re a')
  await until(() => arrived.length === 3)
  expect(new Set(arrived)).toEqual(new Set(['a']))
})

test('a request is overtaken by a later one', async () => {
  const { arrived, proxy, post } = await posts()
  proxy.plan = (request) => (textOf(request) === 'a' ? { after_next_ms: 20_000 } : {})
  const first = post('a')
  await until(() => proxy.counted.requests === 1)
  await post('b')
  await first
  expect(arrived).toEqual(['b', 'a'])
})

test('a server that died is a connection that ends, not an invented answer', async () => {
  const { proxy, post } = await posts()
  proxy.target = { host: '127.0.0.1', port: 1 }
  expect(await post('a')).toBeNull()
})

test('an upgrade is a wire from then on', async () => {
  const peer = new Peer()
  const proxy = await new HttpProxy({ host: '127.0.0.1', port: await peer.listen() }).listen()
  ends.push(() => proxy.close())
  const caller = new Caller(proxy.port)
  caller.socket.write(
    'GET /ws/ea HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nx-api-key: k\r\n\r\n',
  )
  await until(() => caller.heard.includes('X-API-KEY: K\r\n\r\n'))
  caller.socket.write('frame')
  await until(() => caller.heard.endsWith('FRAME'))
})
