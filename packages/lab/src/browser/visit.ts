// A person with a browser: a context with cookies of its own, and the page that is open in it.
import { randomUUID } from 'node:crypto'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { codeOf } from './authenticator.ts'
import { complaintsOf, DESK, settled } from './watch.ts'

export const PASSWORD = 'seven wet hedgehogs sing'

export interface VisitOptions {
  readonly scheme?: 'dark' | 'light'
  readonly size?: { readonly width: number; readonly height: number }
}

export class Visit {
  readonly url: string
  readonly context: BrowserContext
  readonly page: Page
  /** What the page did wrong so far: empty at the end of every test. */
  readonly complaints: string[]
  secret = ''
  csrf = ''

  private constructor(url: string, context: BrowserContext, page: Page) {
    this.url = url
    this.context = context
    this.page = page
    this.complaints = complaintsOf(page)
  }

  static async open(browser: Browser, url: string, options: VisitOptions = {}): Promise<Visit> {
    const { scheme = 'dark', size = DESK } = options
    const context = await browser.newContext({
      viewport: { ...size },
      colorScheme: scheme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    })
    // For a machine that is busy: what does not come is seen late, what comes is not held up.
    context.setDefaultTimeout(60_000)
    return new Visit(url, context, await context.newPage())
  }

  /** In by a one-time link, without its page: for tests that begin behind it. */
  async enter(token: string, enrol: boolean): Promise<void> {
    const setup = await this.ask('POST', '/api/v1/setup', { token, password: PASSWORD })
    this.csrf = setup.body.csrf_token
    if (!enrol) return
    this.secret = (await this.ask('POST', '/api/v1/session/totp')).body.secret
    await this.ask('POST', '/api/v1/session/totp/confirm', { code: codeOf(this.secret) })
    this.csrf = (await this.ask('GET', '/api/v1/session')).body.csrf_token
  }

  /** A request with this person's cookie, as the page would make it. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  async ask(method: string, path: string, data?: unknown): Promise<{ status: number; body: any }> {
    const answer = await this.context.request.fetch(`${this.url}${path}`, {
      method,
      headers: { origin: this.url, 'x-csrf-token': this.csrf, 'idempotency-key': randomUUID() },
      ...(data === undefined ? {} : { data }),
    })
    const text = await answer.text()
    return { status: answer.status(), body: text === '' ? null : JSON.parse(text) }
  }

  /** A page of the house by its hash, when everything on it is there. */
  async go(hash = '/'): Promise<Page> {
    await this.page.goto(`${this.url}/#${hash}`)
    await settled(this.page)
    return this.page
  }

  close(): Promise<void> {
    return this.context.close()
  }
}

/** What an element says, its white space as one. */
export const saidBy = async (element: Locator): Promise<string> =>
  (await element.innerText()).replace(/\s+/g, ' ').trim()

/** The cells of a table's row by the names of their columns. */
export async function rowOf(table: Locator, row: Locator): Promise<Record<string, string>> {
  const heads = await table.getByRole('columnheader').allInnerTexts()
  const cells = await row.getByRole('cell').allInnerTexts()
  const plain = (text: string) => text.replace(/[▲▼\s]+/g, ' ').trim()
  return Object.fromEntries(heads.map((head, at) => [plain(head), plain(cells[at] ?? '')]))
}
