// Runs with Node alone: npx tsx --test my-module/my-module.test.ts
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, type Prices, seen } from './decide.ts'

test('it waits until it has seen enough', () => {
  assert.equal(decide([1, 2], false, 1, 3), null)
})

test('it buys when the price rises, once', () => {
  assert.equal(decide([1, 1, 2], false, 1, 3), 'buy')
  assert.equal(decide([1, 1, 2], true, 1, 3), null)
})

test('it closes when the price falls', () => {
  assert.equal(decide([2, 2, 1], true, 1, 3), 'close')
  assert.equal(decide([2, 2, 1], false, 1, 3), null)
})

test('it remembers so many prices of each account, and no more', () => {
  const prices: Prices = new Map()
  for (const price of [1, 2, 3, 4]) seen(prices, '12345678', price, 3)
  assert.deepEqual(prices.get('12345678'), [2, 3, 4])
  assert.deepEqual(seen(prices, '87654321', 9, 3), [9])
})
