// P13, F1: a feed never passes a number that it did not tell, whatever is committed between its reads.
import type pg from 'pg'
import { expect, test } from 'vitest'
import { createPool } from '../src/storage/postgres/pool.ts'
import { eventsAfter } from '../src/storage/postgres/reads/ledger.ts'
import { rowsOf } from './support/doors.ts'
import { testServer } from './support/server.ts'

test('an audit event and a log, committed while the feed reads, are told both or the later one not yet', async () => {
  const t = await testServer()
  const pool = createPool({ url: t.database_url, max: 2, name: 'test', onError: () => {} })
  try {
    const ea = await t.enrol(1111)
    const desk = t.server.services.desks.get(1)
    let reads = 0
    // The second of two reads, if there are two, waits until more was committed behind the first.
    let interjected: Promise<unknown> = Promise.resolve()
    const slow = {
      async query(...args: Parameters<pg.Pool['query']>) {
        const mine = ++reads
        if (mine > 1) await interjected
        const answer = pool.query(...args)
        if (mine === 1)
          interjected = Promise.resolve(answer).then(async () => {
            await desk.run((step) => step.audit('test.event', 'test', null, {}))
            await t.call('logs', 'POST', '/api/log', {
              key: ea,
              body: { level: 'INFO', message: 'behind it' },
            })
          })
        return answer
      },
    } as unknown as pg.Pool
    const told = (await eventsAfter(slow, 0, 500)).map((event) =>
      'audit' in event ? event.audit.seq : event.log.seq,
    )
    await interjected
    const rows = await rowsOf<{ seq: string }>(
      t,
      'select seq from audit_event union all select seq from ea_log order by 1',
    )
    const up_to = rows.map(({ seq }) => Number(seq)).filter((seq) => seq <= (told.at(-1) ?? 0))
    expect(told).toEqual(up_to)
  } finally {
    await pool.end()
    await t.stop()
  }
})
