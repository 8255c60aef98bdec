// The role that the server works as (P13): it reads and writes the ledger and owns none of it, so no mistake and no
// stranger in the server's place can change what the audit trail says, or take its guard away.
//
//   N1. audit_event: SELECT and INSERT. No UPDATE, DELETE, TRUNCATE; its triggers and rights are the owner’s.
//   N2. Migrations run as the owner, the url's own user. The server's connections start as `ngtb_app`.
//   N3. Where that user may not make the role, the trigger of the table is the guard, and that is said aloud.
import pg from 'pg'
import type { TableName } from './rows.ts'
import { connectionOf, type DatabaseAddress } from './session.ts'

export const APP_ROLE = 'ngtb_app'

export interface AuditGuard {
  /** role: who works here can't change events · trigger: he owns the table, and could take its trigger away. */
  readonly kind: 'role' | 'trigger'
  /** The role that the server works as. */
  readonly role: string
  /** Why it is only the trigger. */
  readonly why: string | null
}

export interface Entrance extends DatabaseAddress {
  readonly guard: AuditGuard
}

/** A login of its own, where we are the ones who make it: the embedded database. */
export interface AppLogin {
  readonly url: string
  /** What PostgreSQL keeps of its password. */
  readonly verifier: string
}

/** What nobody who works here may do to events. */
const CHANGES = 'update, delete, truncate, trigger'
const WRITE = 'select, insert, update'
/** Everything that the server may do. A table that is not named here is none of its business. */
const RIGHTS: Record<TableName | OtherTable, string> = {
  account: WRITE,
  ea_connection: WRITE,
  broker_offset: WRITE,
  api_key: WRITE,
  symbol_spec: WRITE,
  command: WRITE,
  command_attempt: WRITE,
  trade: WRITE,
  audit_event: 'select, insert',
  ea_log: 'select, insert, delete',
  interaction_minute: `${WRITE}, delete`,
  ea_journal: WRITE,
  generation: WRITE,
  orphan_result: WRITE,
  strategy: WRITE,
  ea_stream: WRITE,
  dead_letter: WRITE,
  deal: WRITE,
  pending_order: WRITE,
  person: WRITE,
  // Over for long, they leave.
  person_session: `${WRITE}, delete`,
  invitation: `${WRITE}, delete`,
  policy: WRITE,
  alert: `${WRITE}, delete`,
  alert_delivery: `${WRITE}, delete`,
  alert_setting: WRITE,
  alert_mark: WRITE,
  alert_cursor: WRITE,
  alert_turn: WRITE,
  account_sample: `${WRITE}, delete`,
  system_sample: `${WRITE}, delete`,
  command_wire: 'select, insert, delete',
  enrolment: `${WRITE}, delete`,
  symbol: 'select, insert',
  bar: WRITE,
  tick: 'select, insert',
  // Refused and forgotten ones leave.
  tick_batch: 'select, insert, delete',
  tick_run: WRITE,
  tick_loss: 'select, insert',
  tick_counter: WRITE,
  tick_view: 'select',
  ngtb_migration: 'select',
}
type OtherTable =
  | 'account_sample'
  | 'system_sample'
  | 'command_wire'
  | 'enrolment'
  | 'alert_turn'
  | 'symbol'
  | 'bar'
  | 'tick'
  | 'tick_batch'
  | 'tick_run'
  | 'tick_loss'
  | 'tick_counter'
  | 'tick_view'
  | 'ngtb_migration'

/** What this user may not do, in words for the operator. */
class NotAllowed extends Error {}

/**
 * The way into a migrated database for the server: makes the role and its rights where `url`'s user may, and tries it.
 * @param login left out: the role has none, and connections of `url`'s user start as it
 */
export async function enterAsApp(url: string, login: AppLogin | null): Promise<Entrance> {
  const given = await withClient({ url }, whoAmI)
  if (!given.owns) return { url, guard: guardOf(given) }
  const asOwner = (why: string): Entrance => ({
    url,
    guard: { kind: 'trigger', role: given.user, why },
  })
  try {
    await withClient({ url }, (client) => prepare(client, given, login))
    const address: DatabaseAddress = login
      ? { url: login.url }
      : { url, role: { name: APP_ROLE, schema: given.schema } }
    const entered = await withClient(address, whoAmI)
    if (entered.user === given.user)
      return asOwner(
        'the option that names the role does not reach the database (is there a pooler in between?)',
      )
    return { ...address, guard: guardOf(entered) }
  } catch (error) {
    if (error instanceof NotAllowed) return asOwner(error.message)
    if ((error as { code?: string }).code === '42501') return asOwner((error as Error).message)
    throw error
  }
}

function guardOf({ user, owns, may_change }: Who): AuditGuard {
  const why = owns
    ? `${user} owns audit_event, or is a member of its owner`
    : may_change
      ? `${user} was granted more than SELECT and INSERT on audit_event`
      : null
  return { kind: why === null ? 'role' : 'trigger', role: user, why }
}

interface Who {
  readonly user: string
  readonly superuser: boolean
  readonly may_create: boolean
  /** Of audit_event, or a member of its owner: he can change its rights and triggers. */
  readonly owns: boolean
  /** N1 does not hold for him, whoever granted it. */
  readonly may_change: boolean
  readonly schema: string
}

async function whoAmI(client: pg.Client): Promise<Who> {
  const { rows } = await client.query<Who>(
    `select current_user as "user", r.rolsuper as superuser, r.rolsuper or r.rolcreaterole as may_create,
            r.rolsuper or pg_has_role(c.relowner, 'member') as owns,
            has_table_privilege(c.oid, '${CHANGES}') as may_change, n.nspname as schema
     from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r
     where c.oid = 'audit_event'::regclass and r.rolname = current_user`,
  )
  const [who] = rows
  if (!who) throw new Error('audit_event is not where it should be')
  return who
}

const LOCK = 7245903
const TRIES_MAX = 5
/** Another server makes the same role, or grants the same right, at the same moment. */
const AT_ONCE = new Set(['42710', '23505', 'XX000', '40001'])

async function prepare(client: pg.Client, who: Who, login: AppLogin | null): Promise<void> {
  if (!/^[a-z_][a-z0-9_]*$/.test(who.schema))
    throw new NotAllowed(`the schema ${who.schema} can not be named in an option of a connection`)
  // The lock holds for this database; roles are the whole cluster's, so others may still be at it.
  await client.query('select pg_advisory_lock($1)', [LOCK])
  for (let tries = 1; ; tries++)
    try {
      await makeRole(client, who)
      if (login) await letIn(client, login)
      await grant(client, who.schema)
      return
    } catch (error) {
      if (tries >= TRIES_MAX || !AT_ONCE.has((error as { code?: string }).code ?? '')) throw error
    }
}

async function makeRole(client: pg.Client, { user, superuser, may_create }: Who): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [APP_ROLE])
  const join = `grant ${APP_ROLE} to ${pg.escapeIdentifier(user)}`
  if (rowCount === 0) {
    if (!may_create)
      throw new NotAllowed(
        `the user ${user} may not create roles; let a superuser run: create role ${APP_ROLE} nologin; ${join}`,
      )
    await client.query(`create role ${APP_ROLE} nologin noinherit`)
  }
  if (superuser || (await maySetRole(client))) return
  try {
    await client.query(`grant ${APP_ROLE} to current_user`)
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error
    throw new NotAllowed(`the user ${user} is no member of ${APP_ROLE}; let a superuser run: ${join}`)
  }
}

async function maySetRole(client: pg.Client): Promise<boolean> {
  await client.query('begin')
  const allowed = await client.query(`set local role ${APP_ROLE}`).then(
    () => true,
    () => false,
  )
  await client.query('rollback')
  return allowed
}

/** Written only when it is another: every write of a role is seen by all sessions of the cluster. */
async function letIn(client: pg.Client, { verifier }: AppLogin): Promise<void> {
  const { rowCount } = await client.query(
    'select from pg_authid where rolname = $1 and rolcanlogin and rolpassword = $2',
    [APP_ROLE, verifier],
  )
  if (rowCount === 0)
    await client.query(`alter role ${APP_ROLE} login password ${pg.escapeLiteral(verifier)}`)
}

/** Only what is missing, for a right that is granted again is a write all the same. */
async function grant(client: pg.Client, schema: string): Promise<void> {
  const { rows: missing } = await client.query<{ name: string; rights: string }>(
    `select w.name, w.rights from unnest($1::text[], $2::text[]) as w(name, rights)
     where exists (select from regexp_split_to_table(w.rights, ', ') r
                   where not has_table_privilege($3, format('%I.%I', $4::text, w.name), r))
     order by w.name`,
    [Object.keys(RIGHTS), Object.values(RIGHTS), APP_ROLE, schema],
  )
  for (const { name, rights } of missing)
    await client.query(`grant ${rights} on ${schema}.${name} to ${APP_ROLE}`)
  const { rows: others } = await client.query<
    Record<'schema' | 'seq' | 'made' | 'dropped' | 'excess', boolean>
  >(
    `select has_schema_privilege($1, $2, 'usage') as schema,
            has_sequence_privilege($1, 'event_seq', 'usage') as seq,
            has_function_privilege($1, 'make_tick_day(integer)', 'execute') as made,
            has_function_privilege($1, 'drop_tick_day(integer)', 'execute') as dropped,
            has_table_privilege($1, 'audit_event', '${CHANGES}') as excess`,
    [APP_ROLE, schema],
  )
  const has = others[0]
  if (!has?.schema) await client.query(`grant usage on schema ${schema} to ${APP_ROLE}`)
  if (!has?.seq) await client.query(`grant usage, select on sequence event_seq to ${APP_ROLE}`)
  if (!has?.made) await client.query(`grant execute on function make_tick_day(integer) to ${APP_ROLE}`)
  if (!has?.dropped) await client.query(`grant execute on function drop_tick_day(integer) to ${APP_ROLE}`)
  // N1, also where somebody meant well.
  if (has?.excess) await client.query(`revoke ${CHANGES} on audit_event from ${APP_ROLE}`)
}

async function withClient<T>(address: DatabaseAddress, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    ...connectionOf(address),
    application_name: 'ngtb roles',
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => {}) // said by the query that it breaks
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end().catch(() => {})
  }
}
