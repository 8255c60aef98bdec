// Varied lives of accounts, step by step by a list of numbers: whatever may be asked of the doors, wrong things too.

import type { Scene } from './client.ts'
import { NativeHand } from './native-ea.ts'
import type { ManualTime } from './time.ts'

/** Draws from the list, and from its start again when it is used up. */
class Draw {
  readonly #numbers: readonly number[]
  #at = 0

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers.length > 0 ? numbers : [0]
  }

  /** 0 … below. */
  below(limit: number): number {
    const number = this.#numbers[this.#at % this.#numbers.length] ?? 0
    // The same number says something else each time it comes.
    const mixed = Math.imul(number + 0x9e3779b9 + this.#at, 0x85ebca6b) >>> 8
    this.#at += 1
    return mixed % limit
  }

  of<T>(list: readonly T[]): T | undefined {
    return list[this.below(Math.max(1, list.length))]
  }
}

const SYMBOLS = ['EURUSD', 'GBPUSD'] as const
const TICKETS = ['71', '72', '73', '74'] as const

/** One account's life: `act` does one thing, which may be refused. */
export class Life {
  readonly #scene: Scene
  readonly #time: ManualTime
  readonly #draw: Draw
  readonly #native: NativeHand | null
  #commands: string[] = []
  #made = 0
  #key: string | null = null

  constructor(scene: Scene, time: ManualTime, numbers: readonly number[], native: boolean) {
    this.#scene = scene
    this.#time = time
    this.#draw = new Draw(numbers)
    this.#native = native ? new NativeHand(scene) : null
  }

  async act(): Promise<void> {
    const acts = [...this.#people(), ...(this.#native ? this.#nativeActs(this.#native) : this.#plainActs())]
    await this.#draw.of(acts)?.()
  }

  #people(): (() => Promise<unknown>)[] {
    const { below } = { below: (limit: number) => this.#draw.below(limit) }
    const id = () => this.#draw.of(this.#commands) ?? 'nobody'
    const admin = (path: string, body?: unknown, method: 'POST' | 'DELETE' = 'POST') =>
      this.#scene.t.call('webui', method, path, { key: this.#scene.admin, body })
    return [
      () => this.#create(),
      () => this.#create(),
      () => this.#create(),
      () => this.#time.advance([700, 3_500, 16_000, 61_000][below(4)] ?? 0),
      () => this.#scene.cancel(id()),
      () =>
        admin(`${this.#scene.path}/${id()}/settle`, {
          ...(below(2) ? { not_executed: true } : { completed: { ticket: this.#draw.of(TICKETS) } }),
          note: 'looked',
        }),
      async () => {
        if (this.#key === null) {
          const body = { scopes: ['commands:read'], account: this.#scene.login, label: 'l' }
          this.#key = (await admin('/api/v1/keys', body)).body.key_id
        } else if (below(2)) this.#key = (await admin(`/api/v1/keys/${this.#key}/rotate`, {})).body.key_id
        else {
          await admin(`/api/v1/keys/${this.#key}`, undefined, 'DELETE')
          this.#key = null
        }
      },
    ]
  }

  async #create(): Promise<void> {
    const ticket = this.#draw.of(TICKETS)
    const symbol = this.#draw.of(SYMBOLS)
    const [type, payload] = this.#draw.of([
      [
        'OPEN_TRADE',
        { symbol, order_type: 'BUY', volume: 0.1, magic: [7, 1_048_576, 99_000_001][this.#made % 3] },
      ],
      ['OPEN_TRADE', { symbol, order_type: 'SELL', volume: 0.2, sl: 1.2 }],
      ['MODIFY_TRADE', { ticket, sl: 1 + this.#made / 1_000 }],
      ['CLOSE_TRADE', { ticket }],
      ['CLOSE_ALL', this.#made % 2 ? { symbol } : {}],
      ['PROBE', { command_id: this.#draw.of(this.#commands) ?? 'x' }],
      ['CLOSE_PARTIAL', { ticket, volume: 0.1 }],
    ] as const) ?? ['CLOSE_ALL', {}]
    this.#made += 1
    // A name that comes again is an intent that was known.
    const answer = await this.#scene.create(`i${this.#made - (this.#made % 5 === 0 ? 1 : 0)}`, {
      type,
      payload,
    })
    if (answer.status === 201) this.#commands.push(answer.body.command_id)
  }

  #result(): [string, Record<string, unknown>] {
    const ticket = this.#draw.of(TICKETS)
    return (
      this.#draw.of<[string, Record<string, unknown>]>([
        ['completed', { ticket, open_price: 1.1 }],
        ['completed', {}],
        ['failed', { error: 'no money', retcode: 10019 }],
        ['failed', { error: 'requote', retcode: 10004 }],
        ['failed', {}],
      ]) ?? ['failed', {}]
    )
  }

  #plainActs(): (() => Promise<unknown>)[] {
    const scene = this.#scene
    const ticket = () => Number(this.#draw.of(TICKETS))
    return [
      () => scene.poll(),
      () => scene.poll(),
      () => scene.answer(this.#draw.of(this.#commands) ?? 'nobody', ...this.#result()),
      () => scene.answer(this.#draw.of(this.#commands) ?? 'nobody', ...this.#result()),
      () =>
        scene.ask('heartbeat', {
          balance: 1,
          equity: 1,
          margin: this.#draw.below(2),
          free_margin: 1,
          open_positions: 0,
          latency_ms: 5,
        }),
      () => scene.sync(this.#list()),
      () => scene.sync(this.#list()),
      () => scene.event('opened', { ...position(ticket()), timestamp: this.#time.now() / 1000 }),
      () => scene.event('modified', { ticket: ticket(), sl: 1 + this.#draw.below(9) / 100, tp: 0 }),
      () => scene.event('closed', { ticket: ticket(), close_price: 1.3, close_reason: 'TP', profit: 5 }),
    ]
  }

  #list = () =>
    TICKETS.filter(() => this.#draw.below(2)).map((ticket) => position(Number(ticket), this.#draw.below(3)))

  #nativeActs(ea: NativeHand): (() => Promise<unknown>)[] {
    const id = () => this.#draw.of(this.#commands) ?? 'nobody'
    const evidence = () => ({ evidence: this.#draw.of(['journal', 'tag', 'position', 'disowned']) })
    return [
      () => ea.connect(),
      () => ea.connect({ broker: `B${this.#draw.below(3)}` }),
      () => ea.poll(),
      () => ea.poll(),
      () => ea.poll(),
      () => ea.answer(id(), ...this.#result(), evidence()),
      () => ea.answer(id(), ...this.#result(), evidence()),
      () => ea.answer(id(), 'progress', { closed: [] }),
      () =>
        ea.answer(`lost${this.#draw.below(3)}`, ...this.#result(), { ...evidence(), command_no: 9_000_000 }),
      () => new NativeHand(this.#scene).connect(),
      () => ea.connect({ highest_command_no: this.#draw.below(2) * 10_000 * (this.#made + 1) }),
      () =>
        this.#scene.event('opened', {
          ...position(Number(this.#draw.of(TICKETS))),
          timestamp: this.#time.now() / 1000,
        }),
      () =>
        this.#scene.event('closed', { ticket: Number(this.#draw.of(TICKETS)), close_price: 1.3, profit: 5 }),
    ]
  }
}

const position = (ticket: number, turn = 0) => ({
  ticket,
  symbol: SYMBOLS[ticket % 2],
  direction: 'BUY',
  volume: turn === 2 ? 0.05 : 0.1,
  open_price: 1.1,
  sl: turn / 10,
  tp: 0,
  profit: turn,
})
