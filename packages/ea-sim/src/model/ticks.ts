// Where ticks come from: a file's lines or a random walk. Pure generators; nobody here knows what time it is.
//
//   T1. A tick keeps the literal digits of its prices, so that "equal to the last digit" can be checked.
//   T2. A line that is not a tick stops the reading with its number. Skipping it would be a silent loss.

import type { Random } from './random.ts'
import type { SymbolSpec } from './symbols.ts'

/** One quote. `time_ms` is UTC in ms; the texts are the prices as they were written. */
export interface Tick {
  symbol: string
  time_ms: number
  bid: number
  ask: number
  bid_text: string
  ask_text: string
  volume: number
}

/** A tick file has a line that is not `time_utc_ms,bid,ask`. */
export class TickFormatError extends Error {
  override readonly name = 'TickFormatError'
}

// Prices in the grammar of a JSON number, because the literal itself goes on the wire.
const LINE = /^([1-9]\d{9,15}),((?:0|[1-9]\d*)(?:\.\d+)?),((?:0|[1-9]\d*)(?:\.\d+)?)\s*$/
const HEADER = /^\uFEFF?time_utc_ms,bid,ask\s*$/

/** One line of a tick file; null for the header and for an empty line. `line_no` counts from 1. */
export function parseTickLine(line: string, symbol: string, line_no: number): Tick | null {
  const match = LINE.exec(line)
  if (match === null) {
    if (line.trim() === '' || (line_no === 1 && HEADER.test(line))) return null
    throw new TickFormatError(`line ${line_no} is not "time_utc_ms,bid,ask": ${line.slice(0, 80)}`)
  }
  const [, time = '', bid_text = '', ask_text = ''] = match
  const tick = { symbol, time_ms: Number(time), bid: Number(bid_text), ask: Number(ask_text) }
  if (tick.bid <= 0 || tick.ask <= 0)
    throw new TickFormatError(`line ${line_no} has a price of zero: ${line}`)
  return { ...tick, bid_text, ask_text, volume: 0 }
}

/** All ticks of a file given as lines. */
export function* parseTickLines(lines: Iterable<string>, symbol: string): Generator<Tick> {
  let line_no = 0
  for (const line of lines) {
    const tick = parseTickLine(line, symbol, ++line_no)
    if (tick !== null) yield tick
  }
}

export interface RandomWalkOptions {
  spec: SymbolSpec
  random: Random
  /** Time of the first tick, UTC in ms. */
  start_ms: number
  /** Distance of two ticks in ms; may be a fraction (times are rounded down). */
  interval_ms: number
  /** The price it keeps coming back to; the specification's reference price by default. */
  start_price?: number
  spread_points?: number
  /** Typical step in points. */
  step_points?: number
  /** How much of the distance to the start price each step takes back (0 … 1). */
  reversion?: number
  /** Number of ticks; endless without. */
  count?: number
}

/** A price that wanders around its start and comes back to it. */
export function* randomWalk(options: RandomWalkOptions): Generator<Tick> {
  const { spec, random, start_ms, interval_ms, reversion = 0.01, step_points = 3 } = options
  const scale = 10 ** spec.digits
  const home = Math.round((options.start_price ?? spec.reference_price) * scale)
  const spread = options.spread_points ?? spec.spread_points
  const count = options.count ?? Number.POSITIVE_INFINITY
  let away = 0
  for (let index = 0; index < count; index++) {
    const bid = (home + Math.max(Math.round(away), 1 - home)) / scale
    const ask = (Math.round(bid * scale) + spread) / scale
    const time_ms = Math.floor(start_ms + index * interval_ms)
    const texts = { bid_text: bid.toFixed(spec.digits), ask_text: ask.toFixed(spec.digits) }
    yield { symbol: spec.symbol, time_ms, bid, ask, ...texts, volume: 0 }
    away += random.normal() * step_points - reversion * away
  }
}

/** Several sources as one, by time; equal times keep the order of the sources. */
export function* mergeTicks(sources: readonly Iterable<Tick>[]): Generator<Tick> {
  const heads = sources.map((source) => {
    const ticks = source[Symbol.iterator]()
    return { ticks, next: ticks.next() }
  })
  for (;;) {
    let first: (typeof heads)[number] | undefined
    for (const head of heads) {
      if (head.next.done === true) continue
      if (
        first === undefined ||
        first.next.done === true ||
        head.next.value.time_ms < first.next.value.time_ms
      )
        first = head
    }
    if (first === undefined || first.next.done === true) return
    yield first.next.value
    first.next = first.ticks.next()
  }
}
