// The database: is it there, does it keep what it says, how fast is it, is its clock ours.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DatabaseFacts, inspectDatabase, type Ledger, openLedger, SchemaTooNew } from '@ngtb/server'
import { type Finding, fail, ok, type Patient, sentence, warn } from './finding.ts'

const SLOW_MS = 20
const CLOCK_APART_MS = 2_000

export interface DatabaseVerdict {
  findings: Finding[]
  /** Open for the checks that follow, to be closed after them; null when there is nothing to ask. */
  ledger: Ledger | null
}

export async function checkDatabase(patient: Patient): Promise<DatabaseVerdict> {
  const { config, running } = patient
  const embedded = config.DATABASE_URL === null
  // Looking must not make a database where there is none.
  if (embedded && !running && !existsSync(join(config.NGTB_DATA_DIR, 'postgres.password')))
    return {
      findings: [ok('database', `there is none yet in ${config.NGTB_DATA_DIR}: the first start makes it`)],
      ledger: null,
    }
  let ledger: Ledger | null = null
  try {
    // Starts the embedded database for the look if nobody has; the ledger stops it again.
    ledger = await openLedger()
    const facts = await inspectDatabase(ledger.database_url)
    return { findings: [...judge(facts, embedded), guardOf(ledger.guard)], ledger }
  } catch (error) {
    await ledger?.close()
    return { findings: [away(error, embedded)], ledger: null }
  }
}

function away(error: unknown, embedded: boolean): Finding {
  if (error instanceof SchemaTooNew)
    return fail('database', error.message, 'Start the newer version instead.')
  return fail(
    'database',
    sentence(error),
    embedded
      ? 'Read postgres.log in the data folder; is the disk full, or does the folder belong to another user?'
      : 'Check DATABASE_URL, and that PostgreSQL runs and may be reached from here (firewall, pg_hba.conf).',
  )
}

/** P13: who could change what the audit trail says. */
function guardOf({ kind, role, why }: Ledger['guard']): Finding {
  if (kind === 'role')
    return ok(
      'audit',
      `append-only: the server works as ${role}, which may read and add events and nothing else`,
    )
  return warn(
    'audit',
    `events are guarded by a trigger alone: the server works as ${role}, which could take it away (${why})`,
    'Let the server work as a role that owns nothing (docs/spec/audit.md, "Who guards it").',
  )
}

function judge(facts: DatabaseFacts, embedded: boolean): Finding[] {
  const { version, unsafe, careless, schema, latency_ms } = facts
  const findings = [
    unsafe.length === 0
      ? ok('database', `PostgreSQL ${version}${embedded ? ', embedded' : ''}, schema ${schema}, fsync on`)
      : fail(
          'database',
          `PostgreSQL ${version} runs with ${unsafe.map((name) => `${name}=off`).join(', ')}`,
          `Turn it on: alter system set ${unsafe[0]} = on; select pg_reload_conf(). Without it a power cut loses acknowledged data.`,
        ),
  ]
  if (careless.includes('autovacuum'))
    findings.push(
      warn('database', 'autovacuum is off', 'alter system set autovacuum = on; select pg_reload_conf().'),
    )
  if (careless.includes('data_checksums'))
    findings.push(
      warn(
        'database',
        'its pages have no checksums: what a disk damages is not noticed',
        'Stop PostgreSQL, run pg_checksums --enable, and start it.',
      ),
    )
  const says = `a small query takes ${latency_ms.toFixed(1)} ms`
  findings.push(
    latency_ms < SLOW_MS
      ? ok('latency', says)
      : warn(
          'latency',
          says,
          'Every acknowledgement waits for the database: put it nearer, or look for slow queries.',
        ),
  )
  const apart = Math.abs(Date.now() - facts.now)
  if (apart > CLOCK_APART_MS)
    findings.push(
      warn(
        'clock',
        `this machine and the database are ${(apart / 1000).toFixed(1)} s apart`,
        'Let both follow NTP (timedatectl set-ntp true).',
      ),
    )
  return findings
}
