// The open positions, found by ticket and by symbol, and what they cost.

import type { AccountFigures } from './broker-types.ts'
import { type Refusal, Retcode, refuse } from './checks.ts'
import { fromCents, marginCents, perLotCents } from './decimal.ts'
import { floatingCents, type Held } from './held.ts'
import type { Ledger } from './ledger.ts'
import type { Quotes } from './quotes.ts'
import type { SymbolSpec } from './symbols.ts'

/** What opening takes from the account, in cents; commission is negative and for the entry side. */
export interface Cost {
  margin_cents: number
  commission_cents: number
}

/** What a position would bring, and what that was counted from. */
interface Counted {
  readonly changes: number
  readonly units: number
  readonly open_points: number
  readonly cents: number
}

interface Entry {
  readonly held: Held
  counted: Counted | null
}

/** Where the money is counted. */
interface Account {
  ledger: Ledger
  quotes: Quotes
  currency: string
}

export class PositionBook {
  readonly #by_ticket = new Map<string, Entry>()
  readonly #by_symbol = new Map<string, Set<Held>>()

  get size(): number {
    return this.#by_ticket.size
  }

  get(ticket: string): Held | undefined {
    return this.#by_ticket.get(ticket)?.held
  }

  /** Oldest first. */
  all(): Held[] {
    return Array.from(this.#by_ticket.values(), ({ held }) => held)
  }

  /** A copy, because closing while walking changes the set. Cheap when there is nothing, as mostly. */
  ofSymbol(symbol: string): readonly Held[] {
    const here = this.#by_symbol.get(symbol)
    return here === undefined || here.size === 0 ? [] : [...here]
  }

  add(held: Held): void {
    this.#by_ticket.set(held.ticket, { held, counted: null })
    const here = this.#by_symbol.get(held.spec.symbol) ?? new Set()
    this.#by_symbol.set(held.spec.symbol, here.add(held))
  }

  remove(held: Held): void {
    this.#by_ticket.delete(held.ticket)
    this.#by_symbol.get(held.spec.symbol)?.delete(held)
  }

  /** The cost of a new position, or why the account can't carry it. */
  admit(input: CostInput, account: Account): Cost | Refusal {
    const { quotes, currency } = account
    if (this.size >= input.positions_max)
      return refuse(Retcode.LIMIT_POSITIONS, `${this.size} positions are open already`)
    const cost = costOf(input, quotes, currency)
    if (cost === null)
      return refuse(Retcode.PRICE_OFF, `no symbol converts ${input.spec.symbol} into ${currency}`)
    const free = this.figures(account.ledger.balance_cents, quotes, currency).free_margin
    const needed = fromCents(cost.margin_cents - cost.commission_cents)
    return needed > free ? refuse(Retcode.NO_MONEY, `${needed} of margin needed, ${free} free`) : cost
  }

  /** What the terminal shows: equity = balance + floating profit, free = equity − margin. */
  figures(balance_cents: number, quotes: Quotes, currency: string): AccountFigures {
    let equity = balance_cents
    let margin = 0
    for (const entry of this.#by_ticket.values()) {
      equity += countedCents(entry, quotes, currency)
      margin += entry.held.margin_cents
    }
    return {
      balance: fromCents(balance_cents),
      equity: fromCents(equity),
      margin: fromCents(margin),
      free_margin: fromCents(equity - margin),
      open_positions: this.#by_ticket.size,
    }
  }
}

/** Counted anew only when a price or the position changed: ten thousand openings each ask for all before them. */
function countedCents(entry: Entry, quotes: Quotes, currency: string): number {
  const { held, counted } = entry
  const { units, open_points } = held
  const { changes } = quotes
  if (counted?.changes === changes && counted.units === units && counted.open_points === open_points)
    return counted.cents
  const cents = floatingCents(held, quotes, currency)
  entry.counted = { changes, units, open_points, cents }
  return cents
}

/** The conditions of the account, as the broker set them. */
export interface Terms {
  leverage: number
  commission_per_lot: number
  positions_max: number
}

export interface CostInput extends Terms {
  spec: SymbolSpec
  units: number
  /** Fill price in points. */
  points: number
}

/** The cost of a new position; null when no symbol converts its currencies into the account's. */
function costOf({ spec, units, points, ...terms }: CostInput, quotes: Quotes, currency: string): Cost | null {
  const base_rate = quotes.rate(spec.base_currency, currency, { symbol: spec.symbol, points })
  if (base_rate === null || quotes.rate(spec.quote_currency, currency) === null) return null
  return {
    margin_cents: marginCents(units, spec.contract_size, terms.leverage, base_rate),
    // `0 −`: a commission of nothing must be 0, not JavaScript's −0.
    commission_cents: 0 - perLotCents(terms.commission_per_lot, units),
  }
}
