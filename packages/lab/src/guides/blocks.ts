// The fenced blocks of a page, and what each says of how it is tried.
//
//   ```sh run            each line is typed, in order, in one folder for the whole page; it must end with 0.
//                        `ngtb start` and `ngtb sim` stay in the background once they are ready.
//   ```sh run stopped    the same, after what runs in the background was stopped.
//   ```ts run            a program, run with the key that the page made last.
//   ```ts run alone      the same, with a database of its own: it starts a server itself.
//   ```ts compiled       part of one program with the page's other such blocks, which compiles.
//   ```csv file=NAME     is written to that file, for the lines behind it.
//   ```text              something to look at.
//   <!-- run by: packages/…/x.test.ts -->  or  <!-- not run: reason -->  on the line above: everything else.

export interface Block {
  readonly page: string
  /** Of its fence. */
  readonly line: number
  readonly language: string
  /** Behind the language. */
  readonly words: readonly string[]
  readonly text: string
  /** The comment on the line above. */
  readonly note: string | null
}

export function blocksOf(page: string, text: string): Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  let open: { at: number; fence: string } | null = null
  for (const [at, line] of lines.entries()) {
    const fence = /^\s*(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === undefined) continue
    if (open === null) open = { at, fence }
    else if (fence.startsWith(open.fence) && line.trim() === fence) {
      blocks.push(blockAt(page, lines, open.at, at))
      open = null
    }
  }
  return blocks
}

function blockAt(page: string, lines: readonly string[], from: number, to: number): Block {
  const [language = '', ...words] = (lines[from] ?? '')
    .replace(/^\s*[`~]+/, '')
    .trim()
    .split(/\s+/)
  const above = lines.slice(0, from).findLast((line) => line.trim() !== '') ?? ''
  const note = /^\s*<!--\s*(.*?)\s*-->\s*$/.exec(above)?.[1] ?? null
  return { page, line: from + 1, language, words, text: lines.slice(from + 1, to).join('\n'), note }
}

/** What a block does not say of itself; null: it does. @param exists is there such a file? */
export function complaintOf(block: Block, exists: (path: string) => boolean): string | null {
  const { page, line, language, words, note } = block
  const at = `${page}:${line}:`
  if (language === 'text' || words.includes('run') || words.some((word) => word.startsWith('file=')))
    return null
  if (language === 'ts' && words.includes('compiled')) return null
  const [, reason] = /^not run: (\S.{9,})$/.exec(note ?? '') ?? []
  if (reason !== undefined) return null
  const [, test] = /^run by: (\S+)$/.exec(note ?? '') ?? []
  if (test === undefined)
    return `${at} a block says how it is tried: \`\`\`sh run, \`\`\`ts run, \`\`\`text, or a comment above (packages/lab/src/guides/blocks.ts)`
  return exists(test) ? null : `${at} there is no ${test}`
}
