// Doing what a native EA asks to be done: disk, trade server, looks. Between any two moments of it the process may end.
import type { Effect, EffectResult, MemoryJournal, TradeServer } from '@ngtb/ea-sim'
import { eaAsk } from './facts.ts'
import type { Machine } from './machine.ts'
import type { NativeLists } from './native-lists.ts'
import type { TerminalParts } from './plain-terminal.ts'

export interface EffectParts extends TerminalParts {
  readonly machine: Machine
  readonly disk: () => MemoryJournal
  readonly trade_server: TradeServer
  /** Of the process that runs. */
  readonly lists: () => NativeLists | null
  onOrder(request: (Effect & { kind: 'order' })['request']): void
  /** In the middle of an effect the process may end here. @returns true: it has */
  mayDie(where: string): boolean
}

type Done = (result: EffectResult) => void

export class NativeEffects {
  readonly #parts: EffectParts
  /** A record is half on the disk: a crash now tears it. */
  tearing = false

  constructor(parts: EffectParts) {
    this.#parts = parts
  }

  /** @param done called once, in the process that asked; never when it ends before */
  perform(effect: Effect, done: (result: EffectResult) => void): void {
    const { mayDie } = this.#parts
    if (mayDie(`before ${effect.kind}`)) return
    const finish = (result: EffectResult) => {
      if (!mayDie(`after ${effect.kind}`)) done(result)
    }
    switch (effect.kind) {
      case 'append':
        this.#append(effect, finish)
        break
      case 'order':
        this.#order(effect, finish)
        break
      case 'look':
        this.#look(effect, finish)
        break
      case 'replace_journal':
      case 'rewrite_journal':
        this.#later(5, () => finish(this.#renew(effect)))
        break
      case 'sync':
        this.#sync(finish)
        break
      case 'bars':
        this.#bars(effect, finish)
        break
      case 'subscribe':
        finish({ kind: 'ok' })
    }
  }

  /** A new file takes the old one's place in one move: a crash leaves the one or the other. */
  #renew(effect: Effect & { kind: 'replace_journal' | 'rewrite_journal' }): EffectResult {
    const { disk, random } = this.#parts
    if (effect.kind === 'rewrite_journal') {
      disk().rewrite(effect.records)
      return { kind: 'ok' }
    }
    disk().replace()
    return { kind: 'replaced', journal_id: random.uuid() }
  }

  #append({ records, durable }: Effect & { kind: 'append' }, done: (result: EffectResult) => void): void {
    const { disk, mayDie } = this.#parts
    disk().write(records)
    this.tearing = true
    if (mayDie('in the middle of a record')) return
    this.#later(durable ? 4 : 0, () => {
      if (durable) disk().sync()
      this.tearing = false
      done({ kind: 'ok' })
    })
  }

  /** The order leaves at once; it arrives, and its answer comes back, whatever becomes of the terminal. */
  #order({ request }: Effect & { kind: 'order' }, done: (result: EffectResult) => void): void {
    const { time, random, trade_server, day, market, machine, mayDie, onOrder } = this.#parts
    this.#parts.history.note(this.#parts.name, `sends ${request.action} of ${request.command_id}`)
    onOrder(request)
    const heard = machine.bound(done)
    time.after(Math.min(random.exponential(day.effect_ms / 2), 400), () => {
      const result = trade_server.order(request, time.now)
      this.#comeLate()
      if (market.resultIsLost())
        return void time.after(1_500, () => heard({ kind: 'lost', cause: 'no answer' }))
      time.after(random.exponential(day.effect_ms), () => heard({ kind: 'order', result }))
    })
    mayDie('after the order left')
  }

  /** What the trade server does later, it does at its own time. */
  #comeLate(): void {
    const { time, trade_server } = this.#parts
    const due = trade_server.nextDue()
    if (due !== null)
      time.after(due - time.now, () => {
        trade_server.advance(time.now)
        this.#comeLate()
      })
  }

  #look({ query }: Effect & { kind: 'look' }, done: (result: EffectResult) => void): void {
    const { time, random, trade_server, day } = this.#parts
    this.#later(random.exponential(day.effect_ms / 4), () => {
      const result = trade_server.look(query, time.now)
      this.#later(random.exponential(day.effect_ms / 4), () => done({ kind: 'look', result }))
    })
  }

  #sync(done: (result: EffectResult) => void): void {
    const { machine, send, lists } = this.#parts
    const ask = lists()?.ask() ?? null
    if (ask === null) {
      this.#later(100, () => done({ kind: 'lost', cause: 'no list now' }))
      return
    }
    send(
      ask,
      3_000,
      machine.bound((told) => {
        if (told) lists()?.told(told)
        done(told?.http === 200 ? { kind: 'ok' } : { kind: 'lost', cause: 'no answer' })
      }),
    )
  }

  #bars({ symbol, timeframe, bars, forming }: Effect & { kind: 'bars' }, done: Done): void {
    const { account, send, machine } = this.#parts
    const rows = bars.map(({ time_ms: time, ticks: tick_volume, ...prices }) => ({
      ...{ time, tick_volume },
      ...prices,
    }))
    const ask = eaAsk(account, 'ticks', '/api/bars', { symbol, timeframe, forming, bars: rows })
    send(
      ask,
      3_000,
      machine.bound((told) =>
        done(told?.http === 200 ? { kind: 'ok' } : { kind: 'lost', cause: 'no answer' }),
      ),
    )
  }

  #later(ms: number, run: () => void): void {
    this.#parts.machine.after(ms, run)
  }
}
