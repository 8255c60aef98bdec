// Two EAs in the same dialogue: the simulated one, on which the simulation rests, and the one that ships. What one of
// them learns to do otherwise, the other must learn, too.
import type { Dialogue } from '../language/dialogue.ts'
import { LeftOut, type Outcome } from '../outcome.ts'
import type { Told } from './told.ts'

type Play = (dialogue: Dialogue) => Promise<Outcome>

/** Plays it with both; it passes when both pass and have done the same. */
export async function playBoth(dialogue: Dialogue, model: Play, shipped: Play): Promise<Outcome> {
  const one = await shipped(dialogue)
  if (one.verdict !== 'passed') return one
  const other = await model(dialogue)
  if (other.verdict !== 'passed') return other
  const differences = differ(other.told, one.told)
  if (differences.length === 0) return one
  return {
    dialogue,
    took_ms: one.took_ms,
    verdict: 'failed',
    failure: [`${dialogue.file}: both pass, and do not do the same`, ...differences].join('\n'),
  }
}

/** Nothing, or what differs, each side in its own words. */
export function differ(model: Told | undefined, shipped: Told | undefined): string[] {
  if (model === undefined || shipped === undefined) throw new LeftOut('no EA was heard')
  return (['connects', 'orders', 'answers'] as const)
    .filter((part) => JSON.stringify(model[part]) !== JSON.stringify(shipped[part]))
    .flatMap((part) => [
      `  ${part}`,
      ...model[part].map((line) => `    simulated  ${line}`),
      ...shipped[part].map((line) => `    shipped    ${line}`),
    ])
}
