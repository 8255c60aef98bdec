// An account as its chain tells it (P13), in the order of the chain: heads, owner, generations, keys.
// What an older version did not tell is undefined, and is not compared.
import type { CommandType } from '@ngtb/protocol'
import { scopeName } from '../commands/generations.ts'
import type { ToldFacts } from './fold-command.ts'

export interface KeyImage {
  account_id: number | null
  scopes: readonly string[]
  label: string
  created_at: number
  /** Hash of the stored hash: tells whether it was exchanged, and nothing else. */
  secret_check?: string
  expires_at?: number | null
  revoked_at: number | null
  replaced_by: string | null
}

/** A person as the system's chain tells of him. */
export interface PersonImage {
  name: string
  role: string
  disabled_at: number | null
  /** Hash over what lets him in: tells whether it was exchanged, and nothing else. */
  secrets_check: string
}

export type OrphanImage = Readonly<Record<string, unknown>>

export interface AccountImage {
  epoch: number
  incarnation: number
  command_no: number
  broker?: string
  /** What it may open at most; null: not limited. */
  limits: unknown
  /** Which symbols it streams; null: nobody chose. */
  subscribed_symbols: unknown
  /** Undefined: not told. */
  protocol?: number | undefined
  owner_journal_id?: string | null | undefined
  replaying: boolean
  /** The epoch that each journal was given last. */
  readonly journals: Map<string, number>
  /** The newest CLOSE_ALL by scope; null: an older version did not tell enough. */
  generations: Map<string, number> | null
  /** strategy_no by magic. */
  readonly strategies: Map<number, number>
  readonly orphans: Map<string, OrphanImage>
  readonly keys: Map<string, KeyImage>
  /** In the system's chain. */
  readonly people: Map<string, PersonImage>
  readonly policies: Map<string, number | null>
  /** In the system's chain: login by account_id. */
  readonly accounts: Map<number, string>
}

export const newAccountImage = (): AccountImage => ({
  epoch: 0,
  incarnation: 1,
  command_no: 0,
  limits: null,
  subscribed_symbols: null,
  replaying: false,
  journals: new Map(),
  generations: new Map(),
  strategies: new Map(),
  orphans: new Map(),
  keys: new Map(),
  people: new Map(),
  policies: new Map(),
  accounts: new Map(),
})

type Data = Readonly<Record<string, unknown>>
const RULES: Readonly<Record<string, (image: AccountImage, data: Data, event: ToldFacts) => void>> = {
  'account.added': (image, data) => {
    image.accounts.set(Number(data.account_id), String(data.account_number))
  },
  'connection.owned': (image, data) => {
    const [journal_id, epoch] = [String(data.journal_id), Number(data.epoch)]
    image.epoch = epoch
    image.protocol = 2
    image.owner_journal_id = journal_id
    image.journals.set(journal_id, epoch)
  },
  'connection.connected': connected,
  'connection.dialect': plain,
  'account.went_back': (image, data) => {
    image.incarnation = Number(data.incarnation)
    image.command_no = Number(data.command_no)
    // A restore says these two, too.
    if (data.epoch !== undefined) image.epoch = Number(data.epoch)
    image.replaying = data.replaying !== false
  },
  'account.replayed': (image) => {
    image.replaying = false
  },
  'account.limits': (image, data) => {
    image.limits = data.limits
  },
  'account.symbols': (image, data) => {
    image.subscribed_symbols = data.subscribed_symbols
  },
  'account.strategy': (image, data) => {
    image.strategies.set(Number(data.strategy_magic), Number(data.strategy_no))
  },
  'command.created': created,
  'command.orphaned': (image, data, { subject }) => {
    if (subject !== null) image.orphans.set(subject, data)
  },
  'key.created': (image, data, { at }) => {
    image.keys.set(String(data.key_id), {
      account_id: data.account_id as number | null,
      scopes: data.scopes as string[],
      label: String(data.label),
      created_at: at,
      ...(data.secret_check === undefined ? {} : { secret_check: String(data.secret_check) }),
      ...(data.expires_at === undefined ? {} : { expires_at: data.expires_at as number | null }),
      revoked_at: null,
      replaced_by: null,
    })
  },
  'key.rotated': (image, data) => {
    const key = image.keys.get(String(data.key_id))
    if (!key) return
    key.expires_at = Math.trunc(Number(data.dies_at))
    key.replaced_by = String(data.replaced_by)
  },
  'key.revoked': (image, data, { at }) => {
    const key = image.keys.get(String(data.key_id))
    if (key) key.revoked_at = at
  },
  'policy.changed': (image, data) => {
    image.policies.set(String(data.name), data.value as number | null)
  },
}

/** Folds one event in; the image is changed in place, for a chain may be long. */
export function foldAccount(image: AccountImage, event: ToldFacts): void {
  RULES[event.kind]?.(image, event.data, event)
  if (event.kind.startsWith('person.')) personTold(image, event.data)
}

/** Whatever the kind: an event that changes a person tells the whole of him. */
function personTold(image: AccountImage, { person }: Data): void {
  if (typeof person !== 'object' || person === null) return
  const { person_id, name, role, disabled_at, secrets_check } = person as PersonImage & { person_id: string }
  image.people.set(person_id, { name, role, disabled_at, secrets_check })
}

/** A hello has a session; a return after silence has none, and changes no owner. */
function connected(image: AccountImage, data: Data): void {
  if (data.session_id === undefined) return
  image.broker = String(data.broker)
  if (data.protocol === 1) plain(image)
  else if (data.protocol === undefined) {
    image.protocol = undefined
    image.owner_journal_id = undefined
  }
}

/** Nobody who keeps a journal owns it any more. */
function plain(image: AccountImage): void {
  image.protocol = 1
  image.owner_journal_id = null
  image.replaying = false
}

function created(image: AccountImage, data: Data): void {
  const command_no = Number(data.command_no)
  image.command_no = Math.max(image.command_no, command_no)
  if (data.type !== ('CLOSE_ALL' satisfies CommandType) || image.generations === null) return
  if (image.protocol === undefined && image.epoch > 0) image.generations = null
  else if (image.protocol === 2) {
    const { symbol } = data.payload as { symbol?: unknown }
    const scope = scopeName({
      symbol: typeof symbol === 'string' ? symbol : null,
      strategy_no: typeof data.strategy_no === 'number' ? data.strategy_no : null,
    })
    image.generations.set(scope, command_no)
  }
}
