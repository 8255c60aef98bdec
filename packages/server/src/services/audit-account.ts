// What a chain says of its account, beside the account's rows: heads, owner, journals, generations, keys, orphans.
import { type AccountImage, differences, type Image, pick } from '@ngtb/core'
import type { Account, ApiKeyRow, Ids, LoadedAccount, PersonRow, PolicyRow, Snapshot } from '../ports.ts'
import type { Problems } from './audit-problems.ts'
import { personImage } from './people-rows.ts'

export interface AccountRows {
  readonly loaded: LoadedAccount
  readonly keys: readonly ApiKeyRow[]
  /** Every account of the ledger; only the system's chain tells of them. */
  readonly accounts: readonly Account[]
  /** Only the system's chain tells of them. */
  readonly people: readonly PersonRow[]
  readonly policies: readonly PolicyRow[]
}

/** What belongs to an account's chain, beside the account itself and others. */
export const rowsBeside = async (at: Snapshot, account_id: number) => ({
  keys: await at.keysIn(account_id),
  people: account_id === 0 ? await at.allPeople() : [],
  policies: account_id === 0 ? await at.allPolicies() : [],
})

/** Images of one kind by their names; what there is only one of has the name ''. */
export type Section = ReadonlyMap<string, Image>
export type Sections = ReadonlyMap<string, Section>

const section = <T>(rows: Iterable<T>, name: (row: T) => unknown, image: (row: T) => Image): Section =>
  new Map([...rows].map((row) => [String(name(row)), image(row)]))
const single = (image: Image): Section => new Map([['', image]])

const HEADS = ['epoch', 'incarnation', 'command_no', 'broker', 'limits', 'subscribed_symbols'] as const
const LINK = ['protocol', 'owner_journal_id', 'replaying'] as const
const ORPHAN_FIELDS = ['command_no', 'status', 'response', 'evidence', 'journal_id', 'received_at'] as const

/** As its events tell it. What they do not tell is not in it. */
export function toldSections(image: AccountImage, account_id: number): Sections {
  const { replaying, ...link } = pick({ ...image }, LINK)
  const accounts = section(account_id === 0 ? image.accounts : [], first, ([, account_number]) => ({
    account_number,
  }))
  const sections = new Map<string, Section>([
    // The system's own chain tells which accounts there are, too.
    ['account', new Map([...single(pick({ ...image }, HEADS)), ...accounts])],
    // One that has no connection yet has not been told of one either.
    ['connection', single(link.protocol === undefined ? link : { ...link, replaying })],
    ['journal', section(image.journals, first, ([, epoch]) => ({ epoch }))],
    ['strategy', section(image.strategies, first, ([, strategy_no]) => ({ strategy_no }))],
    ['orphan', section(image.orphans, first, ([, orphan]) => pick(orphan, ORPHAN_FIELDS))],
    ['key', section(image.keys, first, ([, key]) => ({ ...key }))],
    ['person', section(image.people, first, ([, person]) => ({ ...person }))],
    ['policy', section(image.policies, first, ([, value]) => ({ value }))],
  ])
  if (image.generations)
    sections.set(
      'generation',
      section(image.generations, first, ([, command_no]) => ({ command_no })),
    )
  return sections
}

const first = ([name]: readonly [unknown, unknown]) => name

/** The same of the rows. */
export function rowSections({ loaded, keys, accounts, people, policies }: AccountRows, ids: Ids): Sections {
  const { account, connection, journals, generations, strategies, orphans } = loaded
  const others = account.account_id === 0 ? accounts.filter((row) => row.account_id !== 0) : []
  const logins = section(
    others,
    (row) => row.account_id,
    ({ account_number }) => ({ account_number }),
  )
  return new Map<string, Section>([
    ['account', new Map([...single({ ...account }), ...logins])],
    ['connection', single({ ...connection })],
    [
      'journal',
      section(
        journals,
        (row) => row.journal_id,
        ({ epoch }) => ({ epoch }),
      ),
    ],
    [
      'generation',
      section(
        generations,
        (row) => row.scope,
        ({ command_no }) => ({ command_no }),
      ),
    ],
    [
      'strategy',
      section(
        strategies,
        (row) => row.strategy_magic,
        ({ strategy_no }) => ({ strategy_no }),
      ),
    ],
    [
      'orphan',
      section(
        orphans,
        (row) => row.command_id,
        (row) => pick({ ...row }, ORPHAN_FIELDS),
      ),
    ],
    [
      'key',
      section(
        keys,
        (row) => row.key_id,
        (row) => ({ ...row, secret_check: ids.sha256(row.secret_hash) }),
      ),
    ],
    [
      'person',
      section(
        people,
        (row) => row.person_id,
        (row) => personImage(row, ids),
      ),
    ],
    [
      'policy',
      section(
        policies,
        (row) => row.name,
        ({ value }) => ({ value }),
      ),
    ],
  ])
}

export function compareAccount(image: AccountImage, rows: AccountRows, ids: Ids, problems: Problems): void {
  const { account_id } = rows.loaded.account
  const is = rowSections(rows, ids)
  for (const [what, told] of toldSections(image, account_id))
    compareSection(account_id, what, { told, is: is.get(what) ?? new Map() }, problems)
}

function compareSection(
  account_id: number,
  what: string,
  { told, is }: { told: Section; is: Section },
  problems: Problems,
): void {
  for (const [name, image] of told) {
    const row = is.get(name)
    const [title, subject] = name === '' ? [what, null] : [`${what} ${name}`, name]
    // An older version told less of it: what was told is compared.
    if (row) problems.differs(account_id, title, subject, differences(image, row, Object.keys(image)))
    else problems.add(account_id, { subject, reason: `${title} has events, but no row` })
  }
  for (const name of is.keys())
    if (!told.has(name))
      problems.add(account_id, {
        subject: name,
        reason: `${what} ${name} is in the ledger, but no event tells of it`,
      })
}
