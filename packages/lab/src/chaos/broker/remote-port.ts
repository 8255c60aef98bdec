// The broker as the EA's process holds it: a terminal's calls and its news over a cable that may break.
//
//   R1. A call whose cable broke before its reply came is lost: it may have been carried out, or not.
//   R2. Nothing is sent twice: not by this port.
import net from 'node:net'
import {
  type AccountFigures,
  type BrokerEvent,
  DEFAULT_SYMBOLS,
  type LookQuery,
  type LookResult,
  type OrderRequest,
  type OrderResult,
  type Position,
  type TerminalPort,
  type TerminalState,
} from '@ngtb/ea-sim'
import { Lines } from './lines.ts'

export type BrokerCall =
  | { readonly call: 'order'; readonly request: OrderRequest }
  | { readonly call: 'look'; readonly query: LookQuery }
  | { readonly call: 'terminal' | 'positions' | 'account' }
export type ToBroker = { readonly login: string } | ({ readonly id: number } & BrokerCall)
/** Replies carry their call's number; news come by themselves. */
export type FromBroker =
  | { readonly id: number; readonly reply: unknown }
  | { readonly event: BrokerEvent }
  | { readonly orders: true }

export class CableBroken extends Error {
  override readonly name = 'CableBroken'
}

const CONNECT_AGAIN_MS = 20

export class RemoteBroker implements TerminalPort {
  readonly symbols = DEFAULT_SYMBOLS
  readonly #login: string
  readonly #port: number
  readonly #waiting = new Map<number, { resolve(reply: unknown): void; reject(error: Error): void }>()
  #lines: Promise<Lines> | null = null
  #count = 0
  #listener: ((event: BrokerEvent) => void) | null = null
  #order_listener: (() => void) | null = null

  constructor(login: string, port: number) {
    this.#login = login
    this.#port = port
  }

  order(request: OrderRequest): Promise<OrderResult> {
    return this.#call({ call: 'order', request })
  }

  look(query: LookQuery): Promise<LookResult> {
    return this.#call({ call: 'look', query })
  }

  terminal(): Promise<TerminalState> {
    return this.#call({ call: 'terminal' })
  }

  positions(): Promise<Position[]> {
    return this.#call({ call: 'positions' })
  }

  account(): Promise<AccountFigures> {
    return this.#call({ call: 'account' })
  }

  listen(listener: ((event: BrokerEvent) => void) | null): void {
    this.#listener = listener
  }

  listenOrders(listener: (() => void) | null): void {
    this.#order_listener = listener
  }

  /** The request leaves, and nobody waits for what comes back: for a process that dies in the middle. */
  async shout(request: OrderRequest): Promise<void> {
    const lines = await this.#cable()
    await new Promise<void>((resolve) => lines.send({ id: ++this.#count, call: 'order', request }, resolve))
  }

  async #call<T>(call: BrokerCall): Promise<T> {
    const lines = await this.#cable()
    return new Promise<T>((resolve, reject) => {
      const id = ++this.#count
      this.#waiting.set(id, { resolve: resolve as (reply: unknown) => void, reject })
      lines.send({ id, ...call } satisfies ToBroker)
    })
  }

  /** The cable, plugged in again where it broke; a trade server that is away is waited for. */
  #cable(): Promise<Lines> {
    this.#lines ??= this.#plugIn()
    return this.#lines
  }

  async #plugIn(): Promise<Lines> {
    for (;;) {
      const socket = net.connect(this.#port, '127.0.0.1')
      const up = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true))
        socket.once('error', () => resolve(false))
      })
      if (up) return this.#open(new Lines(socket))
      await new Promise((resolve) => setTimeout(resolve, CONNECT_AGAIN_MS))
    }
  }

  #open(lines: Lines): Lines {
    lines.onValue = (value) => {
      const told = value as FromBroker
      if ('event' in told) return this.#listener?.(told.event)
      if ('orders' in told) return this.#order_listener?.()
      this.#waiting.get(told.id)?.resolve(told.reply)
      this.#waiting.delete(told.id)
    }
    lines.onEnd = () => {
      this.#lines = null
      for (const { reject } of this.#waiting.values()) reject(new CableBroken('the cable broke'))
      this.#waiting.clear()
    }
    lines.send({ login: this.#login } satisfies ToBroker)
    return lines
  }
}
