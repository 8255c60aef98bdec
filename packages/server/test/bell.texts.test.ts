// What goes over a wire: every ring arrives as it was said, in texts that PostgreSQL takes; and what is no
// ring is none.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRingText, ringTexts } from '../src/delivery/ring-text.ts'
import { silentLog } from '../src/platform/log.ts'
import { systemTimers } from '../src/platform/timers.ts'
import { NotifyWire } from '../src/storage/postgres/notify.ts'
import { freshDatabase } from './support/server.ts'
import { until } from './support/wait.ts'

const rings = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 2 ** 53 - 1 })), {
    maxLength: 1_000,
  })
  .map((entries) => new Map(entries))

test('every ring is read as it was told, and no text is too long for NOTIFY', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9]{12}$/), rings, (server_id, told) => {
      const read = new Map<number, number>()
      for (const text of ringTexts(server_id, told)) {
        expect(Buffer.byteLength(text)).toBeLessThan(8_000)
        const heard = readRingText(text)
        expect(heard?.server_id).toBe(server_id)
        for (const [account_id, version] of heard?.rings ?? []) read.set(account_id, version)
      }
      expect(read).toEqual(told)
    }),
  )
})

test.each(['', ' ', 'x 1', 'x 1:', 'x 1:2:3', 'x -1:2', 'x 1:2  3:4', 'x 99999999999:1', 'hello there'])(
  'no ring: "%s"',
  (text) => {
    expect(readRingText(text)).toBeNull()
  },
)

test('PostgreSQL carries the rings of more accounts than one NOTIFY holds', async () => {
  const database = await freshDatabase()
  const wire = () => new NotifyWire({ url: database.url, timers: systemTimers, log: silentLog })
  const [here, there] = [wire(), wire()]
  const told = new Map(Array.from({ length: 5_000 }, (_, at) => [at + 1, 2 ** 40 + at]))
  const read = new Map<number, number>()
  try {
    await there.start((text) => {
      for (const [account_id, version] of readRingText(text)?.rings ?? []) read.set(account_id, version)
    })
    await here.start(() => {})
    expect(await here.tell(ringTexts('here', told))).toBe(1)
    await until(() => read.size === told.size)
    expect(read).toEqual(told)
  } finally {
    await here.stop()
    await there.stop()
    await database.drop()
  }
})
