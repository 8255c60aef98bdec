// What every flow shares: the time of this step, the journal, the terminal's state, and who this EA is.

import { type Answer, type MarginMode, readTag, retcodeName } from '@ngtb/protocol'
import type { LookResult, TerminalState } from './broker-port.ts'
import { magicOf, strategyNo } from './fields.ts'
import type { JournalState, Scope } from './journal-state.ts'
import type { FinalRecord, IntentRecord, JournalRecord, NativeCommand, RecordBody } from './records.ts'
import type { Settings } from './settings.ts'
import { elapsedMs, type Stamp } from './stamp.ts'
import type { TimesAtEa } from './times.ts'
import { Touches } from './touches.ts'

/** An opening that was done a moment ago and that the terminal may not show yet. */
export interface RecentOpening {
  readonly ticket: string
  readonly target: 'position' | 'order'
  readonly symbol: string
  readonly strategy_no: number
  readonly magic: string
  readonly at: Stamp
}

export interface OfficePorts {
  journal: JournalState
  settings: Settings
  started: Stamp
  times: TimesAtEa
  /** A record is part of the state at once, and waits to be written. */
  record: (record: JournalRecord) => void
  /** An answer that is not kept in the journal. */
  answer: (answer: Answer) => void
  /** Is this command queued or being worked on? */
  isInHand: (command_id: string) => boolean
}

export class Office {
  readonly journal: JournalState
  readonly settings: Settings
  readonly touches: Touches
  readonly times: TimesAtEa
  /** Of this process. */
  readonly started: Stamp
  /** The moment of this step. */
  now: Stamp
  /** This journal's session was accepted and not fenced since: it may start orders. */
  is_owner = false
  /** From the last exchange that the server answered: the owner's lease. */
  lease: { from: Stamp; ms: number } | null = null
  readonly #ports: OfficePorts
  #terminal: TerminalState | null = null
  #synchronised_at: Stamp | null = null
  #recent: RecentOpening[] = []

  constructor(ports: OfficePorts) {
    const { journal, settings, started } = ports
    this.times = ports.times
    this.#ports = ports
    this.journal = journal
    this.settings = settings
    this.now = started
    this.started = started
    this.touches = new Touches(settings.settle_ms)
    for (const final of journal.finals().slice(-200)) this.#noteOpening(final)
    // What an opening left then is not what is there now.
    for (const { ticket, aspect } of touchedBefore(journal))
      this.touches.note(aspect, ticket, { at: started, command_id: null, volume: null })
  }

  get terminal(): TerminalState | null {
    return this.#terminal
  }

  /** Another login than the journal's: nothing may be sent (F19). */
  get login_differs(): boolean {
    return this.#terminal !== null && this.#terminal.login !== this.settings.binding.login
  }

  get margin_mode(): MarginMode {
    return this.#terminal?.margin_mode ?? 'hedging'
  }

  get can_trade(): boolean {
    return this.#terminal?.connected === true
  }

  /** What the terminal says of itself, by itself or with a look. */
  sees(terminal: TerminalState): void {
    const ready = terminal.connected && terminal.synchronised
    if (!ready) this.#synchronised_at = null
    else this.#synchronised_at ??= this.now
    this.#terminal = terminal
  }

  record(body: RecordBody): void {
    const record: JournalRecord = { ...body, at: this.now }
    this.#ports.record(record)
    if (record.kind === 'done') this.#noteOpening(record)
  }

  answer(answer: Answer): void {
    this.#ports.answer(answer)
  }

  isInHand(command_id: string): boolean {
    return this.#ports.isInHand(command_id)
  }

  /**
   * Does what a look shows count as the whole truth about an order that was sent (or may have been sent) at `sent_at`?
   * Monotonic time only: a clock that jumps must not cut the wait short. `issued`: when the look was asked for.
   */
  isSettled(sent_at: Stamp, issued: Stamp, look: LookResult): boolean {
    const since = this.#synchronised_at
    const { connected, synchronised, login } = look.terminal
    if (since === null || !connected || !synchronised || login !== this.settings.binding.login) return false
    return issued.mono_ms - Math.max(sent_at.mono_ms, since.mono_ms) >= this.settings.settle_ms
  }

  /** Monotonic time since a record; one from before this process is taken for as young as the process. */
  sinceMs(at: Stamp): number {
    const ours = at.mono_ms >= this.started.mono_ms && at.mono_ms <= this.now.mono_ms
    return this.now.mono_ms - (ours ? at : this.started).mono_ms
  }

  /** On a netting account a close of what is gone opens the other side: only its owner may send one. */
  hasLease(): boolean {
    return this.is_owner && this.lease !== null && elapsedMs(this.lease.from, this.now) < this.lease.ms
  }

  /** Openings of a moment ago in this scope. */
  recentOpenings({ symbol, strategy_no }: Scope): RecentOpening[] {
    const { settle_ms } = this.settings
    this.#recent = this.#recent.filter(({ at }) => this.now.mono_ms - at.mono_ms < settle_ms)
    return this.#recent.filter(
      (one) =>
        (symbol === null || one.symbol === symbol) &&
        (strategy_no === null || one.strategy_no === strategy_no),
    )
  }

  /** It is shown, or it is over: no reason to wait for it any more. */
  forgetOpening(ticket: string): void {
    this.#recent = this.#recent.filter((one) => one.ticket !== ticket)
  }

  /**
   * Orders in this scope that may still bring something, older than `command_no`: openings; on a netting account closes
   * too, for a late one may open the other side.
   */
  ordersInDoubt({ symbol, strategy_no }: Scope, command_no: number): IntentRecord[] {
    const types = this.margin_mode === 'netting' ? MAY_OPEN_NETTING : MAY_OPEN
    return this.journal.inDoubt().filter(({ command }) => {
      if (!types.has(command.type) || command.command_no >= command_no) return false
      const symbol_fits = symbol === null || command.symbol === undefined || command.symbol === symbol
      return symbol_fits && (strategy_no === null || strategyNo(command) === strategy_no)
    })
  }

  #noteOpening(final: FinalRecord): void {
    const { kind, type, response, command_id } = final
    const target = type === 'OPEN_TRADE' ? 'position' : type === 'PLACE_PENDING' ? 'order' : null
    const command = this.journal.entry(command_id)?.intent?.command
    const { ticket } = response
    if (kind !== 'done' || target === null || command === undefined || typeof ticket !== 'string') return
    const magic = magicOf(command)
    // The tag carries the number of the strategy, also where the command did not.
    const strategy_no = readTag(magic)?.strategy_no ?? strategyNo(command)
    const symbol = String(command.symbol)
    this.#recent.push({ ticket, target, symbol, strategy_no, magic, at: this.now })
    if (target === 'order' || typeof response.volume !== 'number') return
    // Netting: the position may have been there before, and have another volume than the deal.
    const volume = this.margin_mode === 'netting' ? null : response.volume
    const deal = typeof response.deal === 'string' ? response.deal : null
    this.touches.note('volume', ticket, { at: this.now, command_id, volume, deal })
  }
}

const MAY_OPEN: ReadonlySet<string> = new Set(['OPEN_TRADE', 'PLACE_PENDING'])
const MAY_OPEN_NETTING: ReadonlySet<string> = new Set([...MAY_OPEN, 'CLOSE_TRADE', 'CLOSE_PARTIAL'])

/** The scope of a CLOSE_ALL: null = every one. */
export const scopeOf = (command: NativeCommand): Scope => ({
  symbol: typeof command.symbol === 'string' ? command.symbol : null,
  strategy_no: typeof command.strategy_no === 'number' ? command.strategy_no : null,
})

/** Everything that the journal says was touched: after a restart nobody knows how long ago. */
function touchedBefore(journal: JournalState): { ticket: string; aspect: 'volume' | 'levels' }[] {
  const touched: { ticket: string; aspect: 'volume' | 'levels' }[] = []
  for (const { intent, final, subs } of [...journal.entries.values()].slice(-500)) {
    const type = intent?.command.type ?? ''
    const ticket = final?.ticket ?? final?.response.ticket ?? intent?.command.ticket
    if (typeof ticket === 'string' || typeof ticket === 'number')
      touched.push({ ticket: String(ticket), aspect: type.startsWith('MODIFY') ? 'levels' : 'volume' })
    for (const sub of subs.values()) touched.push({ ticket: sub.ticket, aspect: 'volume' })
  }
  return touched
}

/** A final as the server reads it. */
export function answerOf(final: FinalRecord, attempt = final.attempt): Answer {
  const { command_id, command_no, response, kind } = final
  const evidence = kind === 'done' || kind === 'rejected' ? final.evidence : kind
  const status = kind === 'done' ? 'completed' : 'failed'
  return { command_id, command_no, attempt, status, evidence, response }
}

/** The fields of a refusal. */
export const refusal = (
  error: string,
  safe_to_retry: boolean,
  retcode?: number,
): Record<string, unknown> => ({
  error,
  safe_to_retry,
  ...(retcode !== undefined && { retcode, retcode_name: retcodeName(retcode) }),
})
