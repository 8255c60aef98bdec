// An EA in the manner of public ones, from the break of a range to the report of the closed trade: it is driven by
// ticks of the test, talks to a server of the test, and what it told, wrote and traded must agree with the broker.
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildEa, Host } from '../src/index.ts'
import { describeWithCompiler, workFolder } from '../test/support/compiler.ts'

interface Report {
  readonly event: string
  readonly deal?: string
  readonly volume?: number
  readonly profit?: number
}
interface State {
  readonly balance: number
  readonly positions: readonly { readonly sl: number; readonly type: number; readonly volume: number }[]
  readonly deals: readonly { readonly ticket: string; readonly type: number; readonly profit: number }[]
}

const BALANCE_DEAL = 2
const SOON = { timeout: 10_000 }
const folder = workFolder()
const program = path.join(folder, 'breakout')

describeWithCompiler('an EA in the manner of public ones', () => {
  const reports: Report[] = []
  let answer = ''
  let server: Server
  let url = ''

  beforeAll(async () => {
    const file = fileURLToPath(new URL('../test/manner/Breakout.mq5', import.meta.url))
    const built = await buildEa(file, program)
    expect([built.findings, built.compiler, built.ok]).toEqual([[], '', true])
    server = createServer(async (request, response) => {
      let body = ''
      for await (const part of request) body += String(part)
      reports.push(JSON.parse(body) as Report)
      response.end(answer)
      answer = ''
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }, 900_000)

  afterAll(() => server.close())

  test('it trades, trails, reports and obeys', async () => {
    const sandbox = path.join(folder, 'box')
    const inputs = { InpUrl: `${url}/report` }
    const host = new Host(program, {
      sandbox,
      inputs,
      allow: [url],
      args: ['--no-feed', '--time', '2025.11.05 10:00:00'],
    })
    const tick = (bid: number) => host.command(`tick EURUSD ${bid.toFixed(5)} ${(bid + 0.0001).toFixed(5)}`)
    const state = async () => (await host.command('state')) as State
    const tells = (word: string) => {
      answer = word
      return host.waitForPrint(`obeys ${word}`)
    }
    await host.waitForPrint('begins on EURUSD PERIOD_M5, side SIDE_BOTH')

    // Far above every bar: it buys as much as one percent of 10,000 pays for 310 points.
    await tick(1.095)
    await host.waitForPrint('opens ORDER_TYPE_BUY 0.32')
    await tick(1.1)
    await host.waitForPrint('trails to 1.09700')
    expect((await state()).positions).toMatchObject([{ sl: 1.097, type: 0, volume: 0.32 }])
    // A pause that came while it holds must not keep it from the stop.
    await tells('pause')
    await tick(1.0965)
    await host.waitFor(({ ev, text }) => ev === 'comment' && text?.startsWith('paused') === true)
    await expect.poll(() => reports.some(({ event }) => event === 'stopped'), SOON).toBe(true)
    const first = await state()
    expect(first.positions).toEqual([])
    expect(first.balance).toBeGreaterThan(10_000)

    // Below every bar, but paused; then resumed, and closed by the server's word.
    await tick(1.07)
    expect((await state()).positions).toEqual([])
    await tells('resume')
    await tick(1.0699)
    await host.waitForPrint('opens ORDER_TYPE_SELL')
    await tells('close|nonsense')
    await host.waitForPrint("does not know 'nonsense'")
    await expect.poll(() => reports.some(({ event }) => event === 'closed'), SOON).toBe(true)

    const last = await state()
    expect(last.positions).toEqual([])
    expect(await host.stop()).toBe(0)
    await host.waitForPrint('ends (1), 4 reported, 0 waiting')
    const trades = last.deals.filter(({ type }) => type !== BALANCE_DEAL)
    const told = reports.filter(({ event }) => event !== 'alive')
    expect(told.map(({ event }) => event)).toEqual(['buy', 'stopped', 'sell', 'closed'])
    expect(told.map(({ deal }) => deal)).toEqual(trades.map(({ ticket }) => ticket))
    const profit = told.reduce((sum, { event, profit: one = 0 }) => sum + (/ed$/.test(event) ? one : 0), 0)
    expect(last.balance).toBeCloseTo(10_000 + profit, 2)
    const rows = readFileSync(path.join(sandbox, 'MQL5/Files/breakout.csv'), 'utf8').trimEnd().split('\r\n')
    expect(rows.map((row) => row.split(';').at(0))).toEqual(trades.map(({ ticket }) => ticket))
    expect(rows.map((row) => row.split(';').at(2))).toEqual(told.map(({ event }) => event))
    expect([...host.of('diag'), ...host.of('critical'), host.errors]).toEqual([''])
  }, 60_000)
})
