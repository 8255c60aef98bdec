// The first minutes: `ngtb start` prints a link, the first admin comes in by it, leaves, and comes back.

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeOf } from '../src/browser/authenticator.ts'
import { openChromium } from '../src/browser/chromium.ts'
import { type OwnFolder, ownFolder, type Started } from '../src/browser/ngtb-start.ts'
import { PASSWORD, Visit } from '../src/browser/visit.ts'
import { axeFindings } from '../src/browser/watch.ts'

let browser: Browser
let folder: OwnFolder
let server: Started

beforeAll(async () => {
  folder = ownFolder()
  server = await folder.start()
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  folder?.remove()
})

test('one-time link, password, second factor, recovery codes; out, and in by password and code', async () => {
  const link = server.setup_link ?? ''
  expect(link).toMatch(/#\/setup\?token=/)
  const visit = await Visit.open(browser, server.url)
  const { page } = visit
  const inOrder = async () => expect([...(await axeFindings(page)), ...visit.complaints]).toEqual([])

  await page.goto(link)
  await page.getByLabel('Your name').fill('ada')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('The same again', { exact: true }).fill(`${PASSWORD}!`)
  await page.getByText('This is not the same.').waitFor()
  expect(await page.getByRole('button', { name: 'Set it and go in' }).isEnabled()).toBe(false)
  await page.getByLabel('The same again', { exact: true }).fill(PASSWORD)
  await inOrder()
  await page.getByRole('button', { name: 'Set it and go in' }).click()

  await page.getByRole('heading', { name: 'Set up the second factor' }).waitFor()
  const secret = (await page.getByText(/^[A-Z2-7]{4}( [A-Z2-7]{1,4})+$/).innerText()).replace(/\s/g, '')
  await page.getByRole('img', { name: /QR code/ }).waitFor()
  await inOrder()
  await page.getByLabel('The code that it shows now').fill(codeOf(secret))
  await page.getByRole('button', { name: 'Set the second factor' }).click()
  await page.getByLabel('Recovery codes').waitFor()
  const codes = await page.getByLabel('Recovery codes').getByRole('listitem').allInnerTexts()
  expect(new Set(codes).size).toBe(10)
  await inOrder()
  await page.getByRole('button', { name: 'I have kept them' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.getByText('No account yet').waitFor()
  // The token is of no use any more, and not in the address either.
  expect(page.url()).not.toContain('token')

  const leave = async () => {
    await page.getByRole('button', { name: 'ada, admin' }).click()
    await page.getByRole('menuitem', { name: 'Log out' }).click()
    await page.getByText('You are logged out.').waitFor()
  }
  await leave()
  expect(await visit.context.cookies()).toEqual([])
  const login = async (password: string) => {
    await page.getByLabel('Name', { exact: true }).fill('ada')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Log in' }).click()
  }
  await login('not the password at all')
  const refusal = await page.getByRole('alert').innerText()
  await page.getByLabel('Name', { exact: true }).fill('nobody')
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect.poll(() => page.getByRole('alert').innerText()).toBe(refusal)

  await login(PASSWORD)
  await page.getByLabel('Code of your authenticator').fill('000000')
  await page.getByRole('button', { name: 'Log in' }).click()
  await expect.poll(() => page.getByRole('alert').innerText()).toBe(refusal)
  await inOrder()
  // The code of the enrolment is spent: the next half minute's is taken.
  await page.getByLabel('Code of your authenticator').fill(codeOf(secret, 1))
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()

  await leave()
  await login(PASSWORD)
  await page.getByRole('button', { name: 'Use a recovery code' }).click()
  await page.getByLabel('Recovery code').fill(codes[0] ?? '')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  expect(visit.complaints).toEqual([])
  await visit.close()
})

test('the link is good once, and the next start prints none', async () => {
  const visit = await Visit.open(browser, server.url)
  const { page } = visit
  await page.goto(server.setup_link ?? '')
  await page.getByRole('heading', { name: 'This link is spent' }).waitFor()
  expect(await axeFindings(page)).toEqual([])
  // Nor by the API, past the page that says so.
  const token = /token=(.+)$/.exec(server.setup_link ?? '')?.[1]
  const again = await visit.ask('POST', '/api/v1/setup', { token, name: 'eve', password: PASSWORD })
  expect(again).toMatchObject({ status: 410, body: { code: 'NGTB_LINK_SPENT' } })
  expect((await visit.ask('GET', '/api/v1/session')).status).toBe(401)
  await page.getByRole('button', { name: 'To the login' }).click()
  await page.getByRole('heading', { name: 'Log in' }).waitFor()
  await visit.close()
  await server.stop()
  server = await folder.start()
  expect(server.setup_link).toBeUndefined()
})
