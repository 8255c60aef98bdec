// Crash points end a process where a test says, at the pass it says, and nowhere else (contract §6).
import { expect, test } from 'vitest'
import { crashPointsOf, readCrashPoint } from '../src/platform/crash-points.ts'

const OPEN = { type: 'OPEN_TRADE' }
const CLOSE = { type: 'CLOSE_TRADE' }

test('a name, a type and a pass; the last two may be left out', () => {
  expect(readCrashPoint('K8')).toEqual({ name: 'K8', types: null, pass: 1 })
  expect(readCrashPoint('K8:OPEN_TRADE:2')).toEqual({ name: 'K8', types: ['OPEN_TRADE'], pass: 2 })
  expect(readCrashPoint('K17:*:3')).toEqual({ name: 'K17', types: null, pass: 3 })
  expect(readCrashPoint('K2:PROBE+OPEN_TRADE').types).toEqual(['PROBE', 'OPEN_TRADE'])
  for (const wrong of ['8', 'K8:', 'K8:OPEN_TRADE:0', 'K8 OPEN_TRADE', 'K8:OPEN_TRADE+', 'K8:+PROBE'])
    expect(() => readCrashPoint(wrong)).toThrow(wrong)
})

test('it dies at the named place, of the named type, at the named pass', () => {
  let armed: string | undefined
  let deaths = 0
  const pass = crashPointsOf(
    () => armed,
    () => deaths++,
  )
  pass('K8', [OPEN])
  armed = 'K8:OPEN_TRADE:3'
  pass('K7', [OPEN, OPEN, OPEN])
  pass('K8', [CLOSE, CLOSE, CLOSE])
  pass('K8', [OPEN, CLOSE, OPEN])
  expect(deaths).toBe(0)
  pass('K8', [OPEN])
  expect(deaths).toBe(1)
})

test('of several types, each must have come by', () => {
  let armed = 'K7:OPEN_TRADE+CLOSE_TRADE'
  let deaths = 0
  const pass = crashPointsOf(
    () => armed,
    () => deaths++,
  )
  pass('K7', [OPEN, OPEN])
  pass('K7', [{ type: 'PROBE' }])
  armed = 'K7:CLOSE_TRADE+OPEN_TRADE'
  pass('K7', [CLOSE])
  pass('K8', [OPEN])
  expect(deaths).toBe(0)
  pass('K7', [OPEN])
  expect(deaths).toBe(1)
})

test('armed anew, it counts anew', () => {
  let armed = 'K8:*:2'
  let deaths = 0
  const pass = crashPointsOf(
    () => armed,
    () => deaths++,
  )
  pass('K8', [OPEN])
  armed = ''
  pass('K8', [OPEN])
  armed = 'K8:*:2'
  pass('K8', [OPEN])
  expect(deaths).toBe(0)
  pass('K8', [])
  expect(deaths).toBe(0)
  pass('K8', [OPEN])
  expect(deaths).toBe(1)
})
