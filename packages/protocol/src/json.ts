// JSON in, without losing a digit and without letting in what PostgreSQL could not keep.
//
//   J1. An integer beyond 2^53, or a fraction as long, arrives as its digits (text), never rounded.
//   J2. A number that overflows to Infinity is refused, not stored as null.
//   J3. NUL characters, lone surrogates and `__proto__` keys are refused.
//   J4. Nesting is bounded, so that no later walk can exhaust the stack.

import { parse as losslessParse } from 'lossless-json'
import { limits } from './limits.ts'

/** Why a body was refused; the door turns it into a 400. */
export class JsonRefused extends Error {
  override readonly name = 'JsonRefused'
}

const UNSTORABLE = /\\u(?:0000|[dD][89a-fA-F])|__proto__|\\u005[fF]/

/**
 * Parses one JSON text.
 * @throws {JsonRefused} with a sentence that says what to change.
 */
export function parseJson(text: string): unknown {
  const { depth, exact } = glance(text)
  if (depth > limits.json_depth_max)
    throw new JsonRefused(`JSON is nested deeper than ${limits.json_depth_max} levels`)
  let value: unknown
  try {
    value = exact ? losslessParse(text, null, LOSSLESS) : JSON.parse(text)
  } catch (error) {
    if (error instanceof JsonRefused) throw error
    throw new JsonRefused(`the body is not JSON: ${(error as Error).message.slice(0, 120)}`)
  }
  if (UNSTORABLE.test(text)) refuseUnstorable(value)
  return value
}

// A key said twice: the last one counts, as in JSON.parse, whichever parser the text needs.
const LOSSLESS = {
  parseNumber: exactNumber,
  onDuplicateKey: ({ newValue }: { newValue: unknown }) => newValue,
}

function exactNumber(digits: string): number | string {
  const value = Number(digits)
  if (!Number.isFinite(value)) throw new JsonRefused(`the number ${digits.slice(0, 40)} is too large`)
  // So large, a fraction is rounded away: 4503599627370497.5 must not pass for a ticket.
  const rounded = /^-?[0-9]+$/.test(digits)
    ? !Number.isSafeInteger(value)
    : /^-?[0-9]{16,}\.[0-9]+$/.test(digits)
  return rounded ? digits : value
}

function refuseUnstorable(value: unknown): void {
  if (typeof value === 'string') refuseText(value)
  if (value === null || typeof value !== 'object') return
  // Reflect.ownKeys: JSON.parse makes `__proto__` an own key, which for…in over a copy would hide.
  for (const key of Reflect.ownKeys(value) as string[]) {
    if (key === '__proto__') throw new JsonRefused('the key __proto__ is not allowed')
    refuseText(key)
    refuseUnstorable((value as Record<string, unknown>)[key])
  }
}

function refuseText(text: string): void {
  if (text.includes('\0')) throw new JsonRefused('text must not contain the NUL character (\\u0000)')
  if (!text.isWellFormed()) throw new JsonRefused('text contains half of a surrogate pair')
}

/** A double holds any number of so many digits. */
const DIGITS_MAX = 15

interface Glance {
  /** How deep it is nested, or more than is allowed. */
  readonly depth: number
  /** Has it a number that JSON.parse might round, or call Infinity? */
  readonly exact: boolean
}

/** Reads what stands outside strings: linear, no recursion, and most of a batch of ticks is nothing else. */
function glance(text: string): Glance {
  let [depth, deepest, digits, exact] = [0, 0, 0, false]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code >= 0x30 && code <= 0x39) || code === 0x2e) {
      if (++digits > DIGITS_MAX) exact = true
      continue
    }
    if (digits > 0 && (code === 0x65 || code === 0x45)) exact = true // an exponent
    digits = 0
    if (code === 0x22) at = endOfString(text, at)
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > limits.json_depth_max) return { depth, exact }
      deepest = Math.max(deepest, depth)
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return { depth: deepest, exact }
}

function endOfString(text: string, start: number): number {
  let at = text.indexOf('"', start + 1)
  while (at !== -1) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++
    if (slashes % 2 === 0) return at
    at = text.indexOf('"', at + 1)
  }
  return text.length
}

/** Needs an escape in JSON, or might: then JSON itself says how. */
const UNUSUAL = /[^ !#-[\]-\ud7ff]/

/** A string as JSON. Most are words and numbers, which need no escape: to see that is quicker than to ask. */
export const jsonText = (value: string): string =>
  UNUSUAL.test(value) ? JSON.stringify(value) : `"${value}"`
