// MQL5 host, the text: a token. Every character of a source lies in one, so that what is emitted is a plain
// concatenation and the lines stay true.

export type Kind =
  | 'word'
  | 'number'
  | 'string'
  | 'char'
  | 'date'
  | 'color'
  | 'sign'
  | 'space'
  | 'line'
  | 'comment'
  | 'directive'
  | 'end'

export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface Token extends Place {
  kind: Kind
  readonly text: string
  /** What is emitted in its place. */
  out: string
  /** What is emitted before it. */
  before: string
}

export function makeToken(kind: Kind, text: string, place: Place, out = text): Token {
  return { kind, text, out, before: '', file: place.file, line: place.line, column: place.column }
}

export const isWhite = (token: Token): boolean =>
  token.kind === 'space' || token.kind === 'line' || token.kind === 'comment' || token.kind === 'directive'

/** How the generated C++ says where the next line comes from. */
export const lineMark = (line: number, file: string): string => `#line ${line} ${JSON.stringify(file)}\n`
