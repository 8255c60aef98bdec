export interface Mutant {
  readonly name: string
  readonly rule: string
  readonly file: string
  readonly find: string
  readonly replace: string
  readonly seeds_max: number
}
export const MUTANTS: readonly Mutant[] = []
