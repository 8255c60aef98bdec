// The digest of the open positions (R13): known answers, so that every language can be held against them.
import { expect, test } from 'vitest'
import { positionsDigest } from '../src/index.ts'

const one = {
  ticket: '16218652',
  symbol: 'EURUSD',
  direction: 'BUY',
  volume: 0.1,
  sl: 1.085,
  tp: null,
} as const

test('known answers', () => {
  expect(positionsDigest([])).toBe('cbf29ce484222325') // FNV-1a's own start
  // FNV-1a of `16218652;EURUSD;B;10000000;108500000;0\n`
  expect(positionsDigest([one])).toBe('0bd30aeb9e32b67e')
})

test('the order does not matter, 0 is no level, and noise below 1e-8 is none', () => {
  const two = { ...one, ticket: '9', direction: 'SELL' as const }
  expect(positionsDigest([two, one])).toBe(positionsDigest([one, two]))
  expect(positionsDigest([{ ...one, tp: 0, volume: 0.1 + 1e-12 }])).toBe(positionsDigest([one]))
})

test.each([
  ['ticket', { ticket: '16218653' }],
  ['symbol', { symbol: 'GBPUSD' }],
  ['direction', { direction: 'SELL' as const }],
  ['volume', { volume: 0.11 }],
  ['sl', { sl: 1.0851 }],
  ['tp', { tp: 1.2 }],
])('another %s is another digest', (_field, other) => {
  expect(positionsDigest([{ ...one, ...other }])).not.toBe(positionsDigest([one]))
})
