// What a chain says of its account, against the account's rows: heads, owner, journals, generations, keys, orphans.
import { type AccountImage, differences, type Image, pick } from '@ngtb/core'
import type { Account, ApiKeyRow, Ids, LoadedAccount } from '../ports.ts'
import type { Problems } from './audit-problems.ts'

export interface AccountRows {
  readonly loaded: LoadedAccount
  readonly keys: readonly ApiKeyRow[]
  /** Every account of the ledger; only the system's chain tells of them. */
  readonly accounts: readonly Account[]
}

/** Rows of one kind by their names. */
type Named = ReadonlyMap<string, Image>

const named = <T>(rows: Iterable<T>, name: (row: T) => unknown, image: (row: T) => Image): Named =>
  new Map([...rows].map((row) => [String(name(row)), image(row)]))

export function compareAccount(image: AccountImage, rows: AccountRows, ids: Ids, problems: Problems): void {
  const { account, connection, journals, generations, strategies, orphans } = rows.loaded
  const { account_id } = account
  const heads = pick({ ...image }, ['epoch', 'incarnation', 'command_no', 'broker'])
  problems.differs(account_id, 'account', null, differences(heads, { ...account }, Object.keys(heads)))
  const link = pick({ ...image }, ['protocol', 'owner_journal_id', 'replaying'])
  problems.differs(account_id, 'connection', null, differences(link, { ...connection }, linkFields(link)))
  const compare = (what: string, told: Named, is: Named) =>
    compareNamed(account_id, what, { told, is }, problems)
  compare(
    'journal',
    named(
      image.journals,
      ([id]) => id,
      ([, epoch]) => ({ epoch }),
    ),
    named(
      journals,
      (row) => row.journal_id,
      ({ epoch }) => ({ epoch }),
    ),
  )
  if (image.generations)
    compare(
      'generation',
      named(
        image.generations,
        ([scope]) => scope,
        ([, command_no]) => ({ command_no }),
      ),
      named(
        generations,
        (row) => row.scope,
        ({ command_no }) => ({ command_no }),
      ),
    )
  compare(
    'strategy',
    named(
      image.strategies,
      ([magic]) => magic,
      ([, strategy_no]) => ({ strategy_no }),
    ),
    named(
      strategies,
      (row) => row.strategy_magic,
      ({ strategy_no }) => ({ strategy_no }),
    ),
  )
  compare(
    'orphan',
    named(
      image.orphans,
      ([id]) => id,
      ([, orphan]) => pick(orphan, ORPHAN_FIELDS),
    ),
    named(
      orphans,
      (row) => row.command_id,
      (row) => pick({ ...row }, ORPHAN_FIELDS),
    ),
  )
  compare(
    'key',
    named(
      image.keys,
      ([id]) => id,
      ([, key]) => ({ ...key }),
    ),
    named(
      rows.keys,
      (row) => row.key_id,
      (row) => keyImage(row, ids),
    ),
  )
  if (account_id === 0)
    compare(
      'account',
      named(
        image.accounts,
        ([id]) => id,
        ([, account_number]) => ({ account_number }),
      ),
      named(
        rows.accounts.filter((row) => row.account_id !== 0),
        (row) => row.account_id,
        ({ account_number }) => ({ account_number }),
      ),
    )
}

const ORPHAN_FIELDS = ['command_no', 'status', 'response', 'evidence', 'journal_id', 'received_at'] as const

/** An account that has no connection yet has not been told of one either. */
const linkFields = (link: Image) =>
  Object.keys(link).filter((field) => field !== 'replaying' || link.protocol !== undefined)

const keyImage = (key: ApiKeyRow, ids: Ids): Image => ({
  ...key,
  secret_check: ids.sha256(key.secret_hash),
})

function compareNamed(
  account_id: number,
  what: string,
  { told, is }: { told: Named; is: Named },
  problems: Problems,
): void {
  for (const [name, image] of told) {
    const row = is.get(name)
    // An older version told less of it: what was told is compared.
    if (row)
      problems.differs(account_id, `${what} ${name}`, name, differences(image, row, Object.keys(image)))
    else problems.add(account_id, { subject: name, reason: `${what} ${name} has events, but no row` })
  }
  for (const name of is.keys())
    if (!told.has(name))
      problems.add(account_id, {
        subject: name,
        reason: `${what} ${name} is in the ledger, but no event tells of it`,
      })
}
