// A tick file on disk, line by line: a year of ticks needs no more memory than an hour.

import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { parseTickLine, type Tick } from './model/ticks.ts'

/** `…/eurusd-2020-01-01.csv` → EURUSD. */
export function symbolOfFile(path: string): string {
  const name = /^[A-Za-z0-9]+/.exec(basename(path))?.[0]
  if (name === undefined) throw new Error(`${path}: give the symbol, the file name does not begin with one`)
  return name.toUpperCase()
}

/**
 * The ticks of a CSV file `time_utc_ms,bid,ask`, in the order of the file.
 * @throws TickFormatError with the number of the first line that is none.
 */
export async function* readTickFile(path: string, symbol = symbolOfFile(path)): AsyncGenerator<Tick> {
  const input = createReadStream(path)
  let line_no = 0
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const tick = parseTickLine(line, symbol, ++line_no)
      if (tick !== null) yield tick
    }
  } finally {
    input.destroy()
  }
}
