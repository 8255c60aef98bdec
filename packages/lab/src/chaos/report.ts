// What a chaos run tells: figures, the violations by rule, and how to have it again.
import { COMMAND_TYPES } from '@ngtb/protocol'
import { RULES, type Violation } from './audit/evidence.ts'
import type { CycleResult } from './cycles.ts'
import type { FaultResult } from './faults.ts'
import { type Cell, POINT_NAMES, POINTS } from './matrix/points.ts'
import { type CellRun, isWrong, type MatrixResult } from './matrix/run.ts'

const SHOWN_MAX = 20

export function cyclesReport(result: CycleResult): string {
  const { kills, intents, acknowledged, refused, unanswered, executions, statuses, ticks } = result
  return [
    `kill -9: server ${kills.server}, EA ${kills.ea}`,
    `intents: ${intents}, acknowledged ${acknowledged}, refused ${told(refused)}, unanswered ${unanswered}`,
    `commands: ${told(statuses)}`,
    `effects at the broker: ${executions}; ticks acknowledged and stored: ${ticks}`,
    ...violationLines(result.violations),
    ...keptLine(result.kept),
  ].join('\n')
}

export function faultReport(
  { name, intents, acknowledged, violations, left_out, kept }: FaultResult,
  about: string,
): string {
  if (left_out !== null) return `${name}: ${about}\n  LEFT OUT: ${left_out}`
  const word = violations.length === 0 ? 'held' : `${violations.length} VIOLATIONS`
  return [
    `${name}: ${about}`,
    `  ${word}; ${intents} intents, ${acknowledged} acknowledged`,
    ...violationLines(violations),
    ...keptLine(kept),
  ].join('\n')
}

/** The table: `.` held every time, `-` does not apply, `?` not tried, a number: so many runs were wrong. */
export function matrixReport(
  { runs, missed, violations, left_out, kept }: MatrixResult,
  cells: readonly Cell[],
  repeat: number,
): string {
  const types = COMMAND_TYPES.filter((type) => cells.some((cell) => cell.type === type))
  const rows = POINT_NAMES.filter((point) => cells.some((cell) => cell.point === point)).map((point) => {
    const marks = types.map((type) => markOf(runs, cells, { point, type }, repeat).padStart(3))
    return `${point.padEnd(4)}${marks.join('')}  ${POINTS[point]}`
  })
  const wrong = runs.filter(isWrong)
  const took = runs.reduce((sum, { took_ms }) => sum + took_ms, 0) / Math.max(1, runs.length)
  return [
    `${'    '}${types.map((_, index) => String.fromCharCode(97 + index).padStart(3)).join('')}`,
    ...rows,
    types.map((type, index) => `${String.fromCharCode(97 + index)} ${type}`).join(', '),
    `${runs.length} of ${cells.length * repeat} runs, ${Math.round(took)} ms each, the longest: ${longest(runs)}`,
    ...(missed === 0 ? [] : [`runs that did not come to their point, and were played again: ${missed}`]),
    ...(left_out === null ? [] : [`LEFT OUT ${left_out}`]),
    ...wrong.slice(0, SHOWN_MAX).flatMap(runLines),
    ...violationLines(violations),
    ...keptLine(kept),
  ].join('\n')
}

/** Where a run's time goes: the rows that wait for a lease, or something that should not take so long. */
function longest(runs: readonly CellRun[]): string {
  return [...runs]
    .sort((a, b) => b.took_ms - a.took_ms)
    .slice(0, 3)
    .map(({ cell, took_ms }) => `${cell.point} ${cell.type} ${Math.round(took_ms / 100) / 10} s`)
    .join(', ')
}

function markOf(
  runs: readonly CellRun[],
  cells: readonly Cell[],
  { point, type }: Cell,
  repeat: number,
): string {
  const here = (cell: Cell) => cell.point === point && cell.type === type
  if (!cells.some(here)) return '-'
  const tried = runs.filter(({ cell }) => here(cell))
  const wrong = tried.filter(isWrong).length
  if (wrong > 0) return String(wrong)
  return tried.length < repeat ? '?' : '.'
}

export const runLines = ({ cell, turn, violations, not_tried }: CellRun): string[] => [
  `${cell.point} × ${cell.type}, turn ${turn}: ${not_tried ?? ''}`,
  ...violationLines(violations),
]

export function violationLines(violations: readonly Violation[]): string[] {
  const lines = violations
    .slice(0, SHOWN_MAX)
    .map(({ rule, subject, what }) => `  VIOLATED ${rule} (${RULES[rule]}): ${subject}: ${what}`)
  return violations.length > SHOWN_MAX ? [...lines, `  … and ${violations.length - SHOWN_MAX} more`] : lines
}

export const keptLine = (kept: string | null) =>
  kept === null ? [] : [`  the logs of the processes: ${kept}`]

export const told = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([word, count]) => `${word} ${count}`)
    .join(', ') || '0'

/** The seed draws what is done and when; what the machine's own timing adds is its own. */
export function verdictLine(wrong: number, again: string): string {
  const word = wrong === 0 ? 'HELD: 0 violations' : `BROKEN: ${wrong}`
  return `${word}\n  again: ${again}`
}
