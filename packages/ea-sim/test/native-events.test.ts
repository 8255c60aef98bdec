// What a native EA tells by itself: numbers, repeats, gaps (P10); and which deals are still to be told.
import { describe, expect, test } from 'vitest'
import { DealCursor } from '../src/model/native/deal-cursor.ts'
import { EventStream } from '../src/model/native/event-stream.ts'

const event = (no: number) => ({ kind: 'closed', no })
const reply = (http: number, body: object = {}) => ({ http, body, retry_after_ms: null })

function stream(events: number, last_seq = 0): EventStream {
  const made = new EventStream('trade')
  for (let no = 1; no <= events; no++) made.push(event(no))
  made.begins(last_seq)
  return made
}

describe('P10', () => {
  test('nothing is told before a connect, and then behind what the server has', () => {
    const fresh = new EventStream('trade')
    fresh.push(event(1))
    expect(fresh.next()).toBeNull()
    fresh.begins(7)
    expect(fresh.next()).toEqual({ stream: 'trade', first_seq: 8, events: [event(1)] })
  })
  test('one message at a time; without a reply the same again', () => {
    const one = stream(3)
    expect(one.next(2)).toMatchObject({ first_seq: 1, events: [{ no: 1 }, { no: 2 }] })
    expect(one.next(2)).toBeNull()
    one.told(null)
    expect(one.next(2)).toMatchObject({ first_seq: 1, events: [{ no: 1 }, { no: 2 }] })
    expect(one.told(reply(200, { last_seq: 2 }))).toBe(true)
    expect(one.next(2)).toMatchObject({ first_seq: 3, events: [{ no: 3 }] })
  })
  test('the reply was lost and the session is new: what was stored is not told again', () => {
    const one = stream(3)
    one.next(2)
    one.begins(2)
    expect(one.next()).toMatchObject({ first_seq: 3, events: [{ no: 3 }] })
  })
  test('a gap: the stream goes on where the server says, with what there is', () => {
    const one = stream(2, 10)
    one.next()
    expect(one.told(reply(409, { expected_seq: 9 }))).toBe(false)
    expect(one.was_forgotten).toBe(true) // it had acknowledged up to 10
    expect(one.next()).toMatchObject({ first_seq: 9, events: [{ no: 1 }, { no: 2 }] })
    one.told(reply(409, { error: 'NGTB_FENCED' }))
    expect(one.pending).toBe(2)
  })
})

test('deals: each once a session, from a few before the newest that the server has', () => {
  const cursor = new DealCursor()
  const deals = [{ deal: '1' }, { deal: '2' }] as never[]
  cursor.begins('1')
  expect(cursor.query).toEqual({ what: 'deals', after: '1', overlap: 50 })
  expect(cursor.fresh(deals)).toHaveLength(2)
  expect(cursor.fresh([...deals, { deal: '3' } as never])).toEqual([{ deal: '3' }])
  cursor.begins('3')
  expect(cursor.fresh(deals)).toHaveLength(2)
})
