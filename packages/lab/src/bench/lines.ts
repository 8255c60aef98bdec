// Figures beside their targets, a line each: what is measured, what was seen, what it should be.
import { type Summary, short } from '../support/measure.ts'

export interface Line {
  readonly name: string
  readonly said: string
  readonly target: string
  readonly held: boolean
}

export const latency = (name: string, { p50, p99 }: Summary, median: number, tail: number): Line => ({
  name,
  said: `${short(p50)} / ${short(p99)} ms`,
  target: `${Number.isFinite(median) ? `≤ ${median} / ` : ''}≤ ${short(tail)} ms`,
  held: p50 <= median && p99 <= tail,
})

export const rate = (name: string, { p50, p99 }: Summary, target: number): Line => ({
  name,
  said: `${short(p50)} /s (slowest window ${short(p99)})`,
  target: `≥ ${target} /s`,
  held: p50 >= target,
})

/** Prints them. @returns the exit code: 1 when one is missed; in CI, whose machines are noisy, always 0 */
export function tellLines(lines: readonly Line[]): number {
  for (const { name, said, target, held } of lines)
    console.log(`${name.padEnd(34)} ${said.padEnd(34)} ${target.padEnd(18)} ${held ? 'held' : 'MISSED'}`)
  return process.env.CI === 'true' || lines.every(({ held }) => held) ? 0 : 1
}
