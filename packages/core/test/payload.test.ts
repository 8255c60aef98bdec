import { expect, test } from 'vitest'
import { payloadProblem } from '../src/index.ts'

test('the published payloads fit', () => {
  expect(
    payloadProblem('OPEN_TRADE', {
      symbol: 'EURUSD',
      order_type: 'BUY',
      volume: 0.1,
      sl: 1.085,
      tp: 1.095,
    }),
  ).toBeNull()
  expect(payloadProblem('MODIFY_TRADE', { ticket: 16218652, sl: 1.0875, tp: 1.096 })).toBeNull()
  expect(payloadProblem('CLOSE_TRADE', { ticket: '16218652', reason: 'enough' })).toBeNull()
  expect(payloadProblem('CLOSE_ALL', { symbol: 'EURUSD', magic: 5, reason: 'stop' })).toBeNull()
})
