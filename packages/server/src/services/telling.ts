// What the events of a step have told of its commands and trades: state is the fold of events (P13), by construction.
//
//   V1. Each event about a row carries, in `set`, what its own words leave out of the change.
//   V2. A change that no event of the step told is told by one of its own before the step ends.
//   V3. What a row was before is known only if the desk had it at hand; else the event tells all of it.
import {
  COMMAND_FIELDS,
  type Command,
  commandImage,
  foldCommand,
  foldTrade,
  type Image,
  isOfCommand,
  isOfTrade,
  type ToldFacts,
  TRADE_FIELDS,
  type Trade,
  tradeImage,
  untold,
} from '@ngtb/core'
import type { DeskState } from './desk-state.ts'

/** One kind of row, and how events tell of it. */
interface Kind<Row> {
  readonly fields: readonly string[]
  readonly fold: (before: Image | null, event: ToldFacts) => Image
  readonly imageOf: (row: Row) => Image
  readonly born: string
  readonly noted: string
}

const COMMANDS: Kind<Command> = {
  fields: COMMAND_FIELDS,
  fold: foldCommand,
  imageOf: commandImage,
  born: 'command.created',
  noted: 'command.noted',
}

const TRADES: Kind<Trade> = {
  fields: TRADE_FIELDS,
  fold: foldTrade,
  imageOf: tradeImage,
  born: 'trade.opened',
  noted: 'trade.noted',
}

/** The rows of one kind that a step has touched. */
class Told<Row> {
  /** As told so far in this step; null: not known (V3). */
  readonly images = new Map<string, Image | null>()
  /** The row of that image: one that was told and not saved since has nothing left to tell. */
  readonly #rows = new Map<string, Row>()
  readonly kind: Kind<Row>
  readonly atHand: (subject: string) => Row | undefined

  constructor(kind: Kind<Row>, atHand: (subject: string) => Row | undefined) {
    this.kind = kind
    this.atHand = atHand
  }

  remember(subject: string): void {
    if (this.images.has(subject)) return
    const row = this.atHand(subject)
    if (row !== undefined) this.#rows.set(subject, row)
    this.images.set(subject, row === undefined ? null : this.kind.imageOf(row))
  }

  rest(event: ToldFacts): Record<string, unknown> | null {
    const { fields, fold, imageOf, born } = this.kind
    const subject = event.subject as string
    const row = this.atHand(subject)
    if (row === undefined) return null
    this.remember(subject)
    const before = this.images.get(subject) ?? null
    const same = this.#rows.get(subject) === row
    const image = same && before !== null ? before : imageOf(row)
    const folded = before !== null || event.kind === born ? fold(before, event) : {}
    this.images.set(subject, image)
    this.#rows.set(subject, row)
    return untold(folded, image, fields)
  }

  *silent(): Iterable<{ kind: string; subject: string }> {
    const { fields, imageOf, noted } = this.kind
    for (const [subject, image] of this.images) {
      const row = this.atHand(subject)
      if (row === undefined || row === this.#rows.get(subject)) continue
      if (untold(image ?? {}, imageOf(row), fields) !== null) yield { kind: noted, subject }
    }
  }
}

export class Telling {
  readonly #commands: Told<Command>
  readonly #trades: Told<Trade>

  constructor(state: DeskState) {
    this.#commands = new Told(COMMANDS, (command_id) => state.command(command_id))
    this.#trades = new Told(TRADES, (ticket) => state.trade(ticket))
  }

  /** Before the row is saved: remembers what it was. */
  commandWas(command_id: string): void {
    this.#commands.remember(command_id)
  }

  tradeWas(ticket: string): void {
    this.#trades.remember(ticket)
  }

  /** What the event has to say beside its own words, or null. */
  rest(event: ToldFacts): Record<string, unknown> | null {
    if (isOfCommand(event)) return this.#commands.rest(event)
    return isOfTrade(event) ? this.#trades.rest(event) : null
  }

  /** V2: what changed without a word, as events that say it. */
  *silent(): Iterable<{ kind: string; subject: string }> {
    yield* this.#commands.silent()
    yield* this.#trades.silent()
  }
}
