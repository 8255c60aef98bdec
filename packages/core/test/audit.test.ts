// The audit chain (P13): whatever is changed, deleted, inserted or swapped is found.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AuditEvent, auditText, brokenLink, canonical, GENESIS_HASH } from '../src/index.ts'

/** FNV-1a twice: no cryptography needed to see that every byte is under the hash. */
const hash = (text: string): string => {
  let [a, b] = [0x811c9dc5, 0x01234567]
  for (let at = 0; at < text.length; at++) {
    a = Math.imul(a ^ text.charCodeAt(at), 0x01000193) >>> 0
    b = Math.imul(b ^ a, 0x01000193) >>> 0
  }
  return a.toString(16).padStart(8, '0') + b.toString(16).padStart(8, '0')
}

function chain(contents: readonly { kind: string; data: Record<string, unknown> }[]): AuditEvent[] {
  let prev_hash = GENESIS_HASH
  return contents.map((content, index) => {
    const facts = {
      account_id: 1,
      audit_no: index + 1,
      at: 1_000 + index,
      actor: 'ea',
      subject: 'c1',
      ...content,
    }
    const event = { ...facts, prev_hash, hash: hash(auditText(facts, prev_hash)) }
    prev_hash = event.hash
    return event
  })
}

const contents = fc.array(
  fc.record({
    kind: fc.constantFrom('command.created', 'trade.closed'),
    data: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }) as fc.Arbitrary<Record<string, unknown>>,
  }),
  { minLength: 2, maxLength: 8 },
)
const built = contents.map(chain)
const headOf = (events: readonly AuditEvent[]) => {
  const last = events.at(-1)
  return { audit_no: last?.audit_no ?? 0, hash: last?.hash ?? GENESIS_HASH }
}
const place = fc.nat(100)

describe('brokenLink', () => {
  test('a whole chain has none, also from a checkpoint on', () => {
    fc.assert(
      fc.property(built, place, (events, at) => {
        expect(brokenLink(events, hash, undefined, headOf(events))).toBeNull()
        const cut = at % events.length
        expect(brokenLink(events.slice(cut), hash, headOf(events.slice(0, cut)), headOf(events))).toBeNull()
      }),
    )
  })

  test('any field changed is found at its event', () => {
    const change = fc.constantFrom<Partial<AuditEvent>>(
      { kind: 'x' },
      { at: 5 },
      { actor: 'me' },
      { subject: null },
      { subject: 'c2' },
      { account_id: 2 },
      { data: { planted: 1 } },
      { hash: 'f'.repeat(16) },
      { prev_hash: 'f'.repeat(16) },
      { audit_no: 99 },
    )
    fc.assert(
      fc.property(built, place, change, (events, at, planted) => {
        const index = at % events.length
        const forged = events.map((event, n) => (n === index ? { ...event, ...planted } : event))
        expect(brokenLink(forged, hash)?.audit_no).toBe(index + 1)
      }),
    )
  })

  test('a changed event with its own hash made good breaks the next link, or the head', () => {
    fc.assert(
      fc.property(built, place, (events, at) => {
        const index = at % events.length
        const forged = events.map((event, n) => {
          if (n !== index) return event
          const facts = { ...event, actor: 'me' }
          return { ...facts, hash: hash(auditText(facts, event.prev_hash)) }
        })
        expect(brokenLink(forged, hash, undefined, headOf(events))).not.toBeNull()
      }),
    )
  })

  test('any event deleted, the last one too, is found', () => {
    const three = chain(['a', 'b', 'c'].map((kind) => ({ kind, data: {} })))
    expect(brokenLink(three.slice(0, 2), hash, undefined, headOf(three))?.reason).toMatch(/ends at 2/)
    fc.assert(
      fc.property(built, place, (events, at) => {
        const left = events.filter((_, n) => n !== at % events.length)
        expect(brokenLink(left, hash, undefined, headOf(events))).not.toBeNull()
      }),
    )
  })

  test('any two swapped, any one doubled, is found', () => {
    fc.assert(
      fc.property(built, place, (events, at) => {
        const index = at % (events.length - 1)
        const [a, b] = [events[index], events[index + 1]] as [AuditEvent, AuditEvent]
        expect(brokenLink(events.toSpliced(index, 2, b, a), hash)?.audit_no).toBe(index + 1)
        expect(brokenLink(events.toSpliced(index, 1, a, a), hash)?.audit_no).toBe(index + 2)
      }),
    )
  })
})

describe('canonical', () => {
  test('the order of keys and a journey through JSON change nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const travelled = JSON.parse(JSON.stringify(value))
        expect(canonical(travelled)).toBe(canonical(value))
        expect(JSON.parse(canonical(value))).toEqual(travelled)
      }),
    )
    expect(canonical({ b: 1, a: { d: [2, { f: 3, e: 4 }], c: null } })).toBe(
      '{"a":{"c":null,"d":[2,{"e":4,"f":3}]},"b":1}',
    )
  })
  test('an event is hashed as the canonical text of all its facts', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.option(fc.string({ unit: 'binary' })),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (actor, subject, data) => {
          const facts = {
            account_id: 7,
            audit_no: 3,
            at: 1_700_000_000_000,
            kind: 'a.b',
            actor,
            subject,
            data,
          }
          expect(auditText(facts, 'ff')).toBe(canonical({ ...facts, prev_hash: 'ff' }))
        },
      ),
    )
  })
  test('text is as JSON has it, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (one) => {
        expect(canonical(one)).toBe(JSON.stringify(one))
      }),
    )
    for (const one of ['\ud800', '\u007f\u2028', '"\\/', '\ud83d\ude00', '\u0000'])
      expect(canonical(one)).toBe(JSON.stringify(one))
  })
  test('what JSON leaves out or calls null', () => {
    expect(canonical({ a: undefined, b: Number.NaN, c: [undefined], d: -0 })).toBe(
      '{"b":null,"c":[null],"d":0}',
    )
  })
})
