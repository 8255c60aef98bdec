// What a native EA tells of pending orders, and what the doors say of them afterwards.
import { expect } from 'vitest'
import type { Scene } from './client.ts'
import type { NativeHand } from './native-ea.ts'

/** A pending order as the terminal shows it. @param no its ticket */
export const order = (no: number | string, more: object = {}) => ({
  ...{ kind: 'order', order: no, type: 'ORDER_TYPE_BUY_LIMIT', state: 'ORDER_STATE_PLACED' },
  ...{ reason: 'ORDER_REASON_CLIENT', symbol: 'EURUSD', volume: 0.3, volume_left: 0.3 },
  ...{ price: 1.08, sl: 0, tp: 1.12, magic: 0, time: 1_700_000_000 },
  ...more,
})

export const over = (no: number | string, state: string, more: object = {}) =>
  order(no, { state, done_time: 1_700_000_600, ...more })

export class OrderTeller {
  readonly #scene: Scene
  readonly #ea: NativeHand
  #told = 0

  constructor(scene: Scene, ea: NativeHand) {
    this.#scene = scene
    this.#ea = ea
  }

  /** The next events of the trade stream. @param there the server that hears them */
  async tellAt(there: Scene, ...events: unknown[]) {
    const { status, body } = await there.t.call('trades', 'POST', '/api/events', {
      key: this.#scene.ea,
      body: { ...this.#ea.session, stream: 'trade', first_seq: this.#told + 1, events },
    })
    expect(status).toBe(200)
    this.#told += events.length
    return body
  }

  /** @param path behind the account's own */
  async getAt(there: Scene, path: string) {
    const { login, admin } = this.#scene
    return (await there.t.call('webui', 'GET', `/api/v1/accounts/${login}/${path}`, { key: admin })).body
  }
}
