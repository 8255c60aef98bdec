// What the older dialect calls JSON: texts spliced into "%s" without an escape, in the code page of its Windows.
// Our own reader, for jsonrepair 3.15 takes `\` for an escape (C:\new) or gives up on it (C:\docs), gives up on
// `"A", see`, lets the last of two keys win, and needs more than 40 s for 160 kB of quotes.
//
//   S1. JSON is read as JSON: the same value as parseJson gives, and `salvaged` is false.
//   S2. Else field by field: a quote ends a text only if what follows can only be structure; any other is text.
//       `\` is a backslash and a raw control character is kept; NUL is dropped, for PostgreSQL can't keep it.
//   S3. Of two equal keys the first counts, in JSON too: a spliced text can't change a field that stands before it.
//       It can fake those that stand BEHIND it (`x","balance":1,"y":"`): the bytes are the same as if they were true,
//       so nothing that moves money may rest on such a field alone.
//   S4. A key at the top whose value can't be read is left out whole, arrays too: half a list of positions would say
//       that the others are closed. What isn't a text, number, true, false or null (`nan`, `-1.#IND`) is null.
//   S5. Time is linear in the length, whatever the bytes; nesting is 4 deep at most.
//
// Known and accepted: a body that happens to be JSON is read as JSON, so there `C:\new` has a line break (S1).
import { JsonRefused, parseJson } from '@ngtb/protocol'

export interface Lenient {
  readonly value: unknown
  /** It was no JSON, or said a key twice: texts may be misread, and fields behind them faked. */
  readonly salvaged: boolean
}

/** Null: this doesn't even begin as an object of that EA does. */
export function readLenient(bytes: Buffer): Lenient | null {
  const text = decode(bytes)
  const strict = readStrict(text)
  if (strict !== null && membersWritten(text) === membersRead(strict.value)) return strict
  const value = salvage(text)
  // Null beside `strict`: a key said twice, but not in the hand of that EA.
  return value === null ? strict : { value, salvaged: true }
}

function readStrict(text: string): Lenient | null {
  try {
    return { value: parseJson(text), salvaged: false }
  } catch (error) {
    if (error instanceof JsonRefused) return null
    throw error
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
/** Bytes 0x80 to 0x9f; the others are those of Latin-1. Node 20.18.3 and later read them wrong (nodejs/node#56542). */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    const latin = bytes.toString('latin1')
    return latin.replace(/[\x80-\x9f]/g, (byte) => WINDOWS_1252[byte.charCodeAt(0) - 0x80] ?? '')
  }
}

/** In JSON, a colon outside of texts stands behind each key and nowhere else. */
function membersWritten(json: string): number {
  let [count, inside] = [0, false]
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x22) inside = !inside
    else if (code === 0x3a && !inside) count++
  }
  return count
}

function membersRead(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  const within = Object.values(value)
  return within.reduce((sum: number, one) => sum + membersRead(one), Array.isArray(value) ? 0 : within.length)
}

const DEPTH_MAX = 4
/** A double that printf writes in full has 309 digits before its point. */
const SCALAR_LENGTH_MAX = 400
const IDENTIFIER = '"([A-Za-z_][A-Za-z0-9_]{0,63})":'
const BEGINS = new RegExp(`^\\{${IDENTIFIER}`)
const KEY = new RegExp(IDENTIFIER, 'y')
const NEXT_MEMBER = new RegExp(`,${IDENTIFIER}`, 'y')
/** What stands before the next element of an array: mostly they are all of a kind. */
const NEXT_ELEMENT = { '"': /,"/y, '{': new RegExp(`,\\{${IDENTIFIER}`, 'y'), '[': /,\[/y, scalar: /,/y }
/** Where the top goes on behind a value that can't be read: not at a member that lies within that value. */
const GOES_ON = {
  '"': new RegExp(`,${IDENTIFIER}`, 'g'),
  '{': new RegExp(`\\},${IDENTIFIER}`, 'g'),
  '[': new RegExp(`\\],${IDENTIFIER}`, 'g'),
  scalar: new RegExp(`,${IDENTIFIER}`, 'g'),
}
const SCALAR = /^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)$/
const CLOSES = { '{': '}', '[': ']' } as const

type Kind = keyof typeof GOES_ON
/** The open brackets, outermost first: `{[{` is within one of the positions. */
type Place = string

const UNREADABLE = Symbol('unreadable')

function salvage(raw: string): Record<string, unknown> | null {
  const text = raw.replaceAll('\0', '').trimEnd()
  return BEGINS.test(text) ? new Salvage(text).top() : null
}

class Salvage {
  private readonly text: string
  private at = 1
  /** Places where a text was seen to have no end: then none that begins there later has one (S5). */
  private readonly endless = new Set<string>()

  constructor(text: string) {
    this.text = text
  }

  top(): Record<string, unknown> {
    const found: Record<string, unknown> = {}
    for (;;) {
      const key = this.key()
      if (key === null) return found
      const kind = this.kind()
      const value = this.value('{')
      if (value !== UNREADABLE) {
        keep(found, key, value)
        if (this.text[this.at] !== ',') return found
        this.at++
      } else {
        const hit = from(GOES_ON[kind], this.text, this.at)
        if (hit === null) return found
        this.at = this.text.indexOf('"', hit.index)
      }
    }
  }

  private key(): string | null {
    const hit = from(KEY, this.text, this.at)
    if (hit === null) return null
    this.at += hit[0].length
    return hit[1] ?? null
  }

  private kind(): Kind {
    const first = this.text[this.at]
    return first === '"' || first === '{' || first === '[' ? first : 'scalar'
  }

  /** Leaves `at` behind the value; if that is unreadable, at a point from where to look on, never further back. */
  private value(place: Place): unknown {
    const kind = this.kind()
    if (kind === '"') return this.string(place)
    if (kind === 'scalar') return this.scalar(place)
    if (place.length >= DEPTH_MAX) return UNREADABLE
    this.at++
    const value = kind === '{' ? this.object(`${place}{`) : this.array(`${place}[`)
    return value === UNREADABLE || this.goesOn(this.at, place, kind) ? value : UNREADABLE
  }

  private object(place: Place): unknown {
    const found: Record<string, unknown> = {}
    while (this.text[this.at] !== '}') {
      const key = this.key()
      const value = key === null ? UNREADABLE : this.value(place)
      if (key === null || value === UNREADABLE) return UNREADABLE
      keep(found, key, value)
      if (this.text[this.at] === ',') this.at++
    }
    this.at++
    return found
  }

  private array(place: Place): unknown {
    const found: unknown[] = []
    while (this.text[this.at] !== ']') {
      const value = this.value(place)
      if (value === UNREADABLE) return UNREADABLE
      found.push(value)
      if (this.text[this.at] === ',') this.at++
    }
    this.at++
    return found
  }

  private string(place: Place): unknown {
    const start = this.at + 1
    if (this.endless.has(place)) return UNREADABLE
    for (let end = this.text.indexOf('"', start); end !== -1; end = this.text.indexOf('"', end + 1)) {
      if (!this.goesOn(end + 1, place, '"')) continue
      this.at = end + 1
      return this.text.slice(start, end)
    }
    this.endless.add(place)
    return UNREADABLE
  }

  private scalar(place: Place): unknown {
    const start = this.at
    for (let end = start; end < this.text.length; end++) {
      if (!',}]'.includes(this.text[end] ?? '') || !this.goesOn(end, place, 'scalar')) continue
      this.at = end
      return readScalar(this.text.slice(start, end).trim())
    }
    return UNREADABLE // There is no further member: nothing is looked through a second time.
  }

  /** May what stands at `at` stand behind a value there? Then it does, up to the next member or element or the end. */
  private goesOn(at: number, place: Place, kind: Kind): boolean {
    let [here, last] = [at, kind]
    for (let depth = place.length - 1; depth >= 0; depth--) {
      const bracket = place[depth] === '[' ? '[' : '{'
      if (from(bracket === '{' ? NEXT_MEMBER : NEXT_ELEMENT[last], this.text, here) !== null) return true
      if (this.text[here] !== CLOSES[bracket]) return false
      here++
      last = bracket
    }
    return here === this.text.length
  }
}

function from(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** By parseJson: a ticket beyond 2^53 arrives as its digits here, too. What it refuses is too large (J2). */
function readScalar(token: string): unknown {
  if (token.length > SCALAR_LENGTH_MAX || !SCALAR.test(token)) return null
  return /^[tfn]/.test(token) || Number.isFinite(Number(token)) ? parseJson(token) : null
}

function keep(found: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__' && !Object.hasOwn(found, key)) found[key] = value
}
