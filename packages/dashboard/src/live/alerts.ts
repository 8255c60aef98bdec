// What is not in order now, of all accounts and of the system: from conditions that hold, nothing remembered. Pure.
import type { SystemHealthView } from '@ngtb/protocol'
import type { AccountView } from '@ngtb/sdk'
import { byTone, standings, type Tone } from './conditions.ts'

export interface Finding {
  readonly key: string
  /** The login; null: the system. */
  readonly account: string | null
  readonly what: string
  readonly word: string
  readonly tone: Tone
  readonly since: string | null
  readonly cause: string
}

const SYSTEM = {
  database_up: { what: 'Database', yes: 'up', no: 'away', else: 'bad' },
  redis_reachable: { what: 'Redis', yes: 'reachable', no: 'not reachable', else: 'watch' },
  event_loop_free: { what: 'Event loop', yes: 'free', no: 'held up', else: 'watch' },
} as const

/** What is bad comes first; of the same kind, what has lasted longest. */
export function findingsOf(
  accounts: readonly AccountView[],
  health: SystemHealthView | undefined,
): Finding[] {
  const found = [
    ...accounts.flatMap(ofAccount),
    ...(health ? [...ofSystem(health), ...ofQueues(health)] : []),
  ]
  return found.sort(
    (a, b) => byTone(a.tone, b.tone) || sinceWhen(a) - sinceWhen(b) || a.key.localeCompare(b.key),
  )
}

/** What nobody dates comes behind what is dated. */
const sinceWhen = ({ since }: Finding): number => (since === null ? Number.MAX_VALUE : Date.parse(since))

function ofAccount({ account_number: account, connection }: AccountView): Finding[] {
  const told = standings(connection.conditions).flatMap(({ name, label, word, tone, since, cause }) =>
    tone === 'ok' ? [] : [{ key: `${account} ${name}`, account, what: label, word, tone, since, cause }],
  )
  const more = [
    connection.contended
      ? one(
          account,
          'Owner',
          'contended',
          'A second EA asked while the owner was alive: nothing can be opened.',
        )
      : null,
    connection.replaying
      ? one(
          account,
          'Results',
          'being replayed',
          'The database went back: nothing can be opened until they are told again.',
        )
      : null,
  ]
  return [...told, ...more.filter((finding) => finding !== null)]
}

const one = (account: string, what: string, word: string, cause: string): Finding => ({
  key: `${account} ${what}`,
  account,
  what,
  word,
  tone: 'watch',
  since: null,
  cause,
})

export function systemStandings({ conditions, redis }: SystemHealthView): Finding[] {
  return (Object.keys(SYSTEM) as (keyof typeof SYSTEM)[]).map((name) => {
    const { is, since, cause } = conditions[name]
    const { what, yes, no, else: otherwise } = SYSTEM[name]
    // Not to be set is a choice, not a doubt.
    const unset = name === 'redis_reachable' && !redis.configured
    const tone: Tone = unset || is === true ? 'ok' : is === null ? 'unknown' : otherwise
    const word = unset ? 'not set' : is === null ? 'unknown' : is ? yes : no
    return { key: name, account: null, what, word, tone, since, cause }
  })
}

const ofSystem = (health: SystemHealthView): Finding[] =>
  systemStandings(health).filter(({ tone }) => tone !== 'ok')

function ofQueues({ queues }: SystemHealthView): Finding[] {
  return queues.accounts.flatMap(({ account_number: account, unknown }) =>
    unknown === 0
      ? []
      : [
          {
            key: `${account} unknown`,
            account,
            what: 'Commands',
            word: `${unknown} unknown`,
            tone: 'bad' as const,
            since: null,
            cause: 'Nobody knows whether they were executed: evidence settles them, or an admin’s word.',
          },
        ],
  )
}
