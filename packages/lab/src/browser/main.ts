// Looks at the dashboard in a real browser: in by a one-time link, through the second factor, over the pages, in both
// schemes and at a phone's width. Counts what must not be: refusals of the page's policy, errors of its code, what axe
// finds, and anything wider than a phone. A picture of each stays in the folder.
//
//   node --import tsx packages/lab/src/browser/main.ts LINK [FOLDER] [NAME]
//
// NAME: for the first admin's link; an invitation has its own. NGTB_CHROMIUM: the browser's program.
import { createHmac } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PASSWORD = 'a sentence that nobody has heard 7'
const [link, folder = '/tmp/ngtb-browser', person = ''] = process.argv.slice(2)
const SETTINGS = ['you', 'keys', 'pairing', 'people', 'server'] as const
const complaints: string[] = []

if (link === undefined) {
  console.error('Name the one-time link that `ngtb start` prints, or `ngtb person invite NAME`.')
  process.exitCode = 2
} else await main(link)

async function main(address: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const browser = await chromium.launch({
    executablePath: process.env.NGTB_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' })
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text().slice(0, 200))
    })
    await enter(page, address)
    await look(page, 'overview-dark')
    await page.getByRole('link', { name: /^\d+$/ }).first().click()
    await look(page, 'account-dark')
    await page.getByRole('button', { name: /light theme/ }).click()
    await look(page, 'account-light')
    await page.setViewportSize({ width: 390, height: 844 })
    await look(page, 'account-phone')
    await page.goto(`${new URL(address).origin}/#/`)
    await look(page, 'overview-phone')
    for (const name of SETTINGS) {
      await page.goto(`${new URL(address).origin}/#/settings${name === 'you' ? '' : `/${name}`}`)
      await look(page, `settings-${name}-phone`)
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    for (const name of SETTINGS) {
      await page.goto(`${new URL(address).origin}/#/settings${name === 'you' ? '' : `/${name}`}`)
      await look(page, `settings-${name}-light`)
    }
    await round(page)
  } finally {
    await browser.close()
  }
  for (const complaint of new Set(complaints)) console.error(complaint)
  console.log(`${new Set(complaints).size} complaints; pictures in ${folder}`)
  process.exitCode = complaints.length === 0 ? 0 : 1
}

async function enter(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.getByLabel('Password', { exact: true }).waitFor()
  const name = page.getByLabel('Your name')
  if ((await name.count()) > 0) await name.fill(person)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('The same again', { exact: true }).fill(PASSWORD)
  await look(page, 'setup')
  await page.getByRole('button', { name: 'Set it and go in' }).click()
  const secret = (await page.locator('[class*=secret]').innerText()).replace(/\s/g, '')
  await look(page, 'enrol')
  await page.getByLabel('The code that it shows now').fill(codeOf(secret))
  await page.getByRole('button', { name: 'Set the second factor' }).click()
  await page.getByRole('list', { name: 'Recovery codes' }).waitFor()
  await look(page, 'recovery-codes')
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
}

/** Every page that the navigation has, and one command's life: dark, light, and on a phone. */
async function round(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('link', { name: 'Overview' }).waitFor()
  const places = await page
    .locator('nav[aria-label=Pages] a')
    .evaluateAll((links) => links.map((link) => (link as unknown as { href: string }).href))
  await page.goto(places.find((place) => place.endsWith('/commands')) ?? page.url())
  const first = page.locator('[data-opens]').first()
  if (
    await first.waitFor({ timeout: 5_000 }).then(
      () => true,
      () => false,
    )
  ) {
    await first.click()
    await page.getByRole('heading', { name: 'Life' }).waitFor()
    places.push(page.url())
  }
  for (const wanted of ['light', 'dark'] as const) {
    await page.setViewportSize({ width: 1440, height: 900 })
    const turn = page.getByRole('button', { name: `Turn to the ${wanted} theme` })
    if (await turn.isVisible()) await turn.click()
    for (const place of places) {
      await page.goto(place)
      await look(page, `${nameOf(place)}-${wanted}`)
    }
  }
  await page.setViewportSize({ width: 390, height: 844 })
  for (const place of places) {
    await page.goto(place)
    await look(page, `${nameOf(place)}-phone`)
  }
}

function nameOf(place: string): string {
  const [, path = ''] = place.split('#/')
  return `at-${path.replace(/\/commands\/.+/, '/command').replace(/[^a-z]+/g, '-')}`.replace(/-+$/, '')
}

async function look(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0)
  await page.waitForTimeout(1_500)
  await page.screenshot({ path: `${folder}/${name}.png` })
  await page.evaluate(AXE)
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then(({ violations }) =>
       violations.map(({ id, nodes }) => id + ' ' + nodes[0].html.slice(0, 120)))`,
  )) as string[]
  complaints.push(...found.map((one) => `${name}: ${one}`))
  const [wide, room] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number]
  if (wide > room) complaints.push(`${name}: ${wide} pixels wide, ${room} are there`)
}

/** RFC 6238: what an authenticator shows now. */
function codeOf(secret: string): string {
  const bits = [...secret].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  const key = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const hash = createHmac('sha1', key).update(step).digest()
  const number = hash.readUInt32BE((hash[19] ?? 0) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}
