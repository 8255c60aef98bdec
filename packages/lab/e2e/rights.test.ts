// Who may not: a viewer, a page of somebody else, a key and a session that were ended.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from '@ngtb/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { feedAll, type HouseEa, LOGIN } from '../src/browser/house.ts'
import { axeFindings } from '../src/browser/watch.ts'
import { eventually, type Scene, scene, ticksOfFile, until } from './support.ts'

let at: Scene
let ea: HouseEa
const BUY = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 }
const COMMANDS = `/api/v1/accounts/${LOGIN}/commands`
/** What an act could be called, on any page. */
const ACTS = /^(buy|sell|close|modify|cancel|open|place|emergency|revoke|rotate|invite|disable|new)\b/i

beforeAll(async () => {
  at = await scene()
  ea = await at.house.ea()
  await feedAll(ea, await ticksOfFile(0, 50))
  ea.broker.open({ symbol: 'EURUSD', direction: 'BUY', volume: 0.2 }, { by: 'manual' })
  const trades = `/api/v1/accounts/${LOGIN}/trades`
  await until('the position is told', async () => (await at.house.look(trades)).items.length === 1)
})
afterAll(async () => at?.close())

test('a viewer is offered no act, and the API refuses each', async () => {
  const visit = await at.house.visit(at.browser, 'vera', 'viewer')
  const { page } = visit
  await visit.go('/')
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link')
  const addresses = await links.evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))
  expect(addresses.length).toBeGreaterThan(1)
  for (const address of addresses) {
    await visit.go(address.replace('#', ''))
    // A column's heading is a button, too: it sorts.
    const buttons = await page.locator('button:not(th button)').allInnerTexts()
    expect(buttons.filter((name) => ACTS.test(name.trim()))).toEqual([])
  }
  await visit.go(`/accounts/${LOGIN}`)
  expect(await page.getByRole('table').getByText('EURUSD').count()).toBe(1)

  const opened = await visit.ask('POST', COMMANDS, { type: 'OPEN_TRADE', payload: BUY })
  expect(opened).toMatchObject({ status: 403, body: { code: 'NGTB_SCOPE' } })
  const closed = await visit.ask('POST', COMMANDS, { type: 'CLOSE_ALL', payload: {} })
  expect(closed).toMatchObject({ status: 403, body: { code: 'NGTB_SCOPE' } })
  expect((await visit.ask('GET', '/api/v1/people')).status).toBe(403)
  expect((await at.house.look(COMMANDS)).items).toEqual([])
  expect(visit.complaints).toEqual([])
  await visit.close()
})

test('a trader may, by the same way', async () => {
  const visit = await at.house.visit(at.browser, 'tom', 'trader')
  const { status, body } = await visit.ask('POST', COMMANDS, { type: 'OPEN_TRADE', payload: BUY })
  expect([status, body.code]).toEqual([201, undefined])
  await eventually(async () => (await visit.ask('GET', COMMANDS)).body.items[0].status).toBe('completed')
  await visit.close()
})

test('a page of another origin gets nothing in, and hears nothing', async () => {
  // Another port of the same host: the browser sends the cookie along, and only the Origin tells them apart.
  const foreign = await foreignSite()
  const visit = await at.house.visit(at.browser, 'tess', 'trader')
  const before = (await at.house.look(COMMANDS)).items.length
  const page = await visit.context.newPage()
  // The browser hides the answer from that page; the debugger sees its status, and what was sent.
  const wire = await visit.context.newCDPSession(page)
  await wire.send('Network.enable')
  const cookies = new Map<string, string>()
  const statuses: number[] = []
  wire.on('Network.requestWillBeSentExtraInfo', ({ requestId, headers }) => {
    if (headers.Host === new URL(visit.url).host) cookies.set(requestId, headers.Cookie ?? '')
  })
  wire.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode }) => {
    if (cookies.has(requestId)) statuses.push(statusCode)
  })
  await page.goto(foreign.url)
  const command = { type: 'OPEN_TRADE', payload: BUY, command_id: 'from-elsewhere' }
  const attack = async (script: string) => {
    await page.evaluate(script)
    await eventually(() => statuses.length).toBeGreaterThan(0)
    return statuses[0]
  }
  const address = JSON.stringify(`${visit.url}${COMMANDS}`)
  const body = JSON.stringify(JSON.stringify(command))
  const posting = `fetch(${address}, { method: 'POST', mode: 'no-cors', credentials: 'include', body: ${body} })`
  expect(await attack(`${posting}.then(() => true, () => true)`)).toBe(403)
  const asking = `fetch(${JSON.stringify(`${visit.url}/api/v1/session`)}, { credentials: 'include' })`
  expect(await page.evaluate(`${asking}.then((answer) => answer.text(), () => 'not readable')`)).toBe(
    'not readable',
  )
  const listening = `new Promise((resolve) => {
    const socket = new WebSocket(${JSON.stringify(`${visit.url.replace('http', 'ws')}/ws`)})
    socket.onopen = () => resolve('open')
    socket.onerror = () => resolve('refused')
  })`
  expect(await page.evaluate(listening)).toBe('refused')
  // The cookie was there: it is the Origin that was refused.
  expect([...cookies.values()].every((cookie) => cookie.includes('ngt='))).toBe(true)
  await visit.go('/')
  expect(await visit.page.evaluate(listening)).toBe('open')
  expect((await at.house.look(COMMANDS)).items).toHaveLength(before)
  // Nor may the dashboard be shown inside of another page, where a click means something else.
  await page.evaluate(`document.body.innerHTML = '<iframe src="${visit.url}/"></iframe>'`)
  await eventually(() => page.frames().length).toBe(2)
  const framed = page.frames()[1]
  await eventually(() => framed?.url()).toMatch(/^chrome-error:/)
  await visit.close()
  foreign.server.close()
})

test('a session that an admin ends: the open page is at the login, and says why', async () => {
  const visit = await at.house.visit(at.browser, 'tina', 'trader')
  const admin = await at.house.visit(at.browser, 'anna', 'admin')
  await visit.go(`/accounts/${LOGIN}`)
  await visit.page.getByRole('button', { name: 'live' }).waitFor()
  const { body } = await visit.ask('GET', '/api/v1/session')
  expect((await admin.ask('DELETE', `/api/v1/sessions/${body.session_id}`)).status).toBe(204)
  await visit.page.getByRole('heading', { name: 'Log in' }).waitFor()
  expect(await visit.page.getByText('EURUSD').count()).toBe(0)
  expect(visit.complaints).toEqual([])
  await visit.close()
  await admin.close()
})

test('a key that an admin revokes on the page: its socket ends, and the page says so', async () => {
  const api_key = await at.house.key(['commands:read'], 'night watch')
  const program = createClient({ url: at.house.url, api_key, account: LOGIN })
  const links: boolean[] = []
  const stream = program.events({ on_link: ({ live }) => links.push(live) })
  const attend = async () => {
    for await (const _ of stream);
  }
  const ending = attend().then(
    () => 'closed',
    (error: Error) => error.message,
  )
  await eventually(() => links.at(-1)).toBe(true)
  const admin = await at.house.visit(at.browser, 'amy', 'admin')
  const page = await admin.go('/settings/keys')
  const table = page.getByRole('table', { name: 'Keys' })
  await table.getByText('night watch').waitFor()
  await page.getByRole('button', { name: 'Revoke night watch' }).click()
  const dialog = page.getByRole('dialog', { name: 'Revoke night watch' })
  expect(await axeFindings(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Revoke this key now' }).click()
  await eventually(() => table.getByText('night watch').count()).toBe(0)
  await page.getByRole('button', { name: /^Show 1 ended/ }).click()
  const row = table.getByRole('row').filter({ hasText: 'night watch' })
  await row.getByRole('button', { name: 'revoked' }).waitFor()
  expect(await row.getByRole('button', { name: /^Revoke/ }).count()).toBe(0)
  expect(await ending).toMatch(/key/i)
  expect(links.at(-1)).toBe(false)
  await expect(program.account()).rejects.toMatchObject({ status: 401 })
  expect(admin.complaints).toEqual([])
  await admin.close()
})

test('an admin sets on the page what is an alert; a trader finds no such page', async () => {
  const admin = await at.house.visit(at.browser, 'abe', 'admin')
  const page = await admin.go('/settings/alerts')
  const failures = page.getByLabel('Silent intervals in a row')
  expect(await failures.getAttribute('placeholder')).toBe('3 holds now')
  await failures.fill('2.5')
  expect(await page.getByRole('button', { name: 'Set them' }).isDisabled()).toBe(true)
  await page.getByText('A whole number').waitFor()
  await failures.fill('7')
  await page.getByLabel('Quiet hours').selectOption('between these times')
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Set them' }).click()
  await eventually(async () => (await at.house.look('/api/v1/alert-settings')).settings).toEqual({
    failures: 7,
    quiet_hours: { from: '22:00', to: '07:00', zone: 'UTC' },
  })
  // An account's own, of which the server knows better than the form.
  await page.getByLabel('For', { exact: true }).selectOption(LOGIN)
  await page.getByPlaceholder('7 holds now').waitFor()
  await page.getByLabel('Rules that raise nothing').fill('tick_silense')
  await page.getByRole('button', { name: 'Set them' }).click()
  await page.getByText('there is no rule tick_silense').waitFor()
  await page.getByLabel('Rules that raise nothing').fill('tick_silence')
  await page.getByRole('button', { name: 'Set them' }).click()
  const own = `/api/v1/accounts/${LOGIN}/alert-settings`
  await eventually(async () => (await at.house.look(own)).settings).toEqual({ muted: ['tick_silence'] })
  // The refusal was wanted.
  expect(admin.complaints.filter((complaint) => !complaint.startsWith('400 '))).toEqual([])
  await admin.close()
  const trader = await at.house.visit(at.browser, 'theo', 'trader')
  await (await trader.go('/settings/alerts')).getByText('This is for admins').waitFor()
  expect((await trader.ask('PUT', '/api/v1/alert-settings', { failures: 1 })).status).toBe(403)
  await trader.close()
})

async function foreignSite(): Promise<{ url: string; server: Server }> {
  const server = createServer((_request, answer) => {
    answer.setHeader('content-type', 'text/html')
    answer.end('<!doctype html><title>elsewhere</title><h1>Win a prize</h1>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server }
}
