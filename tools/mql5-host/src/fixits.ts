// MQL5 host, build: MQL5 writes pointer.member, C++ wants pointer->member. Only g++ knows which names are pointers:
// it is asked, the places that it names are changed, until it names no more.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { LAX_FLAGS, runGpp } from './gcc.ts'

const ROUNDS_MAX = 20
const POINTER =
  /^[^\n:]+:(\d+):(\d+): (?:error|warning): (?:request for member .* in .*, which is of pointer type|base operand of '->')/gm

export interface FixResult {
  readonly changed: number
  readonly rounds: number
}

export async function fixPointers(file: string, includes: readonly string[]): Promise<FixResult> {
  const flat = `${file}.flat.cpp`
  let changed = 0
  let rounds = 0
  try {
    for (; rounds < ROUNDS_MAX; rounds++) {
      const text = readFileSync(file, 'utf8')
      // Without #line the places are those of the generated file; the lines stay as many.
      writeFileSync(flat, text.replace(/^#line .*$/gm, ''))
      const { said } = await runGpp([
        ...LAX_FLAGS,
        '-fsyntax-only',
        '-fmax-errors=0',
        '-fdiagnostics-column-unit=byte',
        ...includes,
        flat,
      ])
      const places = [...said.matchAll(POINTER)].map(
        ([, line, column]) => [Number(line), Number(column)] as const,
      )
      const next = arrowed(text, places)
      if (next.changed === 0) break
      changed += next.changed
      writeFileSync(file, next.text)
    }
  } finally {
    rmSync(flat, { force: true })
  }
  return { changed, rounds }
}

/** Each place is the member's name; the dot before it becomes an arrow. From the end, so that places stay true. */
function arrowed(text: string, places: readonly (readonly [number, number])[]) {
  const lines = text.split('\n')
  const sorted = [...new Map(places.map((place) => [place.join(':'), place])).values()].sort(
    ([lineA, columnA], [lineB, columnB]) => lineB - lineA || columnB - columnA,
  )
  let changed = 0
  for (const [line, column] of sorted) {
    const bytes = Buffer.from(lines[line - 1] ?? '')
    let dot = column - 2
    while (dot >= 0 && bytes[dot] === 0x20) dot--
    if (bytes[dot] !== 0x2e) continue
    lines[line - 1] = `${bytes.toString('utf8', 0, dot)}->${bytes.toString('utf8', dot + 1)}`
    changed++
  }
  return { text: lines.join('\n'), changed }
}
