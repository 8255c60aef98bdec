// What the dialogue wants the broker to do: `done`, `refuse 10019`, `ambiguous 10012 effect_after_ms=300`, …
import type { Step } from '../language/dialogue.ts'
import type { Scope } from '../language/scope.ts'
import type { Plan } from './bench.ts'

/** Fields that steer; all others of the answer are demanded of the result. */
export const STEERING: ReadonlySet<string> = new Set(['effect_after_ms', 'ratio', 'deal_after_ms'])

/** @throws {RangeError} for a word that is no plan */
export function planOf({ answer }: Step, scope: Scope): Plan {
  const [word = 'done', number = ''] = answer.words
  const field = (name: string): number | null => {
    const term = answer.fields.find(({ path }) => path === name)?.term
    return term === undefined ? null : Number(scope.valueOf(term))
  }
  const retcode = Number(number)
  switch (word) {
    case 'done':
      return { kind: 'done' }
    case 'refuse':
      return { kind: 'refuse', retcode }
    case 'ambiguous':
      // OrderSend says false with retcode 0 when it does not even know that much.
      return {
        kind: 'ambiguous',
        retcode,
        returned: retcode !== 0,
        effect_after_ms: field('effect_after_ms'),
      }
    case 'partial':
      return { kind: 'partial', ratio: field('ratio') ?? 0.5 }
    case 'placed':
      return { kind: 'placed', deal_after_ms: field('deal_after_ms') }
    default:
      throw new RangeError(`${word}: a broker can do done, refuse N, ambiguous N, partial or placed`)
  }
}
