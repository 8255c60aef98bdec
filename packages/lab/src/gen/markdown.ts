// Small words for generated pages: tables, and the part of a page between two markers.

/** A markdown table; pipes and line breaks in cells are made harmless. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

export const code = (text: string): string => `\`${text}\``

/**
 * The page with `content` between its markers.
 * @throws when the page has no such part: a generator without a place is a mistake.
 */
export function fill(page: string, name: string, content: string): string {
  const begin = `<!-- gen:${name} -->`
  const end = `<!-- /gen:${name} -->`
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from === -1 || to < from) throw new Error(`the markers ${begin} … ${end} are missing`)
  return `${page.slice(0, from + begin.length)}\n\n${content.trim()}\n\n${page.slice(to)}`
}
