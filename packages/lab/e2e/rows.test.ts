// Ten thousand positions: the page holds those in view, and scrolling shows each of them.
import { SimulatedBroker } from '@ngtb/ea-sim'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOGIN } from '../src/browser/house.ts'
import { type Scene, scene, ticksOfFile, until } from './support.ts'

let at: Scene
const COUNT = 10_000
/** A screenful of the table and what it prepares above and below. */
const ROWS_MAX = 60

beforeAll(async () => {
  at = await scene()
  const broker = new SimulatedBroker({ balance: 10_000_000 })
  for (const tick of await ticksOfFile(0, 1)) broker.onTick(tick)
  for (let n = 0; n < COUNT; n++)
    broker.open({ symbol: 'EURUSD', direction: n % 3 === 0 ? 'SELL' : 'BUY', volume: 0.01 }, { by: 'manual' })
  const { ea } = await at.house.ea({ broker })
  const last = broker.positions().at(-1)?.ticket ?? ''
  const taken = () =>
    at.house
      .client()
      .trade(last)
      .then(
        () => true,
        () => false,
      )
  await until('the list is taken', taken)
  // Nothing changes from here on.
  await ea.kill()
})
afterAll(async () => at?.close())

/** In the page: down by less than what is prepared, as soon as the rows there are shown. */
const SCROLL = `(table) => new Promise((resolve) => {
  const frame = table.parentElement
  const shown = new Set()
  let most = 0
  const look = (last) => {
    const rows = [...table.querySelectorAll('tbody tr[aria-rowindex]')]
    const numbers = rows.map((row) => Number(row.getAttribute('aria-rowindex')))
    const newest = Math.max(...numbers)
    most = Math.max(most, rows.length)
    for (const number of numbers) shown.add(number)
    if (newest === last && newest <= ${COUNT}) return requestAnimationFrame(() => look(last))
    if (newest > ${COUNT}) return resolve({ most, shown: shown.size, last: newest })
    frame.scrollTop += 900
    requestAnimationFrame(() => look(newest))
  }
  look(0)
})`

test('10,000 rows: a bounded number of them is in the page while all are scrolled through', async () => {
  const visit = await at.house.visit(at.browser, 'vic', 'viewer')
  const page = await visit.go(`/accounts/${LOGIN}`)
  const table = page.getByRole('table', { name: 'Open positions' })
  await table.waitFor()
  expect(await table.getAttribute('aria-rowcount')).toBe(String(COUNT + 1))
  const found = (await page.evaluate(`(${SCROLL})(document.querySelector('main table'))`)) as {
    most: number
    shown: number
    last: number
  }
  expect(found.most).toBeLessThanOrEqual(ROWS_MAX)
  expect(found).toMatchObject({ shown: COUNT, last: COUNT + 1 })
  // By keyboard, too: the end, and back.
  await table.locator('tbody tr[aria-rowindex]').last().click()
  await page.keyboard.press('Home')
  await page.locator('tr[aria-rowindex="2"]:focus').waitFor()
  await page.keyboard.press('End')
  await page.locator(`tr[aria-rowindex="${COUNT + 1}"]:focus`).waitFor()
  // Where the machine is busy with ten thousand rows, a question may have to be asked again.
  expect(visit.complaints.filter((complaint) => !complaint.startsWith('503 '))).toEqual([])
  await visit.close()
})
