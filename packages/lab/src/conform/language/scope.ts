// What the names and variables of one play stand for.
import { tagOf } from '@ngtb/protocol'
import type { Json, Term } from './dialogue.ts'

/** A term that was to be said, but only can be demanded, or has no value yet. */
export class NoValue extends Error {
  override readonly name = 'NoValue'
}

export class Scope {
  #variables: ReadonlyMap<string, Json> = new Map()
  readonly #suffix: string

  /** @param suffix tells the names of this play from those of every other */
  constructor(suffix: string) {
    this.#suffix = suffix
  }

  nameOf = (name: string): string => `${name.replaceAll('_', '-')}-${this.#suffix}`

  knows = (variable: string): boolean => this.#variables.has(variable)

  bind(variable: string, value: Json): void {
    this.#variables = new Map(this.#variables).set(variable, value)
  }

  /** A trial: what is bound in it counts only if it is adopted. */
  fork(): Scope {
    const fork = new Scope(this.#suffix)
    fork.adopt(this)
    return fork
  }

  adopt(trial: Scope): void {
    this.#variables = trial.#variables
  }

  /** @throws {NoValue} */
  valueOf(term: Term): Json {
    switch (term.kind) {
      case 'literal':
        return term.value
      case 'name':
        return this.nameOf(term.name)
      case 'variable':
        return this.#variable(term.name, term.plus)
      case 'tag': {
        const [strategy_no, command_no] = [term.strategy_no, term.command_no].map((one) =>
          Number(this.valueOf(one)),
        )
        return tagOf({ strategy_no: strategy_no ?? 0, command_no: command_no ?? 0 })
      }
      default:
        throw new NoValue('this can only be demanded, not said: *, -, ranges, ~, ! and alternatives')
    }
  }

  #variable(name: string, plus: number): Json {
    const value = this.#variables.get(name)
    if (value === undefined) throw new NoValue(`$${name} has no value yet`)
    if (plus === 0) return value
    // Tickets and tags are 64 bits wide.
    if (typeof value === 'string' && /^[0-9]+$/.test(value)) return (BigInt(value) + BigInt(plus)).toString()
    return Number(value) + plus
  }
}
