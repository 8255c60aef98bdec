// What the bench says: a table for a person, one JSON object for a program.
import { short } from '../support/measure.ts'
import type { RawFigures, Row } from './rows.ts'

const HEAD = ['figure', 'median', 'p99', 'published', 'verdict', 'ratio', 'to', 'limit', 'n']

export function tableOf(rows: readonly Row[], ci: boolean): string {
  const cells = rows.map((row) => [
    row.name,
    `${short(row.p50)}${unitOf(row)}`,
    `${short(row.p99)}${unitOf(row)}`,
    `${row.better === 'lower' ? '<' : '>'} ${row.target.toLocaleString('en-US')}${unitOf(row)}`,
    row.held ? 'held' : ci ? 'missed (a warning in CI)' : 'MISSED',
    `${short(row.ratio)}${row.ratio_held ? '' : ci ? ' MISSED' : ' (!)'}`,
    row.ratio_of,
    `${row.better === 'lower' ? '≤' : '≥'} ${row.ratio_limit}`,
    String(row.count),
  ])
  return alignedLines([HEAD, ...cells]).join('\n')
}

const unitOf = ({ unit }: Row) => (unit === 'ms' ? ' ms' : unit)

export function rawLines({ commit, commits_per_s, copy_ticks_per_s, select }: RawFigures): string {
  const lines = [
    ['one-row commits, one connection', `${short(commits_per_s)}/s`, ms(commit.p50), ms(commit.p99)],
    ['SELECT 1, one connection', '', ms(select.p50), ms(select.p99)],
    ['COPY into a table like tick', `${short(copy_ticks_per_s)} ticks/s`, '', ''],
  ]
  return alignedLines([['the same database, raw', 'rate', 'median', 'p99'], ...lines]).join('\n')
}

const ms = (value: number) => `${short(value)} ms`

function alignedLines(cells: readonly (readonly string[])[]): string[] {
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  )
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
