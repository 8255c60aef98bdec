// A trader's day on the page: opens, modifies, closes a part, closes all in an emergency. After each act the broker's
// own book, the API and the page say the same.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { feedAll, type HouseEa, LOGIN } from '../src/browser/house.ts'
import { rowOf, type Visit } from '../src/browser/visit.ts'
import { axeFindings } from '../src/browser/watch.ts'
import { commandsOf, commandsShown, eventually, type Scene, scene, ticksOfFile } from './support.ts'

let at: Scene
let ea: HouseEa
let visit: Visit

beforeAll(async () => {
  at = await scene()
  ea = await at.house.ea()
  await feedAll(ea, await ticksOfFile(0, 100))
  visit = await at.house.visit(at.browser, 'tara', 'trader')
})
afterAll(async () => {
  await visit?.close()
  await at?.close()
})

const table = () => visit.page.getByRole('table', { name: 'Open positions' })
const shown = async (side: string) => rowOf(table(), table().getByRole('row').filter({ hasText: side }))
const inApi = async (ticket: string) => at.house.client().trade(ticket)
const book = () => ea.broker.positions().map(({ ticket, volume, sl, tp }) => ({ ticket, volume, sl, tp }))

async function more(name: string, act: string): Promise<void> {
  await visit.page.getByRole('button', { name: `More for ${name}` }).click()
  await visit.page.getByRole('menuitem', { name: act }).click()
}

test('opens, modifies and closes a part of a position', async () => {
  const page = await visit.go(`/accounts/${LOGIN}`)
  await page.getByRole('button', { name: 'New order' }).click()
  const ticket_form = page.getByRole('form', { name: 'Order ticket' })
  await ticket_form.getByRole('combobox', { name: 'Symbol' }).selectOption('EURUSD')
  await ticket_form.getByRole('radio', { name: /^Buy/ }).click()
  const volume = ticket_form.getByLabel('Volume, lots', { exact: true })
  await volume.fill('0.305')
  await ticket_form.getByText(/step/).first().waitFor()
  await ticket_form.getByRole('button', { name: /^Buy/ }).click()
  expect(book()).toEqual([])
  await volume.fill('0.3')
  await ticket_form.getByLabel('Stop loss', { exact: true }).fill('1.1')
  expect(await axeFindings(page)).toEqual([])
  await ticket_form.getByRole('button', { name: 'Buy 0.30 EURUSD at market' }).click()
  await eventually(book).toMatchObject([{ volume: 0.3, sl: 1.1, tp: 0 }])
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^completed/ })
    .waitFor()
  await page.keyboard.press('Escape')
  const [{ ticket } = { ticket: '' }] = book()
  await eventually(() => shown('buy')).toMatchObject({ Lots: '0.30', SL: '1.10000', Ticket: ticket })

  await more(`buy 0.30 EURUSD #${ticket}`, 'Change SL and TP…')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Stop loss', { exact: true }).fill('1.09')
  await dialog.getByLabel('Take profit', { exact: true }).fill('1.15')
  await dialog.getByRole('button', { name: 'Set SL 1.09000, TP 1.15000' }).click()
  await eventually(book).toEqual([{ ticket, volume: 0.3, sl: 1.09, tp: 1.15 }])
  await eventually(() => shown('buy')).toMatchObject({ SL: '1.09000', TP: '1.15000' })
  await eventually(() => inApi(ticket)).toMatchObject({ sl: 1.09, tp: 1.15 })

  await more(`buy 0.30 EURUSD #${ticket}`, 'Close a part…')
  await dialog.getByLabel('Lots to close', { exact: true }).fill('0.1')
  await dialog.getByRole('button', { name: 'Close 0.10 lots, 0.20 stay' }).click()
  await eventually(book).toMatchObject([{ ticket, volume: 0.2 }])
  await eventually(() => shown('buy')).toMatchObject({ Lots: '0.20' })
  await eventually(() => inApi(ticket)).toMatchObject({ volume: 0.2, status: 'open' })
  expect(visit.complaints).toEqual([])
})

test('closes by an opposite, closes one, changes and cancels a pending order', async () => {
  const client = at.house.client()
  const by_hand = { symbol: 'EURUSD', direction: 'SELL', volume: 0.1 } as const
  const [{ ticket: bought } = { ticket: '' }] = book()
  ea.broker.open(by_hand, { by: 'manual' })
  const sold = book().find(({ ticket }) => ticket !== bought)?.ticket ?? ''
  const page = await visit.go(`/accounts/${LOGIN}`)
  await eventually(() => shown('sell')).toMatchObject({ Ticket: sold })
  await more(`buy 0.20 EURUSD #${bought}`, 'Close by an opposite…')
  const dialog = page.getByRole('dialog')
  await dialog.getByText(`0.10 lots of #${bought} stay.`).waitFor()
  await dialog.getByRole('button', { name: `Close 0.10 lots against #${sold}` }).click()
  await eventually(book).toMatchObject([{ ticket: bought, volume: 0.1 }])
  await eventually(() => inApi(sold)).toMatchObject({ status: 'closed' })

  await eventually(() => shown('buy')).toMatchObject({ Lots: '0.10' })
  await page.getByRole('button', { name: `Close buy 0.10 EURUSD #${bought}`, exact: true }).click()
  await dialog.getByRole('button', { name: 'Close 0.10 lots' }).click()
  await eventually(book).toEqual([])
  await eventually(() => inApi(bought)).toMatchObject({ status: 'closed' })

  const order = { symbol: 'EURUSD', order_type: 'BUY_LIMIT', volume: 0.4, price: 1.06 } as const
  await (await client.placePending(order)).settled()
  await visit.go(`/accounts/${LOGIN}/orders`)
  const waiting = () => ea.broker.orders.all().map(({ price, sl }) => ({ price, sl }))
  await page.getByRole('button', { name: /^Change buy limit 0.40 EURUSD/ }).click()
  await dialog.getByLabel('Price', { exact: true }).fill('1.05')
  await dialog.getByLabel('Stop loss', { exact: true }).fill('1.04')
  await dialog.getByRole('button', { name: 'Set it to 1.05000' }).click()
  await eventually(waiting).toEqual([{ price: 1.05, sl: 1.04 }])
  await page.getByRole('button', { name: /^Cancel buy limit 0.40 EURUSD/ }).click()
  await dialog.getByRole('button', { name: 'Cancel the order' }).click()
  await eventually(waiting).toEqual([])
  await eventually(async () => (await client.orders({ status: 'waiting' }).all()).length).toBe(0)
  expect(visit.complaints).toEqual([])
})

test('an emergency: says what is meant, wants the word, and shows it until the terminal is flat', async () => {
  const by_hand = { symbol: 'EURUSD', direction: 'SELL', volume: 0.15 } as const
  ea.broker.open(by_hand, { by: 'manual' })
  ea.broker.open({ ...by_hand, direction: 'BUY' }, { by: 'manual' })
  const client = at.house.client()
  const order = { symbol: 'EURUSD', order_type: 'BUY_LIMIT', volume: 0.5, price: 1.05 } as const
  await (await client.placePending(order)).settled()
  await eventually(() => book().length).toBeGreaterThanOrEqual(2)
  const page = await visit.go('/')
  await page.getByRole('button', { name: 'Emergency: close all of an account' }).click()
  await page.getByRole('menuitem', { name: LOGIN }).click()
  const dialog = page.getByRole('dialog', { name: `Emergency: account ${LOGIN}` })
  for (const { ticket } of book()) await dialog.getByText(`#${ticket}`).waitFor()
  await dialog.getByText('1 pending order').waitFor()
  const button = dialog.getByRole('button', { name: `Close all of ${LOGIN}` })
  expect(await button.isEnabled()).toBe(false)
  await dialog.getByLabel('Type CLOSE ALL to go on').fill('CLOSE')
  expect(await button.isEnabled()).toBe(false)
  await dialog.getByLabel('Type CLOSE ALL to go on').fill('CLOSE ALL')
  expect(await axeFindings(page)).toEqual([])
  await button.click()
  const progress = page.getByRole('dialog', { name: `Closing account ${LOGIN}` })
  await progress.getByText('The terminal says flat').waitFor()
  expect(ea.broker.positions()).toEqual([])
  expect(await client.trades({ status: 'open' }).all()).toEqual([])
  expect((await client.orders({ status: 'waiting' }).all()).length).toBe(0)
  await progress.getByRole('button', { name: 'Done' }).click()
  expect(visit.complaints).toEqual([])
})

test('an emergency that meets a closed market says what resists and why', async () => {
  ea.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.25 }, { by: 'manual' })
  const [{ ticket } = { ticket: '' }] = book()
  await eventually(() => inApi(ticket)).toMatchObject({ status: 'open' })
  ea.broker.conditions.setMarketOpen('EURUSD', false)
  const page = await visit.go(`/accounts/${LOGIN}`)
  await page.getByRole('button', { name: 'Close all…', exact: true }).last().click()
  const dialog = page.getByRole('dialog', { name: `Emergency: account ${LOGIN}` })
  await dialog.getByText(`#${ticket}`).waitFor()
  await dialog.getByLabel('Type CLOSE ALL to go on').fill('CLOSE ALL')
  await dialog.getByRole('button', { name: `Close all of ${LOGIN}` }).click()
  const progress = page.getByRole('dialog', { name: `Closing account ${LOGIN}` })
  await progress.getByText('1 position could not be closed yet.').waitFor()
  await progress
    .getByRole('listitem')
    .getByText(/10018 TRADE_RETCODE_MARKET_CLOSED/)
    .waitFor()
  expect(await axeFindings(page)).toEqual([])
  ea.broker.conditions.setMarketOpen('EURUSD', true)
  await progress.getByRole('button', { name: 'Close what is left' }).click()
  await progress.getByText('The terminal says flat').waitFor()
  expect(ea.broker.positions()).toEqual([])
  expect(visit.complaints).toEqual([])
})

test('the commands on their page are those of the API', async () => {
  await visit.go(`/accounts/${LOGIN}/commands`)
  const told = await commandsOf(at.house)
  expect(told.map(({ Type }) => Type)).toEqual([
    'CLOSE_ALL',
    'CLOSE_ALL',
    'CLOSE_ALL',
    'PLACE_PENDING',
    'CANCEL_PENDING',
    'MODIFY_PENDING',
    'PLACE_PENDING',
    'CLOSE_TRADE',
    'CLOSE_BY',
    'CLOSE_PARTIAL',
    'MODIFY_TRADE',
    'OPEN_TRADE',
  ])
  await eventually(() => commandsShown(visit.page)).toEqual(told)
})
