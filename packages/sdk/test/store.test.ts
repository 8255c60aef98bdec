// Intents on disk: what a crash leaves, and what is taken up again.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CreateRequest } from '../src/commands.ts'
import {
  createClient,
  type IntentStore,
  intentKey,
  NgtbError,
  type OpenTrade,
  OutcomeUnknown,
  openIntentStore,
} from '../src/index.ts'
import { type Peer, startPeer } from './support/peer.ts'

const order: OpenTrade = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 }
const quick = { initial_delay_ms: 5, max_delay_ms: 20, deadline_ms: 400, request_timeout_ms: 400 }
let dir: string
let path: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ngtb-intents-'))
  path = join(dir, 'breakout.intents')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const caught = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
const request = (...command_ids: string[]): CreateRequest => ({
  login: '12345678',
  command_ids,
  batch: command_ids.length > 1,
  body: JSON.stringify({ about: command_ids }),
  kept_at: 1,
  lapses_at: 2,
})
const idsOf = async (store: IntentStore) =>
  (await store.kept()).map(({ command_ids }) => command_ids.join('+'))

describe('intentKey', () => {
  test('the same decision is the same key in any process, another one another', () => {
    const at = new Date('2026-01-02T03:04:05Z')
    const key = intentKey('breakout', 12345678, 'EURUSD', at)
    // Keys outlive processes and versions: this text must never change.
    expect(key).toBe('25949b53-0b66-568d-8e66-6f69c0e9de4d')
    expect(intentKey('breakout', 12345678n, 'EURUSD', at)).toBe(key)
    expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const others = [
      intentKey('breakout', 12345678, 'EURUSD'),
      intentKey('ab', 'c'),
      intentKey('a', 'bc'),
      intentKey('abc'),
    ]
    expect(new Set([key, ...others]).size).toBe(5)
  })

  test('a decision that is missing has no key', () => {
    expect(() => intentKey()).toThrow(TypeError)
    expect(() => intentKey('breakout', Number.NaN)).toThrow(/NaN names no decision/)
  })
})

describe('the file', () => {
  test('property: what was kept and not forgotten is there after any number of crashes', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ keep: fc.integer({ min: 1, max: 3 }) }) },
      { weight: 3, arbitrary: fc.record({ forget: fc.nat(20) }) },
      { weight: 1, arbitrary: fc.constant('crash' as const) },
    )
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const file = join(dir, `run-${run++}`)
        let store = await openIntentStore(file)
        let expected: string[][] = []
        let made = 0
        for (const one of steps) {
          if (one === 'crash') {
            await store.close()
            await appendFile(file, '{"keep":{"login":"1","comma')
            store = await openIntentStore(file)
          } else if ('keep' in one) {
            const ids = Array.from({ length: one.keep }, () => `c-${made++}`)
            expected.push(ids)
            await store.keep(request(...ids))
          } else {
            await store.forget(`c-${one.forget}`)
            expected = expected
              .map((ids) => ids.filter((id) => id !== `c-${one.forget}`))
              .filter((ids) => ids.length)
          }
          expect(await idsOf(store)).toEqual(expected.map((ids) => ids.join('+')))
        }
        await store.close()
      }),
      { numRuns: 25 },
    )
  })

  test('S2: wherever the last record is torn, what came before it stays', async () => {
    const store = await openIntentStore(path)
    await store.keep(request('a'))
    const whole = (await readFile(path)).length
    await store.keep(request('b'))
    await store.close()
    const full = await readFile(path)
    for (let cut = full.length; cut >= whole; cut--) {
      const torn = join(dir, `torn-${cut}`)
      await writeFile(torn, full)
      await truncate(torn, cut)
      const again = await openIntentStore(torn)
      // Its last byte is the line's end: the record is whole without it.
      expect(await idsOf(again)).toEqual(cut >= full.length - 1 ? ['a', 'b'] : ['a'])
      await again.keep(request('c'))
      await again.close()
      const reread = await openIntentStore(torn)
      expect((await idsOf(reread)).at(-1)).toBe('c')
      await reread.close()
    }
  })

  test('S2: damage before the end stops, and names the line', async () => {
    const store = await openIntentStore(path)
    await store.keep(request('a'))
    await store.keep(request('b'))
    await store.close()
    const lines = (await readFile(path, 'utf8')).split('\n')
    await writeFile(path, [lines[0]?.slice(0, 30), lines[1], ''].join('\n'))
    expect(await caught(openIntentStore(path))).toMatchObject({
      code: 'NGTB_INTENT_STORE',
      message: expect.stringMatching(/^line 1 of .* is damaged/),
    })
  })

  test('S3: whoever opens it last owns it; the earlier one can keep nothing more', async () => {
    const first = await openIntentStore(path)
    await first.keep(request('a'))
    const second = await openIntentStore(path)
    expect(await idsOf(second)).toEqual(['a'])
    expect(await caught(first.keep(request('b')))).toMatchObject({
      code: 'NGTB_INTENT_STORE',
      message: expect.stringMatching(/opened by another process/),
    })
    expect(await caught(first.keep(request('c')))).toBeInstanceOf(NgtbError)
    await second.keep(request('d'))
    await Promise.all([first.close(), second.close()])
    const third = await openIntentStore(path)
    expect(await idsOf(third)).toEqual(['a', 'd'])
    await third.close()
  })

  test('many at once share their writes, and all are there; nothing else stays in the folder', async () => {
    const store = await openIntentStore(path)
    const ids = Array.from({ length: 200 }, (_, at) => `c-${at}`)
    await Promise.all(ids.map((id) => store.keep(request(id))))
    await store.close()
    const again = await openIntentStore(path)
    expect(await idsOf(again)).toEqual(ids)
    await again.close()
    expect(await readdir(dir)).toEqual(['breakout.intents'])
  })

  test('it holds what is open, not what ever was', async () => {
    const store = await openIntentStore(path)
    await store.keep(request('open'))
    const big = { ...request('x'), body: JSON.stringify({ padding: 'x'.repeat(1_000_000) }) }
    for (let n = 0; n < 6; n++) {
      await store.keep({ ...big, command_ids: [`c-${n}`] })
      await store.forget(`c-${n}`)
    }
    expect((await readFile(path)).length).toBeLessThan(3_000_000)
    await store.keep(request('last'))
    await store.close()
    const again = await openIntentStore(path)
    expect(await idsOf(again)).toEqual(['open', 'last'])
    await again.close()
  })
})

describe('C5: with a client', () => {
  let peer: Peer
  beforeEach(async () => {
    peer = await startPeer()
  })
  afterEach(() => peer.stop())
  const clientWith = (intents: IntentStore, url = peer.url) =>
    createClient({ url, account: 12345678, intents, ...quick })
  /** Nobody listens there: what is sent to it never arrives, not even late. */
  const nowhere = 'http://127.0.0.1:1'

  test('the intent is on disk before its request leaves', async () => {
    const store = await openIntentStore(path)
    const order_of_things: string[] = []
    const watched: IntentStore = {
      get: (id) => store.get(id),
      kept: () => store.kept(),
      forget: (...ids) => store.forget(...ids),
      keep: async (one) => {
        await store.keep(one)
        order_of_things.push(`kept, ${peer.posts().length} sent`)
      },
    }
    const client = clientWith(watched)
    await client.openTrade({ ...order, command_id: 'c-1' })
    await client.openTrade({ ...order, command_id: 'c-1' })
    expect(order_of_things).toEqual(['kept, 0 sent'])
    expect(peer.posts()).toHaveLength(2)
    expect(await idsOf(store)).toEqual(['c-1'])
    await store.close()
  })

  test('what can not be kept is not sent', async () => {
    const store = await openIntentStore(path)
    await store.close()
    expect(await caught(clientWith(store).openTrade(order))).toMatchObject({ code: 'NGTB_INTENT_STORE' })
    expect(peer.seen).toHaveLength(0)
  })

  test('the same id for another intent is refused here, before it could be sent', async () => {
    const store = await openIntentStore(path)
    const lost = clientWith(store, nowhere).openTrade({ ...order, command_id: 'c-1' })
    expect(await caught(lost)).toBeInstanceOf(OutcomeUnknown)
    const other = clientWith(store).openTrade({ ...order, volume: 0.2, command_id: 'c-1' })
    expect(await caught(other)).toMatchObject({ code: 'NGTB_COMMAND_REUSED', status: 0 })
    expect(peer.posts()).toHaveLength(0)
    await store.close()
  })

  test('what was refused is forgotten; what is in doubt is not', async () => {
    const store = await openIntentStore(path)
    const client = clientWith(store)
    peer.world.refuses.set('OPEN_TRADE', { status: 423, code: 'NGTB_RISK_CLOSED' })
    expect(await caught(client.openTrade({ ...order, command_id: 'no' }))).toMatchObject({ status: 423 })
    peer.meets('POST', ...Array(99).fill({ do: 'hang' }))
    expect(await caught(client.closeAll({ command_id: 'doubt' }))).toBeInstanceOf(OutcomeUnknown)
    expect(await idsOf(store)).toEqual(['doubt'])
    await store.close()
  })

  test('U1: after a crash each intent is taken up with its key: known ones found, lost ones made, all once', async () => {
    const before = await openIntentStore(path)
    await clientWith(before).closeAll({ command_id: 'known' })
    const away = clientWith(before, nowhere)
    const pending = { ...order, order_type: 'BUY_LIMIT', price: 1, command_id: 'lost' } as const
    expect(await caught(away.placePending(pending))).toBeInstanceOf(OutcomeUnknown)
    const pair = away.batch([
      { type: 'REQUEST_SYNC', command_id: 'b-1' },
      { type: 'CLOSE_TRADE', ticket: 7, command_id: 'b-2' },
    ])
    expect(await caught(pair)).toBeInstanceOf(OutcomeUnknown)
    await before.close()

    const after = await openIntentStore(path)
    const revived = clientWith(after)
    const found = await revived.resume()
    expect(found.map(({ kind, command_id }) => [kind, command_id])).toEqual(
      ['known', 'lost', 'b-1', 'b-2'].map((id) => ['taken_up', id]),
    )
    expect(found.map((one) => one.kind === 'taken_up' && one.handle.replayed)).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect([...peer.commands.keys()]).toEqual(['known', 'lost', 'b-1', 'b-2'])
    await after.forget('known', 'b-1')
    expect((await revived.resume()).map(({ command_id }) => command_id)).toEqual(['lost', 'b-2'])
    expect(peer.commands.size).toBe(4)
    await after.close()
  })

  test('U2: one whose moment is gone is only looked for', async () => {
    const store = await openIntentStore(path)
    const client = clientWith(store)
    await client.openTrade({ ...order, ttl_ms: 1, command_id: 'arrived' })
    const never = { ...order, ttl_ms: 1, command_id: 'never-sent', deadline_ms: 30 }
    expect(await caught(clientWith(store, nowhere).openTrade(never))).toBeInstanceOf(OutcomeUnknown)
    const sent = peer.posts().length
    const found = await client.resume()
    expect(found.map(({ kind, command_id }) => [kind, command_id])).toEqual([
      ['taken_up', 'arrived'],
      ['lapsed', 'never-sent'],
    ])
    expect(peer.posts()).toHaveLength(sent)
    expect(await idsOf(store)).toEqual(['arrived'])
    await store.close()
  })

  test('U2: a clock that went back does not make an OPEN young again', async () => {
    const store = await openIntentStore(path)
    const soon = Date.now() + 3_600_000
    await store.keep({ ...request('from-the-future'), kept_at: soon, lapses_at: soon + 5_000 })
    expect(await clientWith(store).resume()).toMatchObject([{ kind: 'lapsed' }])
    expect(peer.posts()).toHaveLength(0)
    await store.close()
  })

  test('U3: silence and a bad key forget nothing; a refusal does', async () => {
    const store = await openIntentStore(path)
    const client = clientWith(store)
    const away = clientWith(store, nowhere)
    expect(await caught(away.closeAll({ command_id: 'stop' }))).toBeInstanceOf(OutcomeUnknown)
    expect(await caught(away.resume({ deadline_ms: 50 }))).toBeInstanceOf(OutcomeUnknown)
    peer.meets('POST', ...Array(9).fill({ do: 'answer', status: 401, body: { code: 'NGTB_KEY_INVALID' } }))
    expect(await caught(client.resume())).toMatchObject({ code: 'NGTB_KEY_INVALID' })
    expect(await idsOf(store)).toEqual(['stop'])
    peer.world.faults.length = 0
    peer.world.refuses.set('CLOSE_ALL', { status: 422, code: 'NGTB_COMMAND_PAYLOAD' })
    expect(await client.resume()).toMatchObject([
      { kind: 'refused', error: { code: 'NGTB_COMMAND_PAYLOAD' } },
    ])
    expect(await idsOf(store)).toEqual([])
    await store.close()
  })

  test('U3: what lapsed is told also when a later one met silence first', async () => {
    const store = await openIntentStore(path)
    await store.keep(request('lapsed'))
    const client = clientWith(store)
    peer.meets('POST', ...Array(99).fill({ do: 'hang' }))
    expect(await caught(client.closeAll({ command_id: 'stop' }))).toBeInstanceOf(OutcomeUnknown)
    expect(await caught(client.resume())).toBeInstanceOf(OutcomeUnknown)
    peer.world.faults.length = 0
    expect((await client.resume()).map(({ kind }) => kind)).toEqual(['lapsed', 'taken_up'])
    await store.close()
  })

  test('K0, K22: a strategy that is killed at any moment asks for its command once', async () => {
    const program = `
      import { createClient, openIntentStore } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)}
      const intents = await openIntentStore(${JSON.stringify(path)})
      const client = createClient({ url: '${peer.url}', account: 12345678, intents, request_timeout_ms: 60_000 })
      const found = await client.resume()
      if (found.length === 0) await client.closeAll({ reason: 'decided once' })
      for (const { command_id } of found) await intents.forget(command_id)
      console.log('taken up', found.length)`
    const start = () => spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program])
    // The first dies with its request on the way, the second after the server has made the command.
    for (const fault of [{ do: 'hang' }, { do: 'lose_answer' }] as const) {
      peer.meets('POST', fault, ...Array(9).fill({ do: 'hang' }))
      const seen = peer.posts().length
      const child = start()
      await vi.waitFor(() => expect(peer.posts().length).toBeGreaterThan(seen), { timeout: 60_000 })
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      peer.world.faults.length = 0
    }
    const child = start()
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += String(chunk)
    })
    await once(child, 'close')
    expect(said).toBe('taken up 1\n')
    expect(peer.commands.size).toBe(1)
    expect(new Set(peer.posts().map(({ body }) => body)).size).toBe(1)
  })
})
