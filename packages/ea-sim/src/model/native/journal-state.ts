// What the journal's records say together. Fed record by record, at replay and while running alike.

import type { Damage } from './codec.ts'
import { decodeJournal } from './codec.ts'
import type { Binding, FinalRecord, IntentRecord, JournalRecord, Mark } from './records.ts'

/** All that is known of one command. */
export interface Entry {
  intent: IntentRecord | null
  /** Orders that were or may have been sent: 1 with the intent, more with each `try`. */
  tries: number
  final: FinalRecord | null
  /** Of a CLOSE_ALL: by `position 7` or `order 7`. */
  subs: Map<string, JournalRecord & { kind: 'sub' }>
  acked: boolean
}

export interface Scope {
  readonly symbol: string | null
  readonly strategy_no: number | null
}

export class JournalState {
  journal_id: string | null = null
  binding: Binding | null = null
  /** Of the machine's run that wrote the last record which names one. */
  boot_id: string | null = null
  last_epoch = 0
  incarnation = 0
  mark: Mark | null = null
  highest_command_no = 0
  /** Up to this number a command may have been sent by a record that can't be read. */
  unproven_to = 0
  /** Up to this number a command is looked for before it is sent. */
  look_to = 0
  /** Up to this number a command may be in the hands of the machine that this file was copied from. */
  twin_to = 0
  /** Continuity is unproven and no epoch since has said up to which number. */
  unproven = false
  /** And it is another run of a machine, or another machine. */
  has_twin = false
  lines = 0
  readonly entries = new Map<string, Entry>()
  readonly generations = new Map<string, JournalRecord & { kind: 'generation' }>()
  /** Newest MODIFY by `MODIFY_TRADE 7`: older ones are superseded. */
  readonly #newest = new Map<string, number>()

  apply(record: JournalRecord): void {
    this.lines++
    switch (record.kind) {
      case 'opened': {
        const { journal_id, boot_id, highest_command_no, login, trade_server, folder } = record
        this.journal_id = journal_id
        this.boot_id = boot_id
        this.binding = { login, trade_server, folder }
        this.#counted(highest_command_no)
        return
      }
      case 'epoch':
        this.last_epoch = record.epoch
        this.boot_id = record.boot_id
        this.unproven_to = Math.max(this.unproven_to, record.unproven_to)
        this.look_to = Math.max(this.look_to, record.look_to)
        this.twin_to = Math.max(this.twin_to, record.twin_to ?? 0)
        // Also one that is behind: the server has just judged the older one.
        this.mark = record.mark ?? null
        this.unproven = false
        this.has_twin = false
        return
      case 'unproven':
        this.unproven = true
        if (record.reason === 'restart' || record.boot_id !== this.boot_id) this.has_twin = true
        this.boot_id = record.boot_id
        return
      case 'intent':
        this.#intended(record)
        return
      case 'try':
        this.#entry(record.command_id).tries = record.try_no
        return
      case 'sub':
        this.#entry(record.command_id).subs.set(`${record.target} ${record.ticket}`, record)
        return
      case 'seen':
        this.#counted(record.command_no)
        return
      case 'generation':
        this.generations.set(scopeKey(record), record)
        this.#counted(record.command_no)
        return
      case 'incarnation':
        this.incarnation = Math.max(this.incarnation, record.incarnation)
        return
      case 'acked':
        this.learns(record.mark ?? null)
        for (const id of record.command_ids) {
          const entry = this.entries.get(id)
          if (entry !== undefined) entry.acked = true
        }
        return
      default:
        this.#finished(record)
        return
    }
  }

  /** A newer mark of the same ledger. */
  learns(mark: Mark | null): void {
    if (mark !== null && mark.audit_no > (this.mark?.audit_no ?? 0)) this.mark = mark
  }

  entry(command_id: string): Entry | null {
    return this.entries.get(command_id) ?? null
  }

  /** The newest CLOSE_ALL that covers this order; 0: none (P12). */
  generationOf(order: { symbol: string; strategy_no: number }): number {
    let newest = 0
    for (const { symbol, strategy_no, command_no } of this.generations.values())
      if (
        (symbol === null || symbol === order.symbol) &&
        (strategy_no === null || strategy_no === order.strategy_no)
      )
        newest = Math.max(newest, command_no)
    return newest
  }

  knowsGeneration(scope: Scope, command_no: number): boolean {
    return (this.generations.get(scopeKey(scope))?.command_no ?? 0) >= command_no
  }

  /** The newest MODIFY of this position or order that was begun; 0: none. */
  newestModify(type: string, ticket: string): number {
    return this.#newest.get(`${type} ${ticket}`) ?? 0
  }

  /** Intents without a final, oldest first. */
  inDoubt(): IntentRecord[] {
    return [...this.entries.values()].flatMap(({ intent, final }) =>
      intent !== null && final === null ? [intent] : [],
    )
  }

  /** Finals in the order in which they were written. */
  finals(): FinalRecord[] {
    return [...this.entries.values()].flatMap(({ final }) => (final === null ? [] : [final]))
  }

  /** The file was rewritten: only what stands in these records is known any more. */
  compacted(records: readonly JournalRecord[]): void {
    const kept = new Set<string>()
    for (const record of records)
      if (record.kind === 'intent') kept.add(record.command.id)
      else if ('command_id' in record) kept.add(record.command_id)
    for (const id of [...this.entries.keys()]) if (!kept.has(id)) this.entries.delete(id)
    this.lines = records.length
  }

  #entry(command_id: string): Entry {
    const there = this.entries.get(command_id)
    if (there !== undefined) return there
    const entry: Entry = { intent: null, tries: 0, final: null, subs: new Map(), acked: false }
    this.entries.set(command_id, entry)
    return entry
  }

  #intended(record: IntentRecord): void {
    const { id, type, command_no, ticket } = record.command
    const entry = this.#entry(id)
    // A new attempt after a refusal that was for its attempt only.
    if (entry.final !== null) Object.assign(entry, { final: null, acked: false })
    entry.intent = record
    entry.tries = 1
    this.#counted(command_no)
    if (type === 'CLOSE_ALL') this.#shutOut(record)
    const key = `${type} ${String(ticket)}`
    if (type.startsWith('MODIFY_')) this.#newest.set(key, Math.max(command_no, this.#newest.get(key) ?? 0))
  }

  /** A CLOSE_ALL's intent is its scope's generation: one record for both. */
  #shutOut({ command, at }: IntentRecord): void {
    const symbol = typeof command.symbol === 'string' ? command.symbol : null
    const strategy_no = typeof command.strategy_no === 'number' ? command.strategy_no : null
    const { command_no } = command
    if (!this.knowsGeneration({ symbol, strategy_no }, command_no))
      this.generations.set(scopeKey({ symbol, strategy_no }), {
        kind: 'generation',
        symbol,
        strategy_no,
        command_no,
        at,
      })
  }

  #finished(record: FinalRecord): void {
    const entry = this.#entry(record.command_id)
    // Moved to the end: finals() is in the order of the facts.
    this.entries.delete(record.command_id)
    this.entries.set(record.command_id, entry)
    entry.final = record
    entry.acked = false
    this.#counted(record.command_no)
  }

  #counted(command_no: number): void {
    this.highest_command_no = Math.max(this.highest_command_no, command_no)
  }
}

const scopeKey = ({ symbol, strategy_no }: Scope): string => `${strategy_no ?? '*'} ${symbol ?? '*'}`

export interface OpenedJournal {
  state: JournalState
  damage: Damage
}

/** The journal as its text says; `text`: the bytes as latin1. */
export function openedFrom(text: string): { journal: OpenedJournal } {
  const { records, damage } = decodeJournal(text)
  const state = new JournalState()
  for (const record of records) state.apply(record)
  return { journal: { state, damage } }
}
