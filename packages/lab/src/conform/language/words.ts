// One line into words: split at blanks, but not inside quotes or brackets. A ` # remark` ends the line.

/** @throws {RangeError} with a sentence, when a quote or bracket is not closed */
export function wordsOf(line: string): string[] {
  const words: string[] = []
  let at = 0
  while (at < line.length) {
    if (/\s/.test(line[at] ?? '')) at++
    else if (line[at] === '#') break
    else {
      const end = endOfWord(line, at)
      words.push(line.slice(at, end))
      at = end
    }
  }
  return words
}

function endOfWord(line: string, start: number): number {
  let depth = 0
  let at = start
  for (; at < line.length; at++) {
    const one = line[at] ?? ''
    if (one === '"') at = endOfQuote(line, at)
    else if ('([{'.includes(one)) depth++
    else if (')]}'.includes(one)) depth--
    else if (/\s/.test(one) && depth <= 0) break
  }
  if (depth > 0) throw new RangeError('a bracket is not closed')
  return at
}

function endOfQuote(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === '\\') at++
    else if (line[at] === '"') return at
  }
  throw new RangeError('a quote is not closed')
}

/** Splits at `mark` outside quotes and brackets: `a|b` into a and b. */
export function splitOutside(text: string, mark: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const one = text[at] ?? ''
    if (one === '"') at = endOfQuote(text, at)
    else if ('([{'.includes(one)) depth++
    else if (')]}'.includes(one)) depth--
    else if (one === mark && depth === 0) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, text.slice(from)]
}
