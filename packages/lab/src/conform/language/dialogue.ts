// A dialogue as data: what stands in one `.scn` file, before anybody plays it.
//
//   L1. One file, one rule. Its name says the rule, its first lines say why.
//   L2. The lines are played in their order; each is one exchange: who speaks, what is said, what is answered.
//   L3. One text for both directions: the runner says one side of it and demands the other.

/** Who is under test. */
export type Role = 'ea' | 'server'

export type Json = null | boolean | number | string | Json[] | { [field: string]: Json | undefined }

/** A value as it is written. Some of them can only be demanded: `*`, `-`, ranges, `~`, `!`, alternatives. */
export type Term =
  /** `quoted`: it must be text; else 7 and "7" are alike, as a ticket may be either (R1). */
  | { kind: 'literal'; value: Json; quoted: boolean }
  /** `@name`: a name that is unique to this play, so that no play meets another's commands. */
  | { kind: 'name'; name: string }
  /** `$name` or `$name+1`: bound where it is demanded for the first time. */
  | { kind: 'variable'; name: string; plus: number }
  /** `tag(strategy_no,command_no)`: the order's magic. */
  | { kind: 'tag'; strategy_no: Term; command_no: Term }
  | { kind: 'any' }
  | { kind: 'absent' }
  | { kind: 'range'; from: Term | null; to: Term | null }
  | { kind: 'contains'; text: Term }
  | { kind: 'not'; term: Term }
  | { kind: 'either'; terms: Term[] }

export interface Field {
  /** Dotted: `response.ticket`, `generations.0.command_no`. */
  readonly path: string
  readonly term: Term
}

/** One side of an exchange: `words field=value …`, and under it the items of its list. */
export interface Part {
  readonly words: readonly string[]
  readonly fields: readonly Field[]
  /** Null: nothing is said of the list. `+ nothing` is the empty one. */
  readonly items: readonly Part[] | null
}

/** `->` is answered · `<-` comes by itself, or at last · `until` is asked again until it is answered so. */
export type Arrow = '->' | '<-' | 'until'

export interface Step {
  readonly line: number
  /** As it stands in the file, for whoever reads the failure. */
  readonly text: string
  /**
   * `E`, `E2`: an EA · `W`, `W2`: its socket · `C`: a client · `A`: the admin · `B`: the broker · `H`: the
   * EA's machine.
   */
  readonly speaker: string
  readonly verb: string
  readonly said: Part
  readonly arrow: Arrow | null
  readonly answer: Part
}

export interface Dialogue {
  readonly role: Role
  readonly file: string
  /** The rule, from the file's name. */
  readonly rule: string
  readonly why: readonly string[]
  /** `ea native settle_ms=200`: the words and fields of the line that introduces the EA. */
  readonly ea: Part
  readonly steps: readonly Step[]
}

export const NOTHING: Part = { words: [], fields: [], items: null }

/** A dialogue that can't be read; its message begins with file and line. */
export class DialogueError extends Error {
  override readonly name = 'DialogueError'
}
