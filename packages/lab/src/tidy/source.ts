// One source file as tidy sees it: its lines, the same text without comments and words in quotes, and its comments.
//
// A small lexer, because TypeScript 7 has no API: it knows strings, templates, comments and regular expressions,
// and keeps every character at its place, so that a match in `bare` names its line in `text`.

export interface Source {
  /** Path from the root of the repository, with slashes. */
  readonly path: string
  readonly text: string
  /** Comments are spaces; what stands inside quotes is `_`. Line breaks stay. */
  readonly bare: string
  /** Only the comments; all else is spaces. */
  readonly comments: string
}

type Kind = 'code' | 'comment' | 'quoted'

export function readSource(path: string, text: string): Source {
  const kinds = classify(text)
  const keep = (wanted: (kind: Kind) => string | null) =>
    text.replace(/[^\n]/g, (character, at: number) => wanted(kinds[at] ?? 'code') ?? character)
  return {
    path,
    text,
    bare: keep((kind) => (kind === 'comment' ? ' ' : kind === 'quoted' ? '_' : null)),
    comments: keep((kind) => (kind === 'comment' ? null : ' ')),
  }
}

/** The 1-based line of an offset. */
export const lineOf = (source: Source, at: number): number => source.text.slice(0, at).split('\n').length

function classify(text: string): Kind[] {
  const kinds: Kind[] = new Array(text.length).fill('code')
  /** Depth of braces at which each open template goes on. */
  const templates: number[] = []
  let braces = 0
  let at = 0
  const mark = (end: number, kind: Kind) => {
    for (; at < Math.min(end, text.length); at++) kinds[at] = kind
  }
  while (at < text.length) {
    const two = text.slice(at, at + 2)
    const one = text[at]
    if (two === '//') mark(endOr(text.indexOf('\n', at), text), 'comment')
    else if (two === '/*') mark(endOr(text.indexOf('*/', at + 2), text) + 2, 'comment')
    else if (one === "'" || one === '"') {
      const end = endOfQuoted(text, at + 1, one)
      at++
      mark(end, 'quoted')
      at++
    } else if (one === '`' || (one === '}' && templates.at(-1) === braces)) {
      if (one === '}') templates.pop()
      at++
      const end = endOfTemplatePart(text, at)
      mark(end, 'quoted')
      if (text[end] === '`') at++
      else {
        templates.push(braces)
        at += 2
      }
    } else if (one === '/' && beginsRegExp(text, at)) {
      const end = endOfRegExp(text, at + 1)
      at++
      mark(end, 'quoted')
      at++
    } else {
      if (one === '{') braces++
      if (one === '}') braces--
      at++
    }
  }
  return kinds
}

const endOr = (found: number, text: string) => (found === -1 ? text.length : found)

function endOfQuoted(text: string, from: number, quote: string): number {
  let at = from
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return at
}

/** Up to the closing backtick or the next `${`. */
function endOfTemplatePart(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '`' && text.slice(at, at + 2) !== '${')
    at += text[at] === '\\' ? 2 : 1
  return at
}

/** A slash begins a regular expression where a value may begin: after an operator, a bracket or a keyword. */
function beginsRegExp(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 60), at).trimEnd()
  return before === '' || /[(,=:[!&|?{};+\-*%<>~^]$|\b(?:return|typeof|case|in|of|yield|await)$/.test(before)
}

function endOfRegExp(text: string, from: number): number {
  let inClass = false
  let at = from
  for (; at < text.length && text[at] !== '\n'; at++) {
    const one = text[at]
    if (one === '\\') at++
    else if (one === '[') inClass = true
    else if (one === ']') inClass = false
    else if (one === '/' && !inClass) return at
  }
  return at
}
