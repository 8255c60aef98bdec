// One contract over every channel, against a receiver on a bad day: 0 lost, 0 doubled.
import { createHmac } from 'node:crypto'
import type { ChannelName } from '@ngtb/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import { emailChannel } from '../src/alerts/email.ts'
import { telegramChannel } from '../src/alerts/telegram.ts'
import { webhookChannel } from '../src/alerts/webhook.ts'
import { systemIds } from '../src/platform/ids.ts'
import { silentLog } from '../src/platform/log.ts'
import type { Channel, Clock, Delivery, Timers } from '../src/ports.ts'
import { testMessage } from '../src/services/alert-messages.ts'
import { MemoryLedger } from '../src/storage/memory/ledger.ts'
import { createMemoryStore } from '../src/storage/memory/store.ts'
import { AlertDispatch } from '../src/workers/alert-dispatch.ts'
import { NOW, pictureOf, stepOn } from './support/ledger.ts'
import { httpStandIn, type Mood, type StandIn, smtpStandIn, type Taken } from './support/stand-ins.ts'
import { until } from './support/wait.ts'

const SECRET = 'a secret of the test'
const TOKEN = '123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

/** Two minutes in a second: what a channel waits for is waited for. */
const FASTER = 120
const hurried = (): { clock: Clock; timers: Timers } => {
  const began = performance.now()
  return {
    clock: { now: () => NOW + Math.round((performance.now() - began) * FASTER) },
    timers: {
      after(ms, call) {
        const timer = setTimeout(call, ms / FASTER)
        return { cancel: () => clearTimeout(timer) }
      },
    },
  }
}

interface Case {
  receiver(moods: readonly Mood[], port?: number): Promise<StandIn>
  channel(port: number, clock: Clock): Channel
  /** May what was taken once and again be told apart from two by whoever receives it? */
  isRepeat(first: Taken, second: Taken): boolean
}

const CASES = {
  webhook: {
    receiver: (moods, port) => httpStandIn(moods, ({ headers }) => String(headers['idempotency-key']), port),
    channel: (port, clock) =>
      webhookChannel({ url: `http://127.0.0.1:${port}/x`, secret: SECRET, min_severity: 'info', clock }),
    isRepeat: (first, second) => first.text === second.text,
  },
  telegram: {
    receiver: (moods, port) =>
      httpStandIn(moods, (_, text) => /#([0-9a-f]{8})/.exec(JSON.parse(text).text)?.[1] ?? '', port),
    channel: (port) =>
      telegramChannel({
        ...{ token: TOKEN, chats: ['77'], min_severity: 'info' },
        api_root: `http://127.0.0.1:${port}`,
      }),
    // G1: it can't be left out, and says what it is.
    isRepeat: (_, second) => /sent again/.test(JSON.parse(second.text).text),
  },
  email: {
    receiver: smtpStandIn,
    channel: (port) =>
      emailChannel({
        ...{ from: 'bot@example.com', to: ['ada@example.com'], min_severity: 'info' },
        url: `smtp://127.0.0.1:${port}`,
      }),
    isRepeat: () => true, // by its Message-ID, which is the key here
  },
} satisfies Record<Exclude<ChannelName, 'log'>, Case>

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function outbox(name: ChannelName, count: number) {
  const ledger = new MemoryLedger()
  const store = createMemoryStore({ ledger })
  const step = stepOn(await pictureOf(store, 0))
  const rows = Array.from({ length: count }, (): Delivery => {
    const message = testMessage(systemIds.uuid(), 'test', NOW)
    return {
      ...{ delivery_id: message.delivery_id, alert_id: null, channel: name, tiding: 'test', message },
      ...{ state: 'waiting', attempts: 0, created_at: NOW, next_at: NOW, done_at: null, error: null },
      ...{ claimed_by: null, claimed_until: null },
    }
  })
  step.saveAlerting('deliveries', ...rows)
  await store.commit(step.changeSet())
  return { ledger, store, ids: rows.map(({ delivery_id }) => delivery_id) }
}

function dispatch(
  store: ReturnType<typeof createMemoryStore>,
  channels: Channel[],
  time: ReturnType<typeof hurried>,
) {
  const line = new AlertDispatch({ store, ...time, ids: systemIds, log: silentLog, channels })
  stops.push(() => line.stop())
  line.start()
  return line
}

const states = (ledger: MemoryLedger) =>
  [...ledger.tables.alerting.deliveries.values()].map(({ state }) => state)
const isDone = (ledger: MemoryLedger) => states(ledger).every((state) => state === 'done')

describe.each(Object.entries<Case>(CASES))('%s', (name, { receiver, channel, isRepeat }) => {
  const BAD: Mood[] = ['hang', 'refuse', 'busy', 'die', 'lost', 'broken', 'ok', 'busy', 'lost', 'die', 'hang']

  async function expectEachOnce(
    standIn: StandIn,
    ids: readonly string[],
    ledger: MemoryLedger,
  ): Promise<void> {
    await until(() => isDone(ledger))
    const keys = ids.map((id) => (name === 'telegram' ? id.slice(0, 8) : id))
    const of = (key: string) => standIn.taken.filter((taken) => taken.key.startsWith(key))
    for (const key of keys) {
      const [first, ...more] = of(key)
      expect(first, `${key} was lost`).toBeDefined()
      for (const again of more) expect(first && isRepeat(first, again), `${key} was doubled`).toBe(true)
    }
    expect(new Set(standIn.taken.map(({ key }) => key)).size).toBe(ids.length)
  }

  test('hangs, refuses, asks for patience, dies before and after it took: 0 lost, 0 doubled', async () => {
    const time = hurried()
    const standIn = await receiver(BAD)
    stops.push(() => standIn.stop())
    const { ledger, store, ids } = await outbox(name as ChannelName, 5)
    dispatch(store, [channel(standIn.port, time.clock)], time)
    await expectEachOnce(standIn, ids, ledger)
    for (const mood of BAD) expect(standIn.asked).toContain(mood)
  })

  test('nobody listens at first: what waits is sent once somebody does', async () => {
    const time = hurried()
    const gone = await receiver([])
    await gone.stop()
    const { ledger, store, ids } = await outbox(name as ChannelName, 3)
    dispatch(store, [channel(gone.port, time.clock)], time)
    await until(() => [...ledger.tables.alerting.deliveries.values()].some(({ attempts }) => attempts > 1))
    const standIn = await receiver([], gone.port)
    stops.push(() => standIn.stop())
    await expectEachOnce(standIn, ids, ledger)
  })

  test('two servers on one ledger, one of which dies: each message is sent by one', async () => {
    const time = hurried()
    const standIn = await receiver(['hang'])
    stops.push(() => standIn.stop())
    const { ledger, store, ids } = await outbox(name as ChannelName, 6)
    // The first one claims, and is never heard of again.
    const dead = createMemoryStore({ ledger })
    const lost = await dead.claimDeliveries(name as ChannelName, 'dead', NOW, NOW + 30_000, 1)
    expect(lost).toHaveLength(1)
    for (const server of [store, createMemoryStore({ ledger })])
      dispatch(server as typeof store, [channel(standIn.port, time.clock)], time)
    await expectEachOnce(standIn, ids, ledger)
  })
})

test('a webhook is signed over its time and body, and each attempt has its own time', async () => {
  const time = hurried()
  const { receiver, channel }: Case = CASES.webhook
  const standIn = await receiver(['lost', 'ok'])
  stops.push(() => standIn.stop())
  const { ledger, store } = await outbox('webhook', 1)
  dispatch(store, [channel(standIn.port, time.clock)], time)
  await until(() => isDone(ledger))
  const [first, second] = standIn.taken
  const checked = [first, second].map((taken) => {
    const [, seconds, hex] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(taken?.headers['x-ngtb-signature'])) ?? []
    expect(hex).toBe(createHmac('sha256', SECRET).update(`${seconds}.${taken?.text}`).digest('hex'))
    return Number(seconds)
  })
  expect(checked[1]).toBeGreaterThan(checked[0] ?? 0)
  expect(first?.key).toBe(second?.key)
  expect(second?.headers['x-ngtb-attempt']).toBe('2')
})

test('a channel that hangs holds up no other', async () => {
  const time = hurried()
  const { receiver, channel }: Case = CASES.webhook
  const standIn = await receiver(Array(1_000).fill('hang'))
  stops.push(() => standIn.stop())
  const { ledger, store } = await outbox('log', 20)
  const log: Channel = {
    ...{ name: 'log', about: '', min_severity: 'info' },
    send: async () => ({ kind: 'done' }),
    close: async () => {},
  }
  const hanging = await outbox('webhook', 1)
  for (const row of hanging.ledger.tables.alerting.deliveries.values())
    ledger.tables.alerting.deliveries.set(row.delivery_id, row)
  dispatch(store, [channel(standIn.port, time.clock), log], time)
  await until(() => states(ledger).filter((state) => state === 'done').length === 20)
  expect(states(ledger)).toContain('waiting')
})

test('after three days a message is given up, and is counted', async () => {
  const { ledger, store } = await outbox('webhook', 1)
  const late: Clock = { now: () => NOW + 3 * 86_400_000 }
  const refusing: Channel = {
    ...{ name: 'webhook', about: '', min_severity: 'info' },
    send: async () => ({ kind: 'failed', error: 'no', after_ms: null }),
    close: async () => {},
  }
  dispatch(store, [refusing], { clock: late, timers: hurried().timers })
  await until(() => states(ledger)[0] === 'given_up')
  expect(await store.channelQueues(0)).toEqual([{ channel: 'webhook', waiting: 0, given_up: 1, error: null }])
})
