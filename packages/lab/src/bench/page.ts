// `npm run bench:page`: how soon the overview is useful on loopback, in a real Chromium, with an empty cache and with a
// full one, and how evenly ten thousand rows scroll. Exit 1 when a target is missed; with CI=true it only tells.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openChromium } from '../browser/chromium.ts'
import { Visit } from '../browser/visit.ts'
import { settled } from '../browser/watch.ts'
import { readArguments, runTool } from '../support/arguments.ts'
import { Latencies } from '../support/measure.ts'
import { NO_RATE_LIMITS, withOwnServer } from '../support/own-server.ts'
import { encodeRequest } from '../support/wire.ts'
import { latency, tellLines } from './lines.ts'
import { type Actor, checked, Stage } from './stage.ts'

const NUMBERS = {
  loads: { default: 20, min: 3, max: 500, about: 'times that the overview is opened, of each kind' },
  accounts: { default: 20, min: 1, max: 200, about: 'accounts on the overview' },
  rows: { default: 10_000, min: 100, max: 10_000, about: 'open positions of the account that is scrolled' },
} as const
const USEFUL_MS_MAX = 1_000
/** A frame that takes longer is seen as a jerk. */
const FRAME_MS_MAX = 50

/** Before the page's first script: when was an account's figure on the screen? Its clock begins with the navigation. */
const WATCH = `const watch = new MutationObserver(() => {
  const card = document.querySelector('main article dd')
  if (!/[0-9]/.test(card?.textContent ?? '')) return
  watch.disconnect()
  // What is in the page at a frame is painted by the time its next task runs.
  requestAnimationFrame(() => setTimeout(() => { globalThis.useful = performance.now() }))
})
watch.observe(document, { subtree: true, childList: true, characterData: true })`

/** In the page: a screenful a frame to the end; how long each frame took. */
const SCROLL = `new Promise((resolve) => {
  const frame = document.querySelector('main table').parentElement
  const frames = []
  let last = performance.now()
  const step = (now) => {
    frames.push(now - last)
    last = now
    const before = frame.scrollTop
    frame.scrollTop = before + 300
    if (frame.scrollTop === before) resolve(frames.slice(1))
    else requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
})`

async function usefulAfter(page: Page): Promise<number> {
  await page.locator('main article dd').first().waitFor()
  await page.waitForFunction('globalThis.useful !== undefined')
  return (await page.evaluate('globalThis.useful')) as number
}

/** @param state cookies of somebody who is logged in */
async function cold(
  browser: Browser,
  url: string,
  state: Awaited<ReturnType<BrowserContext['storageState']>>,
) {
  const context = await browser.newContext({ storageState: state })
  const page = await context.newPage()
  await page.addInitScript(WATCH)
  await page.goto(url)
  const ms = await usefulAfter(page)
  await context.close()
  return ms
}

async function fill(stage: Stage, actor: Actor, rows: number): Promise<void> {
  const trades = Array.from({ length: rows }, (_, at) => ({
    ticket: 5_000_000 + at,
    symbol: 'SYM00',
    direction: at % 3 === 0 ? 'SELL' : 'BUY',
    volume: 0.1,
    open_price: 1.09,
    profit: (at % 200) - 100,
  }))
  const body = JSON.stringify({ account: actor.login, trades })
  const wire = await stage.wire('trades')
  checked(
    await wire.send(encodeRequest('POST', '/api/trades/sync', actor.key, body)),
    'the list of positions',
  )
}

await runTool(async () => {
  const { numbers } = readArguments(process.argv.slice(2), { tool: 'npm run bench:page', numbers: NUMBERS })
  const browser = await openChromium()
  const lines = await withOwnServer(NO_RATE_LIMITS, async (server) => {
    const stage = new Stage(server)
    const actors = await stage.cast(numbers.accounts)
    for (const actor of actors) checked(await actor.ea.send(actor.heartbeat), 'heartbeat')
    const visit = await Visit.open(browser, server.url)
    const invited = await fetch(`${server.url}/api/v1/people`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.admin_key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'bench', role: 'viewer' }),
    })
    const { link } = (await invited.json()) as { link: string }
    await visit.enter(new URL(link).hash.replace(/^.*token=/, ''), false)
    const state = await visit.context.storageState()
    // One page is open at a time: that of the login would take its share of the machine.
    await visit.page.goto('about:blank')
    const [first, warm, frames] = [new Latencies(), new Latencies(), new Latencies()]
    await cold(browser, server.url, state)
    for (let n = 0; n < numbers.loads; n++) first.record(await cold(browser, server.url, state))
    await visit.page.addInitScript(WATCH)
    for (let n = 0; n <= numbers.loads; n++) {
      await visit.page.goto(`${server.url}/?${n}`)
      const ms = await usefulAfter(visit.page)
      if (n > 0) warm.record(ms)
    }
    const [scrolled] = actors
    if (scrolled) await fill(stage, scrolled, numbers.rows)
    await visit.page.goto(`${server.url}/#/accounts/${scrolled?.login}`)
    await settled(visit.page)
    await visit.page.getByRole('table').first().waitFor()
    for (const ms of (await visit.page.evaluate(SCROLL)) as number[]) frames.record(ms)
    stage.close()
    return [
      latency('overview useful, empty cache', first.summary(), USEFUL_MS_MAX, Number.POSITIVE_INFINITY),
      latency('overview useful, seen before', warm.summary(), USEFUL_MS_MAX, Number.POSITIVE_INFINITY),
      latency(`${numbers.rows} rows, a frame`, frames.summary(), FRAME_MS_MAX, Number.POSITIVE_INFINITY),
    ]
  }).finally(() => browser.close())
  return tellLines(lines)
})
