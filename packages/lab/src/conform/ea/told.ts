// What an EA did in one dialogue, told so that two EAs can be compared: who it said it was, its answers, its orders.
//
//   T1. Names that differ from run to run (commands, tickets, deals) are numbered by first appearance.
//   T2. Of the answers to one command the last one counts: how often it was said depends on when it was acknowledged.
//   T3. What the broker says of itself (its comment, its profit) is not the EA's.
//   T4. Where a dialogue leaves it the choice whether to ask the broker or to look (`maybe`), both are the same.
//   T5. When something was done is the machine's business; that it is told is the EA's.
import type { OrderSeen } from './bench.ts'
import type { Body } from './replies.ts'

export interface Told {
  /** Of each kind of connect: which fields it has. What they say is another machine's business. */
  readonly connects: readonly string[]
  /** By command, in the order in which commands were first answered. */
  readonly answers: readonly string[]
  readonly orders: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>
const named = (...names: readonly string[]): ReadonlySet<string> => new Set(names)

/** Clocks and counters, and what tells one process from another. */
const PASSING = named('mono_ms', 'epoch', 'incarnation', 'attempt', 'account', 'journal_id', 'api_key')
/** T5. */
const TIMES = named('received_at_ms', 'order_sent_at_ms', 'executed_at_ms')
const OF_THE_BROKER = named('profit', 'swap', 'commission')
/** How it knows of what was there already, and whether it asked the broker. */
const OF_THE_CHOICE = named(
  ...['evidence', 'retcode', 'retcode_name', 'close_price', 'volume'],
  ...['order_sent_at_ms', 'executed_at_ms'],
)
/** Whose an order is stands in its magic; of its result, what both brokers tell. */
const OF_AN_ORDER = named(
  ...['action', 'symbol', 'direction', 'kind', 'volume', 'price', 'sl', 'tp', 'magic'],
  ...['ticket', 'opposite_ticket', 'retcode'],
)
const KIND_OF_NAME: Readonly<Record<string, string>> = {
  command_id: 'command',
  probe_command_id: 'command',
  deal: 'deal',
  ticket: 'ticket',
  order: 'ticket',
  position: 'ticket',
  opposite_ticket: 'ticket',
  closed: 'ticket',
  cancelled: 'ticket',
  failed: 'ticket',
}

export class Telling {
  readonly #connects = new Set<string>()
  readonly #answers = new Map<string, Fields>()
  readonly #orders: Fields[] = []
  readonly #names = new Map<string, Map<string, string>>()
  readonly #has_choice: boolean

  /** @param has_choice the dialogue has a `maybe` */
  constructor(has_choice: boolean) {
    this.#has_choice = has_choice
  }

  connect(body: Body): void {
    this.#connects.add(Object.keys(body).sort().join(' '))
  }

  answer(body: Body): void {
    this.#answers.set(String(body.command_id), body)
  }

  order({ result, ...request }: OrderSeen): void {
    this.#orders.push({ ...request, result })
  }

  get told(): Told {
    this.#names.clear()
    return {
      connects: [...this.#connects].sort(),
      orders: this.#orders.map((order) => this.#order(order)),
      answers: [...this.#answers.values()].map((answer) => this.#answer(answer)),
    }
  }

  #answer({ response, ...said }: Fields): string {
    const { error, ...facts } = (response ?? {}) as Fields
    // The sentence beside a retcode is the broker's, any other one the EA's.
    const sentence = facts.retcode === undefined ? { error } : {}
    const all = { ...without(said, PASSING), response: { ...without(facts, OF_THE_BROKER), ...sentence } }
    return this.#line(this.#has_choice ? without(all, OF_THE_CHOICE) : all)
  }

  /** Zero, empty and absent are one to OrderSend; the price of what is done at the market is the broker's. */
  #order({ result, ...request }: Fields): string {
    const { retcode } = (result ?? {}) as Fields
    const said = Object.entries({ ...request, retcode }).filter(
      ([name, value]) => OF_AN_ORDER.has(name) && value !== 0 && value !== '0' && value !== '',
    )
    return this.#line(Object.fromEntries(said))
  }

  /** Its fields in the order of their names. */
  #line(fields: Fields): string {
    return Object.entries(fields)
      .filter(([, value]) => value !== null && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${this.#value(name, value)}`)
      .join(' ')
  }

  #value(name: string, value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((one) => this.#value(name, one)).join(', ')}]`
    if (typeof value === 'object' && value !== null) return `{${this.#line(value as Fields)}}`
    if (TIMES.has(name)) return 'told'
    const kind = Object.hasOwn(KIND_OF_NAME, name) ? KIND_OF_NAME[name] : undefined
    return kind === undefined ? JSON.stringify(value) : this.#numbered(kind, String(value))
  }

  #numbered(kind: string, name: string): string {
    const known = this.#names.get(kind) ?? new Map<string, string>()
    this.#names.set(kind, known)
    const number = known.get(name) ?? `${kind}#${known.size + 1}`
    known.set(name, number)
    return number
  }
}

const without = (fields: Fields, names: ReadonlySet<string>): Fields =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !names.has(name))
      .map(([name, value]) => [name, name === 'response' ? without(value as Fields, names) : value]),
  )
