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

/** One kind of row: where it is at hand, and how events tell of it. */
interface Told<Row> {
  readonly fields: readonly string[]
  readonly fold: (before: Image | null, event: ToldFacts) => Image
  readonly imageOf: (row: Row) => Image
  readonly born: string
  readonly noted: string
  /** As told so far in this step; null: not known (V3). */
  readonly images: Map<string, Image | null>
  readonly at_hand: (subject: string) => Row | undefined
}

export class Telling {
  readonly #commands: Told<Command>
  readonly #trades: Told<Trade>

  constructor(state: DeskState) {
    this.#commands = {
      fields: COMMAND_FIELDS,
      fold: foldCommand,
      imageOf: commandImage,
      born: 'command.created',
      noted: 'command.noted',
      images: new Map(),
      at_hand: (command_id) => state.command(command_id),
    }
    this.#trades = {
      fields: TRADE_FIELDS,
      fold: foldTrade,
      imageOf: tradeImage,
      born: 'trade.opened',
      noted: 'trade.noted',
      images: new Map(),
      at_hand: (ticket) => state.trade(ticket),
    }
  }

  /** Before the row is saved: remembers what it was. */
  commandWas(command_id: string): void {
    remember(this.#commands, command_id)
  }

  tradeWas(ticket: string): void {
    remember(this.#trades, ticket)
  }

  /** What the event has to say beside its own words, or null. */
  rest(event: ToldFacts): Record<string, unknown> | null {
    if (isOfCommand(event)) return restOf(this.#commands, event)
    return isOfTrade(event) ? restOf(this.#trades, event) : null
  }

  /** V2: what changed without a word, as events that say it. */
  *silent(): Iterable<{ kind: string; subject: string }> {
    yield* silentOf(this.#commands)
    yield* silentOf(this.#trades)
  }
}

function remember<Row>({ images, at_hand, imageOf }: Told<Row>, subject: string): void {
  if (images.has(subject)) return
  const row = at_hand(subject)
  images.set(subject, row === undefined ? null : imageOf(row))
}

function restOf<Row>(told: Told<Row>, event: ToldFacts): Record<string, unknown> | null {
  const subject = event.subject as string
  const row = told.at_hand(subject)
  if (row === undefined) return null
  remember(told, subject)
  const before = told.images.get(subject) ?? null
  const image = told.imageOf(row)
  const whole = before !== null || event.kind === told.born
  const folded = whole ? told.fold(before, event) : {}
  told.images.set(subject, image)
  return untold(folded, image, told.fields)
}

function* silentOf<Row>(told: Told<Row>): Iterable<{ kind: string; subject: string }> {
  for (const [subject, image] of told.images) {
    const row = told.at_hand(subject)
    if (row !== undefined && untold(image ?? {}, told.imageOf(row), told.fields) !== null)
      yield { kind: told.noted, subject }
  }
}
