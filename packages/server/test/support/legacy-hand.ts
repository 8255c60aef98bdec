// An EA of the older dialect as a test steers it (docs/spec/legacy-ea.md): what it says, through the doors.
import { afterEach, beforeEach, expect } from 'vitest'
import { Scene } from './client.ts'
import { UNLIMITED } from './doors.ts'
import { type ManualTime, manualTime } from './manual-time.ts'
import type { Answer } from './server.ts'

type Body = Record<string, unknown>
export const FIGURES = { balance: 10_000, equity: 10_000, margin: 0, free_margin: 10_000 }

export class LegacyHand {
  readonly s: Scene
  readonly time: ManualTime

  private constructor(s: Scene, time: ManualTime) {
    this.s = s
    this.time = time
  }

  /** A server, and an EA whose run has just begun. */
  static async begin(): Promise<LegacyHand> {
    const time = manualTime()
    const hand = new LegacyHand(await Scene.open({ env: UNLIMITED, ...time }), time)
    await hand.say('command', '/api/symbols')
    return hand
  }

  say(plane: 'command' | 'ticks' | 'trades' | 'logs', path: string, more: Body = {}): Promise<Answer> {
    const { t, login, ea } = this.s
    return t.call(plane, 'POST', path, { body: { account: Number(login), api_key: ea, ...more } })
  }

  heartbeat(): Promise<Answer> {
    return this.say('command', '/api/heartbeat', { timestamp: 0, ...FIGURES, profit_today: 0 })
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  async poll(): Promise<any[]> {
    return (await this.say('command', '/api/get_commands')).body.commands
  }

  answer(command_id: string, status: string, response: Body): Promise<Answer> {
    return this.say('command', '/api/command_response', { command_id, status, response })
  }

  log(message: string, info: string): Promise<Answer> {
    return this.say('logs', '/api/log', { level: 'INFO', message, details: { info } })
  }

  update(ticket: number | string, more: Body = {}): Promise<Answer> {
    return this.say('trades', '/api/trades/update', {
      ...{
        ticket,
        symbol: 'EURUSD',
        direction: 'BUY',
        volume: 0.1,
        open_price: 1.09,
        open_time: 1_795_367_499,
      },
      ...{ close_price: 0, close_time: 0, sl: 1.085, tp: 1.095, profit: 0.5, commission: -0.35, swap: -0.1 },
      ...{ status: 'open', source: 'MT5', close_reason: '' },
      ...more,
    })
  }

  ended(ticket: number, more: Body = {}): Promise<Answer> {
    const end = { status: 'closed', close_price: 1.091, close_time: 1_795_367_900, sl: 0, tp: 0 }
    return this.update(ticket, { ...end, ...more })
  }

  /** One body of ticks with the tickets of all open positions. */
  async ticks(...tickets: (number | string)[]): Promise<void> {
    const positions = tickets.map((ticket) => ({ ticket, profit: 0.5, swap: 0 }))
    const margin = tickets.length === 0 ? 0 : 33
    const { status } = await this.say('ticks', '/api/ticks', { ticks: [], positions, ...FIGURES, margin })
    expect(status).toBe(200)
    // It is judged after the answer, in the desk's own order.
    await new Promise((resolve) => setImmediate(resolve))
    await (await this.s.desk()).run(() => {})
  }

  /** As often as proves an absence. */
  async lists(...tickets: (number | string)[]): Promise<void> {
    for (let n = 0; n < 4; n++) {
      await this.ticks(...tickets)
      await this.time.pass(this.s.t, 1_000)
    }
  }

  /** What the management API has of the account. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  async look(path = ''): Promise<any> {
    const { t, login, admin } = this.s
    return (await t.call('webui', 'GET', `/api/v1/accounts/${login}${path}`, { key: admin })).body
  }

  trade = (ticket: number | string) => this.look(`/trades/${ticket}`)

  open(more: Body = {}): Promise<string> {
    const payload = { symbol: 'EURUSD', order_type: 'BUY', volume: 0.1, sl: 1.085, tp: 1.095 }
    return this.s.made('OPEN_TRADE', { ...payload, ...more })
  }
}

/** For each test of a file a hand of its own; after it the ledger has nothing against itself (P13). */
export function eachWithAHand(take: (hand: LegacyHand) => void): void {
  let hand: LegacyHand
  beforeEach(async () => {
    hand = await LegacyHand.begin()
    take(hand)
  })
  afterEach(async () => {
    expect(await hand.s.problems()).toEqual([])
    await hand.s.stop()
  })
}
