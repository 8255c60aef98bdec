// What goes away, and comes back: an EA that is killed, a server that begins again.
import type { LiveEvent } from '@ngtb/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { heardBy } from '../src/browser/frames.ts'
import { feedAll, type HouseEa, LOGIN } from '../src/browser/house.ts'
import { commandsOf, commandsShown, eventually, type Scene, scene, ticksOfFile, until } from './support.ts'

let at: Scene
let ea: HouseEa
const BUY = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 } as const

beforeAll(async () => {
  at = await scene()
  ea = await at.house.ea()
  await feedAll(ea, await ticksOfFile(0, 50))
})
afterAll(async () => at?.close())

test('an EA that is killed is shown as lost, by an event, and as linked when it is back', async () => {
  const visit = await at.house.visit(at.browser, 'ada', 'trader')
  const heard = heardBy(visit.page)
  const page = await visit.go('/')
  const card = page.getByRole('article', { name: `Account ${LOGIN}` })
  const chip = (word: string) => card.getByRole('button', { name: `EA link ${word}` })
  await chip('linked').waitFor()
  await ea.ea.kill()
  await chip('silent').waitFor()
  const told = heard.events.find(({ data }) => data.event === 'connection.degraded')
  expect(told).toMatchObject({ account: LOGIN, data: { state: 'reconnecting', consecutive_failures: 1 } })
  expect(await chip('silent').getAttribute('aria-description')).toContain('the EA is silent')
  // What the EA alone can know is unknown now, not in order.
  await card.getByRole('button', { name: 'Trading unknown' }).waitFor()
  await page.getByRole('main').getByText('1 not in order').waitFor()
  const { conditions } = (await at.house.client().account()).connection
  expect(conditions).toMatchObject({ ea_link: { is: false }, trading_allowed: { is: null } })
  ea = await at.house.ea({ broker: ea.broker })
  await chip('linked').waitFor()
  expect(visit.complaints).toEqual([])
  await visit.close()
})

test('an open page outlives a restart of the server: nothing is missed, nothing told twice', async () => {
  const visit = await at.house.visit(at.browser, 'ben', 'trader')
  const heard = heardBy(visit.page)
  const page = await visit.go(`/accounts/${LOGIN}`)
  await page.getByRole('button', { name: 'live' }).waitFor()
  const beside = await visit.context.newPage()
  await beside.goto(`${visit.url}/#/accounts/${LOGIN}/commands`)
  const client = () => at.house.client()
  await (await client().openTrade(BUY)).settled()
  const rows = page.getByRole('table', { name: 'Open positions' }).locator('tr[aria-rowindex]')
  const tickets = async () => {
    const open = await client().trades({ status: 'open' }).all()
    return open.map(({ ticket }) => ticket).sort()
  }
  const shown = async () => {
    const texts = await rows.allInnerTexts()
    return (await tickets()).filter((ticket) => texts.some((text) => text.includes(ticket)))
  }
  await eventually(shown).toHaveLength(1)

  await at.house.stop()
  await page.getByText('Stale since').waitFor()
  await page.getByRole('button', { name: 'stale' }).waitFor()
  // The trader's own hand, while the server is away.
  ea.broker.open({ symbol: 'EURUSD', direction: 'SELL', volume: 0.3 }, { by: 'manual' })
  await at.house.start()
  // The page asks again after a pause: meanwhile strategies are at work.
  const opened = await Promise.all([client().openTrade(BUY), client().openTrade(BUY)])
  for (const command of opened) await command.settled()
  await eventually(async () => (await tickets()).length).toBe(4)
  await page.getByRole('button', { name: 'live' }).waitFor()
  await eventually(shown).toEqual(await tickets())
  await eventually(() => commandsShown(beside)).toEqual(await commandsOf(at.house))
  expect(await page.getByText('Stale since').count()).toBe(0)

  // A last line of the EA's log: up to it, the page has heard what a listener who was never away has.
  ea.ea.log('INFO', FENCE)
  await until('the fence', () => heard.events.some(isFence))
  const told = await everythingTold(heard.events[0]?.seq ?? 0)
  expect(heard.events.map(({ seq }) => seq)).toEqual(told.map(({ seq }) => seq))
  expect(heard.asked.length).toBeGreaterThan(1)
  expect(heard.asked.at(-1)?.after).toBeGreaterThan(0)
  expect(visit.complaints).toEqual([])
  await visit.close()
})

const FENCE = 'up to here'
const isFence = ({ topic, data }: Pick<LiveEvent, 'topic' | 'data'>) =>
  topic === 'log' && JSON.stringify(data).includes(FENCE)

/** The same subscription, by somebody who was never away, from the page's first event to the fence. */
async function everythingTold(first: number): Promise<LiveEvent[]> {
  const topics = ['connection', 'command', 'trade', 'log'] as const
  const told: LiveEvent[] = []
  for await (const event of at.house.client().events({ topics, after: first - 1 })) {
    if (isOfLedger(event)) told.push(event)
    if (isFence(event)) break
  }
  return told
}

const isOfLedger = ({ topic, data }: LiveEvent): boolean =>
  topic !== 'connection' || (typeof data.event === 'string' && !data.event.endsWith('heartbeat'))
