// Binary frames of /ws/ticks: what is put in comes out, and what is no frame is refused with what is wrong.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeTickFrame, encodeTickFrame, limits, type TickFrame } from '../src/index.ts'

const SYMBOLS = ['EURUSD', 'USDJPY', '日経225']
const place = (symbol: string) => SYMBOLS.indexOf(symbol)
const price = fc.double({ min: 1e-9, max: limits.price_max, noNaN: true })
const tick = fc.record({
  symbol: fc.constantFrom(...SYMBOLS),
  bid: price,
  ask: price,
  timestamp: fc.integer({ min: limits.time_ms_min, max: limits.time_ms_max }),
  volume: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
})
const frame: fc.Arbitrary<TickFrame> = fc.record({
  ref: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  first_seq: fc.integer({ min: 1, max: limits.tick_seq_max }),
  ticks: fc.array(tick, { minLength: 1, maxLength: 30 }),
})

test('P11: a frame comes out as it was put in, to the last bit, wherever it lies in memory', () => {
  fc.assert(
    fc.property(frame, fc.nat(7), (value, shift) => {
      const bytes = encodeTickFrame(value, place)
      const lying = new Uint8Array(bytes.length + shift)
      lying.set(bytes, shift)
      expect(decodeTickFrame(lying.subarray(shift), SYMBOLS)).toEqual(value)
    }),
  )
})

const good: TickFrame = {
  ref: 1,
  first_seq: 1,
  ticks: [{ symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp: 1577916000065, volume: 0 }],
}
const broken = (change: (view: DataView) => void): Uint8Array => {
  const bytes = encodeTickFrame(good, place)
  change(new DataView(bytes.buffer))
  return bytes
}

test.each([
  ['too short for a head', new Uint8Array(15), /begins with 16 bytes/],
  [
    'a tick less than it says',
    encodeTickFrame(good, place).subarray(0, 55),
    /1 ticks take 56 bytes, and 55 came/,
  ],
  ['a negative count', broken((view) => view.setInt32(4, -1, true)), /-1 ticks/],
  ['number 0', broken((view) => view.setInt32(8, 0, true)), /first_seq 0/],
  ['a symbol that was not named', broken((view) => view.setInt32(16, 3, true)), /symbol 3, and 3 are known/],
  ['a price of zero', broken((view) => view.setFloat64(32, 0, true)), /bid 0/],
  ['a price that is no number', broken((view) => view.setFloat64(40, Number.NaN, true)), /ask NaN/],
  ['a negative volume', broken((view) => view.setFloat64(48, -1, true)), /volume/],
  ['a time in seconds', broken((view) => view.setInt32(28, 0, true)), /not in ms/],
])('%s is refused', (_, bytes, sentence) => {
  expect(() => decodeTickFrame(bytes, SYMBOLS)).toThrow(sentence)
})

test('any bytes are a frame or a sentence, never another mistake', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeTickFrame(bytes, SYMBOLS)
      } catch (error) {
        expect((error as Error).name).toBe('TickFrameError')
      }
    }),
  )
})
