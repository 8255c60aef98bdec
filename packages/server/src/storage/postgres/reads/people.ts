// Reads of people, their sessions and invitations.
import type pg from 'pg'
import type {
  InvitationRow,
  Page,
  PageRequest,
  PersonRow,
  PersonSessionRow,
  PolicyRow,
} from '../../../ports.ts'
import { fromRow } from '../rows.ts'
import { pageOf } from './accounts.ts'

type Reader = pg.Pool | pg.PoolClient

async function list<T>(from: Reader, text: string, values: unknown[] = []): Promise<T[]> {
  const { rows } = await from.query(text, values)
  return rows.map((row) => fromRow<T>(row))
}

const one = async <T>(from: Reader, text: string, value: string): Promise<T | null> =>
  (await list<T>(from, text, [value]))[0] ?? null

export const person = (pool: pg.Pool, person_id: string) =>
  one<PersonRow>(pool, 'select * from person where person_id = $1', person_id)

export const personByName = (pool: pg.Pool, name_key: string) =>
  one<PersonRow>(pool, 'select * from person where name_key = $1', name_key)

export async function people(pool: pg.Pool, { limit, after }: PageRequest): Promise<Page<PersonRow>> {
  // Bytes, not the rules of a language: the same order everywhere, and the memory ledger's.
  const text = `select * from person where name_key collate "C" > $1 order by name_key collate "C" limit $2`
  const rows = await list<PersonRow>(pool, text, [after?.[0] ?? '', limit + 1])
  return pageOf(rows, limit, ({ name_key }) => [name_key])
}

export const admins = (pool: pg.Pool) =>
  list<PersonRow>(
    pool,
    `select * from person where role = 'admin' and disabled_at is null and password_hash is not null
     order by name_key collate "C"`,
  )

export const personSession = (pool: pg.Pool, token_hash: string) =>
  one<PersonSessionRow>(
    pool,
    'select * from person_session where token_hash = $1 or previous_hash = $1',
    token_hash,
  )

export const personSessionById = (pool: pg.Pool, session_id: string) =>
  one<PersonSessionRow>(pool, 'select * from person_session where session_id = $1', session_id)

export const personSessions = (pool: pg.Pool, person_id: string | null, now: number) =>
  list<PersonSessionRow>(
    pool,
    `select * from person_session
     where ended_at is null and expires_at > to_timestamp($2 / 1000.0) and ($1::text is null or person_id = $1)
     order by created_at desc, session_id`,
    [person_id, now],
  )

export async function touchPersonSession(pool: pg.Pool, session_id: string, at: number): Promise<void> {
  await pool.query(
    `update person_session set last_seen_at = greatest(last_seen_at, to_timestamp($2 / 1000.0))
     where session_id = $1`,
    [session_id, at],
  )
}

export const invitation = (pool: pg.Pool, token_hash: string) =>
  one<InvitationRow>(pool, 'select * from invitation where token_hash = $1', token_hash)

export const invitationsOf = (pool: pg.Pool, person_id: string | null) =>
  list<InvitationRow>(
    pool,
    `select * from invitation where spent_at is null and person_id is not distinct from $1
     order by created_at, token_hash`,
    [person_id],
  )

export const policies = (pool: Reader) => list<PolicyRow>(pool, 'select * from policy order by name')

export const allPeople = (client: pg.PoolClient) =>
  list<PersonRow>(client, 'select * from person order by person_id')
