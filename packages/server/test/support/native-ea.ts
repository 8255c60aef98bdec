// A native EA as a test steers it: it says what it is told to say, and remembers its session.
import { randomUUID } from 'node:crypto'
import { positionsDigest } from '@ngtb/protocol'
import type { Scene } from './client.ts'
import type { Answer } from './server.ts'

type Body = Record<string, unknown>

/** A row of a list. */
export interface Listed {
  ticket: number | string
  symbol: string
  direction?: 'BUY' | 'SELL'
  volume: number
  open_price: number
  sl?: number
  tp?: number
  [field: string]: unknown
}

export class NativeHand {
  readonly scene: Scene
  journal_id: string = randomUUID()
  epoch = 0
  incarnation = 1
  mono_ms = 1_000
  highest_command_no = 0
  snapshot_no = 0

  constructor(scene: Scene) {
    this.scene = scene
  }

  async connect(more: Body = {}): Promise<Answer> {
    const { journal_id, epoch, highest_command_no, mono_ms } = this
    const answer = await this.say('/api/connect', {
      account: this.scene.login,
      protocol: 2,
      journal_id,
      last_epoch: epoch,
      highest_command_no,
      incarnation: this.incarnation,
      mono_ms,
      ...more,
    })
    if (answer.status === 200) this.epoch = answer.body.epoch
    return answer
  }

  get session() {
    const { journal_id, epoch, incarnation, mono_ms } = this
    return { journal_id, epoch, incarnation, mono_ms }
  }

  poll(more: Body = {}): Promise<Answer> {
    return this.say('/api/get_commands', { ...this.session, ...more })
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  async commands(more: Body = {}): Promise<any[]> {
    return (await this.poll(more)).body.commands
  }

  heartbeat(more: Body = {}): Promise<Answer> {
    return this.say('/api/heartbeat', { ...this.session, ...more })
  }

  answer(command_id: string, status: string, response: Body = {}, more: Body = {}): Promise<Answer> {
    return this.say('/api/command_response', { ...this.session, command_id, status, response, ...more })
  }

  /** A full list that is what it says, based on the newest revision. */
  async sync(trades: readonly Listed[], more: Body = {}): Promise<Answer> {
    this.snapshot_no += 1
    const fields = {
      snapshot_no: this.snapshot_no,
      terminal_connected: true,
      complete: true,
      ...(await this.agreement(trades)),
    }
    const body = { ...this.session, ...fields, trades, ...more }
    return this.scene.t.call('trades', 'POST', '/api/trades/sync', { key: this.scene.ea, body })
  }

  /** What a heartbeat says of these positions. */
  async agreement(trades: readonly Listed[]) {
    const { account } = await (await this.scene.desk()).ready()
    const digested = trades.map((one) => ({
      ...one,
      ticket: String(one.ticket),
      direction: one.direction ?? 'BUY',
    }))
    const digest = positionsDigest(digested)
    return { based_on_rev: account.rev, positions_total: trades.length, digest }
  }

  say(path: string, body: Body): Promise<Answer> {
    return this.scene.t.call('command', 'POST', path, { key: this.scene.ea, body })
  }
}
