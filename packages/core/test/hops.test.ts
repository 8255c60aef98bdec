// The hops of a command sum to its whole, whatever happened to it.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hopsOf } from '../src/index.ts'

const told = (...all: [kind: string, at: number][]) =>
  all.map(([kind, at]) => ({ kind: `command.${kind}`, at }))

test('a command that was handed out twice', () => {
  const events = told(
    ['created', 100],
    ['delivered', 130],
    ['lease_expired', 5_130],
    ['noted', 6_000],
    ['delivered', 7_130],
    ['completed', 7_180],
  )
  expect(hopsOf(events)).toEqual([
    { from: 'created', to: 'delivered', attempt: 0, at: 130, ms: 30 },
    { from: 'delivered', to: 'lease_expired', attempt: 1, at: 5_130, ms: 5_000 },
    { from: 'lease_expired', to: 'delivered', attempt: 1, at: 7_130, ms: 2_000 },
    { from: 'delivered', to: 'completed', attempt: 2, at: 7_180, ms: 50 },
  ])
  expect(hopsOf(told(['created', 5]))).toEqual([])
  expect(hopsOf([])).toEqual([])
})

test('hops sum to the whole', () => {
  const kind = fc.constantFrom('delivered', 'lease_expired', 'progress', 'completed', 'outcome_unknown')
  fc.assert(
    fc.property(fc.array(fc.tuple(kind, fc.nat(1e6)), { minLength: 1 }), (steps) => {
      let at = 1_000
      const events = told(
        ['created', at],
        ...steps.map(([name, ms]): [string, number] => {
          at += ms
          return [name, at]
        }),
      )
      const hops = hopsOf(events)
      expect(hops.reduce((sum, { ms }) => sum + ms, 0)).toBe(at - 1_000)
      expect(hops).toHaveLength(steps.length)
    }),
  )
})
