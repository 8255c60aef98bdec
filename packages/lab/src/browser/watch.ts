// What must not be on any page: errors of its code, refusals of its policy, what axe finds, more than its width.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** What stands in the place of what is still to come. */
const LOADING = '[role="status"][aria-label*="oading"]'
export const PHONE = { width: 390, height: 844 }
export const DESK = { width: 1440, height: 900 }

/** Everything that the page does wrong from now on, as sentences. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text().slice(0, 200))
  })
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`${response.status()} from ${response.url()}`)
  })
  return complaints
}

interface AxeFinding {
  readonly id: string
  readonly impact: 'minor' | 'moderate' | 'serious' | 'critical' | null
  readonly nodes: readonly { readonly html: string }[]
}

/** The page as it is: what axe calls serious or critical. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Evaluated by the debugger: the page's own policy lets no foreign script in.
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(AXE)
  const found = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  )) as readonly AxeFinding[]
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => `${impact}: ${id} at ${html.slice(0, 160)}`))
}

/** Empty, or a sentence: a page that is wider than its window scrolls sideways. */
export async function tooWide(page: Page): Promise<string[]> {
  const [wide, room] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number]
  return wide > room ? [`${wide} pixels wide, ${room} are there`] : []
}

/** Resolves when nothing on the page stands for something that is still to come. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.evaluate('document.fonts.ready.then(() => true)')
  await page.locator(LOADING).first().waitFor({ state: 'detached' })
}
