// Reads of single keys. Hundreds of EAs have theirs looked up anew each second, all in the same few milliseconds: what
// is asked while one question is under way is the next one, for all of them together.
import type pg from 'pg'
import type { ApiKeyRow } from '../../../ports.ts'
import { fromRow } from '../rows.ts'

interface Asked {
  readonly key_id: string
  resolve(row: ApiKeyRow | null): void
  reject(error: unknown): void
}

/** Answers as the table is after the question was asked, never before. */
export function keyReader(pool: pg.Pool): (key_id: string) => Promise<ApiKeyRow | null> {
  let waiting: Asked[] = []
  let running = false

  async function run(): Promise<void> {
    running = true
    await Promise.resolve() // requests of the same instant join the first question
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      try {
        const rows = await read(pool, [...new Set(group.map(({ key_id }) => key_id))])
        for (const { key_id, resolve } of group) resolve(rows.get(key_id) ?? null)
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    running = false
  }

  return (key_id) =>
    new Promise((resolve, reject) => {
      waiting.push({ key_id, resolve, reject })
      if (!running) void run()
    })
}

async function read(pool: pg.Pool, key_ids: readonly string[]): Promise<Map<string, ApiKeyRow>> {
  const { rows } = await pool.query({
    name: 'keys',
    text: 'select * from api_key where key_id = any($1)',
    values: [key_ids],
  })
  return new Map(rows.map((row) => [row.key_id as string, fromRow<ApiKeyRow>(row)]))
}
