// Every page, in both themes and at a phone's width: nothing serious for axe, nothing too wide, no error, no refusal of
// the page's own policy. The pages are those of the navigation: a new one is here by itself.
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOGIN } from '../src/browser/house.ts'
import { picture } from '../src/browser/pictures.ts'
import { seed } from '../src/browser/seed.ts'
import { Visit } from '../src/browser/visit.ts'
import { axeFindings, DESK, PHONE, settled, tooWide } from '../src/browser/watch.ts'
import { type Scene, scene, ticksOfFile } from './support.ts'

let at: Scene
const SCRIPT_BYTES_MAX = 400_000

beforeAll(async () => {
  at = await scene()
  await seed(at.house, await ticksOfFile(0, 4_000))
})
afterAll(async () => at?.close())

/** Of the navigation, of the settings' own, and of a command. */
async function addressesOf(visit: Visit): Promise<string[]> {
  const [command] = (await at.house.client().commands({ limit: 1 }).page()).items
  await visit.go('/')
  const main = await linksIn(visit.page, 'Pages')
  await visit.go('/settings')
  const settings = await linksIn(visit.page, 'Settings')
  return [...new Set([...main, ...settings, `/accounts/${LOGIN}/commands/${command?.command_id}`])]
}

async function linksIn(page: Page, name: string): Promise<string[]> {
  const links = await page.getByRole('navigation', { name }).getByRole('link').all()
  const found = await Promise.all(links.map((link) => link.getAttribute('href')))
  return found.map((href) => (href ?? '').replace(/^.*#/, ''))
}

/** `/accounts/12345678/audit` → audit; the overview has no word of its own. */
const nameOf = (address: string): string =>
  address
    .replace(/^\/accounts\/\d+/, '/account')
    .replace(/\/commands\/.+/, '/command')
    .split('/')
    .filter((part) => part !== '')
    .join('-') || 'overview'

test.each(['dark', 'light'] as const)('%s: every page, wide and on a phone', async (scheme) => {
  const visit = await at.house.visit(at.browser, `ada-${scheme}`, 'admin', { scheme })
  const { page } = visit
  const addresses = await addressesOf(visit)
  expect(addresses.length).toBeGreaterThan(10)
  const findings: string[] = []
  for (const address of addresses) {
    const name = nameOf(address)
    await page.setViewportSize(DESK)
    await visit.go(address)
    const found = await axeFindings(page)
    await picture(page, `${name}-${scheme}`)
    await page.setViewportSize(PHONE)
    await settled(page)
    found.push(...(await tooWide(page)))
    if (scheme === 'dark') {
      found.push(...(await axeFindings(page)))
      await picture(page, `${name}-phone`)
    }
    findings.push(...found.map((one) => `${name}, ${scheme}: ${one}`))
  }
  expect([...new Set(findings)]).toEqual([])
  expect(visit.complaints).toEqual([])
  await visit.close()
})

test('the login in the light theme, and a page that is not there', async () => {
  const stranger = await Visit.open(at.browser, at.house.url, { scheme: 'light' })
  await stranger.page.goto(at.house.url)
  await stranger.page.getByRole('heading', { name: 'Log in' }).waitFor()
  expect(await axeFindings(stranger.page)).toEqual([])
  await picture(stranger.page, 'login-light')
  await stranger.close()
  const visit = await at.house.visit(at.browser, 'vic', 'viewer')
  await visit.go('/nowhere')
  await visit.page.getByText('There is no page at this address').waitFor()
  expect([...(await axeFindings(visit.page)), ...visit.complaints]).toEqual([])
  await visit.close()
})

test(`the overview is useful before 400 kB of script, and without what only other pages need`, async () => {
  const visit = await at.house.visit(at.browser, 'vera', 'viewer')
  const scripts: { name: string; bytes: Promise<number> }[] = []
  visit.page.on('response', (response) => {
    if (/\.js$/.test(new URL(response.url()).pathname))
      scripts.push({
        name: new URL(response.url()).pathname,
        bytes: response.body().then((body) => gzipSync(body).length),
      })
  })
  await visit.go('/')
  await visit.page.getByRole('article').first().getByText('Equity').waitFor()
  const sizes = await Promise.all(scripts.map(({ bytes }) => bytes))
  const bytes = sizes.reduce((sum, one) => sum + one, 0)
  expect(bytes).toBeGreaterThan(50_000)
  expect(bytes).toBeLessThan(SCRIPT_BYTES_MAX)
  // The account's page is a chunk of its own: it comes when it is opened.
  const before = scripts.length
  await visit.page.getByRole('article').first().getByRole('link').click()
  await visit.page.getByRole('heading', { name: /^Account / }).waitFor()
  expect(scripts.length).toBeGreaterThan(before)
  await visit.close()
})

test('what a chip and an age say more exactly: on hover, on focus, gone by Escape', async () => {
  const visit = await at.house.visit(at.browser, 'hugo', 'viewer')
  const { page } = visit
  await visit.go('/')
  const chip = page.locator('main article [aria-description]').first()
  const hint = page.getByRole('tooltip')
  await chip.hover()
  await hint.waitFor()
  // It goes on with what it is about: heartbeats are missed while it is read.
  const same = async () => (await hint.textContent()) === (await chip.getAttribute('aria-description'))
  await expect.poll(same).toBe(true)
  await page.mouse.move(0, 0)
  await hint.waitFor({ state: 'detached' })
  const age = page.locator('main button:has(time)').first()
  await age.focus()
  await hint.waitFor()
  expect(await hint.textContent()).toContain('UTC')
  await page.keyboard.press('Escape')
  await hint.waitFor({ state: 'detached' })
  expect(
    await age.evaluate('document.activeElement === document.querySelector("main button:has(time)")'),
  ).toBe(true)
  await visit.close()
})

test('an early question that nobody answers is asked again, and the page comes', async () => {
  const visit = await at.house.visit(at.browser, 'hanna', 'viewer')
  let asked = 0
  await visit.page.route('**/api/v1/session', async (route) => {
    asked += 1
    if (asked > 1) await route.continue()
  })
  await visit.page.goto(at.house.url)
  await visit.page.getByRole('article').first().getByText('Equity').waitFor()
  expect(asked).toBeGreaterThan(1)
  await visit.close()
})
