// What a person or a program reads: aligned tables, or exactly one JSON object on stdout.

export interface Json {
  json?: boolean
}

/** One JSON object with --json, else lines of text. */
export function say({ json }: Json, value: object, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text()}\n`)
}

/** A remark for a person that must not disturb what a program reads. */
export const remark = (text: string): void => void process.stderr.write(`${text}\n`)

type Cell = string | number | boolean | null | undefined

/** Columns as wide as their widest cell; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(cellText))
  const widths = head.map((title, at) => Math.max(title.length, ...texts.map((row) => row[at]?.length ?? 0)))
  const right = head.map((_, at) => rows.length > 0 && rows.every((row) => isNumeric(row[at])))
  const line = (cells: readonly string[]) =>
    widths
      .map((width, at) => (right[at] ? (cells[at] ?? '').padStart(width) : (cells[at] ?? '').padEnd(width)))
      .join('  ')
      .trimEnd()
  return [line(head), ...texts.map(line)].join('\n')
}

const isNumeric = (cell: Cell) => typeof cell === 'number' || cell === null || cell === undefined

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '-'
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  return String(cell)
}

/** Names and values below one another. */
export function facts(pairs: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, cell]) => `${name.padEnd(width)}  ${cellText(cell)}`).join('\n')
}

/** 9500 → 9,500. */
export const count = (number: number): string => number.toLocaleString('en-US')

/** ISO moment → `2026-01-31 12:00:00`, UTC. */
export const moment = (iso: string | null): string =>
  iso === null ? '-' : iso.slice(0, 19).replace('T', ' ')

/** How long ago, for a person. */
export function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 120) return `${seconds} s ago`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min ago`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`
  return `${Math.round(seconds / 86_400)} days ago`
}
