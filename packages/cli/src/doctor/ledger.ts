// What the ledger tells a doctor: keys, EAs that went silent, commands that nobody fetches, the clock.
import type { Ledger } from '@ngtb/server'
import { ago, moment } from '../output.ts'
import { type Finding, fail, ok, type Patient, warn } from './finding.ts'

type Services = Ledger['services']

const EXPIRES_SOON_MS = 7 * 86_400_000
const UNFETCHED_MS = 5_000
const CLOCK_BEHIND_MS = 1_000
const KEYS_MAX = 1_000

export const checkLedger = async ({ services }: Ledger, patient: Patient): Promise<Finding[]> => [
  await checkClock(services),
  ...(await checkKeys(services)),
  ...(await checkAccounts(services, patient)),
]

async function checkClock({ store }: Services): Promise<Finding> {
  const newest = await store.newestMoment()
  const behind = newest - Date.now()
  if (behind > CLOCK_BEHIND_MS)
    return fail(
      'clock',
      `this machine's clock is ${Math.round(behind / 1000)} s behind the newest entry of the ledger`,
      'Set it right (timedatectl set-ntp true); until then the server goes on from the ledger and expires undelivered commands.',
    )
  return ok(
    'clock',
    newest === 0 ? 'nothing in the ledger yet' : `newest entry of the ledger: ${ago(-behind)}`,
  )
}

async function checkKeys({ keys, store }: Services): Promise<Finding[]> {
  const now = Date.now()
  const { items } = await keys.list({ limit: KEYS_MAX, after: null })
  const living = items.filter(
    (key) => key.revoked_at === null && (key.expires_at === null || key.expires_at > now),
  )
  const logins = new Map(
    (await store.accounts()).map((account) => [account.account_id, account.account_number]),
  )
  const nameOf = (key: (typeof living)[number]) =>
    `${key.key_id}${key.account_id === null ? '' : ` of login ${logins.get(key.account_id)}`}`
  const findings: Finding[] = []
  if (!living.some((key) => key.scopes.includes('admin')))
    findings.push(warn('keys', 'there is no admin key', 'npx ngtb key create --scope admin'))
  const unused = living.filter((key) => key.scopes.includes('ea:session') && key.last_used_at === null)
  if (unused.length > 0)
    findings.push(
      warn(
        'keys',
        `EA key${unused.length === 1 ? '' : 's'} never used: ${unused.map(nameOf).join(', ')}`,
        "Is the key in the EA's inputs? A lost one: npx ngtb enroll LOGIN; one too many: npx ngtb key revoke KEY_ID.",
      ),
    )
  const ending = living.filter(
    (key) => key.expires_at !== null && key.expires_at - now < EXPIRES_SOON_MS && !key.replaced_by,
  )
  for (const key of ending)
    findings.push(
      warn(
        'keys',
        `key ${nameOf(key)} expires ${moment(new Date(key.expires_at ?? 0).toISOString())} UTC`,
        `npx ngtb key rotate ${key.key_id}`,
      ),
    )
  return findings.length > 0
    ? findings
    : [ok('keys', `valid ones: ${living.length}, an admin key among them`)]
}

async function checkAccounts({ store }: Services, patient: Patient): Promise<Finding[]> {
  const accounts = (await store.accounts()).filter((account) => account.account_number !== null)
  if (accounts.length === 0)
    return [ok('EAs', 'no account yet: an EA enrols by its first connect, or npx ngtb account add LOGIN')]
  const findings: Finding[] = []
  for (const { account_id, account_number } of accounts) {
    const loaded = await store.load(account_id)
    if (loaded) findings.push(checkEa(`login ${account_number}`, loaded, patient))
  }
  return findings
}

function checkEa(
  name: string,
  loaded: NonNullable<Awaited<ReturnType<Services['store']['load']>>>,
  patient: Patient,
): Finding {
  const { connection, commands } = loaded
  const seen = connection?.last_seen_at ?? null
  if (seen === null)
    return warn(
      'EA',
      `${name} has never connected`,
      'Is the EA on a chart, WebRequest allowed (below), and its server URL right? Look at the Experts tab.',
    )
  const silent_ms = Date.now() - seen
  // The ledger keeps the state of the moment when the server stopped; since then nobody has looked.
  const stale = !patient.running && connection?.state !== 'disconnected'
  const state = stale ? `was ${connection?.state} when the server stopped` : connection?.state
  const says = `${name}: last sign of life ${ago(silent_ms)}, ${state}, score ${connection?.health_score}`
  if (!patient.running) return ok('EA', says)
  if (connection?.state === 'disconnected') return ok('EA', `${says} (it said goodbye)`)
  if (silent_ms > patient.config.MAX_HEARTBEAT_AGE_SEC * 1000)
    return warn(
      'EA',
      says,
      'Is the terminal running and online? EA log in the Experts tab; WebRequest permission; VPN; firewall.',
    )
  const unfetched = commands.filter(
    (command) =>
      command.status === 'pending' && command.attempt === 0 && Date.now() - command.created_at > UNFETCHED_MS,
  )
  return unfetched.length === 0
    ? ok('EA', says)
    : warn(
        'EA',
        `${says}; but ${unfetched.length} commands wait to be fetched`,
        'Is it polling (CheckForCommands in its log)? npx ngtb command list --status pending',
      )
}
