// Bars (contract §8): what replaces what, whatever comes twice or late.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bar, barAfter, barProblem, mergeBars } from '../src/index.ts'

const bar = (more: Partial<Bar> = {}): Bar => ({
  ...{ time_ms: 60_000, open: 1.1, high: 1.3, low: 1, close: 1.2 },
  ...{ tick_volume: 5, real_volume: 0, spread: 1, complete: true },
  ...more,
})

describe('what replaces what', () => {
  test.each<[string, Bar | undefined, Bar, 'known' | 'told']>([
    ['the first', undefined, bar(), 'told'],
    ['the same again', bar(), bar(), 'known'],
    ['B1: a correction', bar(), bar({ high: 1.4 }), 'told'],
    [
      'one that is still forming has grown',
      bar({ complete: false }),
      bar({ complete: false, close: 1.25 }),
      'told',
    ],
    ['it is finished', bar({ complete: false }), bar(), 'told'],
    ['B2: older news', bar(), bar({ complete: false, close: 1.25 }), 'known'],
  ])('%s', (_what, known, told, which) => {
    expect(barAfter(known, told)).toBe(which === 'told' ? told : known)
  })
})

test.each<[string, Partial<Bar>, RegExp | null]>([
  ['a bar', {}, null],
  ['all the same', { open: 1, high: 1, low: 1, close: 1 }, null],
  ['high below close', { high: 1.15 }, /high 1.15 is below/],
  ['low above open', { low: 1.15 }, /low 1.15 is above/],
])('%s', (_what, more, problem) => {
  const found = barProblem(bar(more))
  if (problem === null) expect(found).toBe(null)
  else expect(found).toMatch(problem)
})

test('in whatever order and however often a finished history comes: the same bars', () => {
  const history = Array.from({ length: 20 }, (_, at) =>
    bar({ time_ms: at * 60_000, close: 1 + at / 100, high: 2 }),
  )
  const early = history.map((one) => ({ ...one, close: one.open, complete: false }))
  const told = fc.array(fc.constantFrom(...history, ...early), { maxLength: 60 })
  fc.assert(
    fc.property(told, (words) => {
      const merged = mergeBars([...words, ...history, ...words])
      expect(merged.sort((a, b) => a.time_ms - b.time_ms)).toEqual(history)
    }),
  )
})
