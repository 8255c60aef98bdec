// The server that the runner plays: what it answers when the dialogue says nothing of it.
import { COMMANDS, CommandPriority, ERRORS, type ErrorCode, isCommandType, tagOf } from '@ngtb/protocol'
import type { Json } from '../language/dialogue.ts'

export type Body = { [field: string]: Json | undefined }

/** Time to live where a dialogue says none: long, so that a slow machine is no reason to expire. */
const TTL_MS = 60_000

export interface Cadence {
  readonly poll_interval_ms: number
  readonly heartbeat_ms: number
  readonly owner_lease_ms: number
}

export class Replies {
  epoch = 0
  incarnation = 1
  command_no = 0
  native = false
  #generations: Json = []
  readonly #handed = new Map<string, Body>()
  readonly #api_key: string
  readonly #cadence: Cadence

  constructor(api_key: string, cadence: Cadence) {
    this.#api_key = api_key
    this.#cadence = cadence
  }

  connect(hello: Body): Body {
    this.native = hello.protocol === 2
    const { poll_interval_ms, heartbeat_ms } = this.#cadence
    const plain = {
      status: 'success',
      session_id: 'conformance',
      api_key: this.#api_key,
      subscribed_symbols: ['EURUSD'],
      health_status: {},
      settings: {
        heartbeat_interval_sec: heartbeat_ms / 1000,
        command_poll_interval_sec: poll_interval_ms / 1000,
        trade_sync_interval_sec: 30,
        tick_batch_size: 100,
      },
      server_time: now(),
    }
    if (!this.native) return plain
    this.command_no = Math.max(this.command_no, Number(hello.highest_command_no ?? 0))
    return {
      ...plain,
      protocol: 2,
      epoch: Math.max(this.epoch, Number(hello.last_epoch ?? 0)) + 1,
      incarnation: this.incarnation,
      command_no: this.command_no,
      rev: 0,
      owner_lease_ms: this.#cadence.owner_lease_ms,
      settle_ms: hello.settle_ms ?? 30_000,
      replay: Number(hello.incarnation ?? 0) < this.incarnation,
      generations: this.#generations,
    }
  }

  /** What was really answered to a connect, after the dialogue had its say. */
  connected(answer: Body): void {
    if (typeof answer.epoch === 'number') this.epoch = answer.epoch
    if (typeof answer.incarnation === 'number') this.incarnation = answer.incarnation
    if (typeof answer.command_no === 'number') this.command_no = answer.command_no
  }

  /** To polls, heartbeats, and in pushes. */
  heads(): Body {
    const plain = { status: 'success', commands: [], server_time: now() }
    if (!this.native) return plain
    const { epoch, incarnation } = this
    return { ...plain, epoch, incarnation, rev: 0, generations: this.#generations }
  }

  /** What a dialogue said of the generations holds from now on. */
  remember(answer: Body): void {
    if (answer.generations !== undefined) this.#generations = answer.generations
  }

  isFenced = (body: Body): boolean => this.native && body.epoch !== undefined && body.epoch !== this.epoch

  /** A command as it is handed out: the dialogue's fields over the usual ones. */
  command(given: Body): Body {
    const { id, type } = given
    const known = this.#handed.get(String(id))
    const flat =
      known === undefined ? this.#fresh(given) : { ...known, attempt: Number(known.attempt ?? 1) + 1 }
    const command = { ...flat, ...given, type: type ?? flat.type ?? null }
    this.#handed.set(String(id), command)
    return command
  }

  #fresh(given: Body): Body {
    const { type } = given
    if (!this.native) return {}
    this.command_no = Math.max(this.command_no + 1, Number(given.command_no ?? 0))
    const command_no = Number(given.command_no ?? this.command_no)
    const known = typeof type === 'string' && isCommandType(type) ? COMMANDS[type] : null
    const order = known?.resend === 'never'
    const strategy_no = Number(given.strategy_no ?? 0)
    return {
      command_no,
      priority: known === null ? CommandPriority.NORMAL : CommandPriority[known.priority],
      attempt: 1,
      ttl_ms: type === 'CLOSE_ALL' ? null : TTL_MS,
      strategy_no: order ? strategy_no : null,
      ...(order ? { magic: tagOf({ strategy_no, command_no }), generation: 0 } : {}),
    }
  }
}

/** A refusal as the published endpoints say it. */
export function refusal(code: string): Body {
  const known = Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode] : undefined
  return { status: 'error', error: code, message: known?.title ?? code }
}

const now = (): string => new Date().toISOString()
