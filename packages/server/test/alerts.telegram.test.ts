// A chat asks, and closes: only chats that are named, only with a second word in time, and once.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { TelegramBot } from '../src/alerts/telegram-bot.ts'
import { systemClock } from '../src/platform/clock.ts'
import { systemIds } from '../src/platform/ids.ts'
import { silentLog } from '../src/platform/log.ts'
import { systemTimers } from '../src/platform/timers.ts'
import { CONFIRM_MS } from '../src/services/alert-chat.ts'
import { type BotApi, botApi } from './support/bot-api.ts'
import { position, UNLIMITED } from './support/doors.ts'
import { type TestServer, testServer } from './support/server.ts'
import { until } from './support/wait.ts'

const LOGIN = '4242'
const [CHAT, GROUP, STRANGER] = [77, -100, 666]
const TOKEN = '123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const real = systemClock()
/** What time has passed beside the clock's own. */
let passed = 0
const clock = { now: () => real.now() + passed }
let t: TestServer
let ea: string
let api: BotApi
let bot: TelegramBot

beforeAll(async () => {
  api = await botApi()
  const env = {
    NGTB_ALERT_TELEGRAM_TOKEN: TOKEN,
    NGTB_ALERT_TELEGRAM_CHATS: `${CHAT}, ${GROUP}`,
    NGTB_ALERT_TELEGRAM_COMMANDS: 'close',
  }
  t = await testServer({ env: { ...UNLIMITED, ...env }, clock, hornTimers: systemTimers })
  ea = await t.enrol(LOGIN)
  for (const ticket of ['1001', '1002'])
    await t.call('trades', 'POST', '/api/trades/opened', { key: ea, body: position(ticket) })
  const parts = { store: t.store, clock, timers: systemTimers, ids: systemIds, log: silentLog }
  bot = new TelegramBot({ ...parts, token: TOKEN, api_root: api.url })
  bot.start(t.server.services.alertChat)
})
afterAll(async () => {
  await bot.stop()
  await t.stop()
  await api.stop()
})
beforeEach(() => {
  api.said.length = 0
})

/** What is answered next. */
async function answer(chat: number, text: string, user = chat) {
  const before = api.said.length
  api.write(chat, text, clock.now(), user)
  await until(() => api.said.length > before)
  return api.said[before] as BotApi['said'][number]
}
async function pressed(chat: number, data: string | null, user = chat) {
  const before = api.said.length
  api.press(chat, data ?? '', user)
  await until(() => api.said.length > before)
  return api.said[before]?.text
}
const commands = async () =>
  (await t.store.commands(1, { limit: 50, after: null }, { types: ['CLOSE_TRADE', 'CLOSE_ALL'] })).items

test('/status and /positions tell how it is, and what is open', async () => {
  expect((await answer(CHAT, '/status')).text).toMatch(/4242: connected, health 100.*2 open/)
  const { text } = await answer(CHAT, `/positions@some_bot ${LOGIN}`)
  expect(text.split('\n').map((line) => line.split(' ')[1])).toEqual(['#1001', '#1002'])
  expect((await answer(CHAT, '/positions 999')).text).toMatch(/no account with the login 999/)
  expect((await answer(CHAT, '/what')).text).toContain('/close TICKET')
})

test('a chat that is not named is answered nothing', async () => {
  api.write(STRANGER, '/status', clock.now())
  api.write(STRANGER, '/close ALL', clock.now())
  await answer(CHAT, '/status') // behind them
  expect(api.said.map(({ chat }) => chat)).toEqual([String(CHAT)])
})

test('a close waits for its button; pressed twice it is one command, told as the chat’s', async () => {
  const asked = await answer(CHAT, '/close 1001')
  expect(asked.text).toMatch(/close #1001 EURUSD 0.1 of account 4242\?/)
  expect(await commands()).toEqual([])
  expect(await pressed(CHAT, asked.data)).toMatch(/^Asked: close #1001/)
  expect(await pressed(CHAT, asked.data)).toMatch(/^Asked before/)
  const [made, ...more] = await commands()
  expect(more).toEqual([])
  expect(made).toMatchObject({ type: 'CLOSE_TRADE', payload: { ticket: '1001' }, origin: `telegram:${CHAT}` })
  const { items } = await t.store.auditOf(1, { limit: 5, after: null }, { subject: made?.command_id ?? '' })
  expect(items.at(-1)).toMatchObject({ kind: 'command.created', actor: `telegram:${CHAT}` })
})

test('in a group only who asked may confirm, and is named', async () => {
  const asked = await answer(GROUP, '/close eurusd', 5)
  expect(await pressed(GROUP, asked.data, 6)).toBe('Only who asked may confirm.')
  expect(await pressed(CHAT, asked.data, 5)).toMatch(/over/)
  expect(await pressed(GROUP, asked.data, 5)).toMatch(/^Asked: close all 2 positions in EURUSD/)
  expect((await commands())[0]).toMatchObject({
    ...{ type: 'CLOSE_ALL', payload: { symbol: 'EURUSD' }, origin: `telegram:${GROUP}/5` },
  })
})

test('a button is over after a minute; what was asked long ago is not done', async () => {
  const before = (await commands()).length
  const asked = await answer(CHAT, '/close ALL')
  passed += CONFIRM_MS
  expect(await pressed(CHAT, asked.data)).toMatch(/over.*ask again/)
  api.write(CHAT, '/close ALL', clock.now() - 600_000)
  await until(() => api.said.some(({ text }) => /came late/.test(text)))
  expect(await commands()).toHaveLength(before)
})

test('what is not there, or not one, is said in words', async () => {
  expect((await answer(CHAT, '/close 55')).text).toMatch(/position 55 is not open/)
  expect((await answer(CHAT, '/close GBPUSD')).text).toMatch(/no position in GBPUSD/)
  await t.enrol('4343')
  expect((await answer(CHAT, '/close ALL')).text).toMatch(/several accounts/)
  expect((await answer(CHAT, `/close ALL ${LOGIN}`)).data).not.toBeNull()
})
