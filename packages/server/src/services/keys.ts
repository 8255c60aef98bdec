// Keys of machines: made, shown once, stored as hashes; rotated, revoked, resolved (security: Machines).
import { timingSafeEqual } from 'node:crypto'
import { Refusal, type Scope } from '@ngtb/protocol'
import type { ApiKeyRow, Clock, Ids, Page, PageRequest, Store } from '../ports.ts'
import { type Desks, SYSTEM } from './desks.ts'
import type { PersonSession } from './people-rows.ts'
import type { Step } from './step.ts'

/** Who is asking, once the key, or the session of a person, was found good. */
export interface Principal {
  readonly key_id: string
  /** Null: every account. */
  readonly account_id: number | null
  readonly scopes: readonly Scope[]
  readonly actor: string
  /** Of a person; keys have none. */
  readonly session?: PersonSession
}

/** A key of another server: long enough not to be guessed, and fit for a header. */
const IMPORTED = /^(?!ngt_)[!-~]{16,200}$/
const KEY = /^ngt_[a-z]{2,8}_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/
/** The name of such a key; keys of our own are 12 random letters and digits, and rarely look alike. */
const ADOPTED = 'x-'
const ADOPTED_DIGITS = 14
export const isAdopted = (key_id: string): boolean => key_id.startsWith(ADOPTED)
/** A revocation made elsewhere (command line, another server) is noticed within this. */
const CACHE_MS = 1_000
const CACHE_MAX = 10_000
const USED_EVERY_MS = 60_000
const DEFAULT_GRACE_S = 24 * 3600
const DUMMY_HASH = '0'.repeat(64)

export class Keys {
  /** Rings when a key of this process was revoked or replaced: what was remembered of keys is old. */
  onForget: () => void = () => {}
  readonly #store: Store
  readonly #clock: Clock
  readonly #ids: Ids
  readonly #desks: Desks
  /** Counts revocations and rotations of this process. */
  #invalidated = 0
  readonly #reading = new Map<string, Promise<ApiKeyRow | null>>()
  readonly #cache = new Map<string, { row: ApiKeyRow | null; read_at: number }>()

  constructor(store: Store, clock: Clock, ids: Ids, desks: Desks) {
    this.#store = store
    this.#clock = clock
    this.#ids = ids
    this.#desks = desks
  }

  /** The principal behind a key's text, or null for any key that is not good right now. */
  async resolve(text: string): Promise<Principal | null> {
    const { key_id, secret } = this.#halves(text)
    const row = await this.#row(key_id)
    // The compare runs for an unknown key, too: its time must not tell which half was wrong.
    const stored = Buffer.from(row?.secret_hash ?? DUMMY_HASH, 'hex')
    const given = Buffer.from(this.#ids.sha256(secret), 'hex')
    const equal = timingSafeEqual(stored, given)
    const now = this.#clock.now()
    if (!row || !equal || row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= now))
      return null
    await this.#used(row, now)
    return { key_id: row.key_id, account_id: row.account_id, scopes: row.scopes, actor: `key:${row.key_id}` }
  }

  /** Which key, and its secret. One of another server is all secret; its name here is made of its hash. */
  #halves(text: string): { key_id: string; secret: string } {
    const match = KEY.exec(text)
    if (match) return { key_id: match[1] as string, secret: match[2] as string }
    return { key_id: `${ADOPTED}${this.#ids.sha256(text).slice(0, ADOPTED_DIGITS)}`, secret: text }
  }

  /**
   * Records in `step` the key that an EA has of another server, so that it need not be touched.
   * @throws {Refusal} NGTB_BODY_INVALID for a text that could be guessed, or can't be sent in a header
   */
  adopt(step: Step, account_id: number, text: string, actor: string): ApiKeyRow {
    if (!IMPORTED.test(text))
      throw new Refusal('NGTB_BODY_INVALID', 'a key is 16 to 200 printable characters without spaces')
    const { key_id, secret } = this.#halves(text)
    const wanted = { account_id, scopes: ['ea:session'] as const, label: 'EA, of another server' }
    // Somebody may have come with it before.
    step.effects.push(() => this.#forget(key_id))
    return this.#record(step, { ...wanted, key_id, secret }, actor)
  }

  /** Records a new key in `step`; the text is shown once and never stored. */
  issue(
    step: Step,
    wanted: {
      account_id: number | null
      scopes: readonly Scope[]
      label: string
      expires_at?: number | null
    },
    actor: string,
  ) {
    const key_id = this.#ids.keyId()
    const secret = this.#ids.secret()
    const row = this.#record(step, { ...wanted, key_id, secret }, actor)
    return { row, api_key: `ngt_live_${key_id}_${secret}` }
  }

  #record(
    step: Step,
    wanted: {
      key_id: string
      secret: string
      account_id: number | null
      scopes: readonly Scope[]
      label: string
      expires_at?: number | null
    },
    actor: string,
  ): ApiKeyRow {
    const { key_id, secret, account_id, scopes, label, expires_at = null } = wanted
    const row: ApiKeyRow = {
      ...{ key_id, account_id, secret_hash: this.#ids.sha256(secret), label, scopes, expires_at },
      ...{ created_at: step.now, last_used_at: null, revoked_at: null, replaced_by: null },
    }
    step.saveKey(row)
    step.audit('key.created', actor, key_id, {
      key_id,
      account_id: row.account_id,
      scopes: row.scopes,
      label: row.label,
      expires_at: row.expires_at,
      // Tells an exchanged secret without telling the hash itself.
      secret_check: this.#ids.sha256(row.secret_hash),
    })
    return row
  }

  async create(
    wanted: {
      account_id: number | null
      scopes: readonly Scope[]
      label: string
      expires_at?: number | null
    },
    actor: string,
  ) {
    if (wanted.scopes.includes('ea:session') && (wanted.account_id === null || wanted.scopes.length > 1))
      throw new Refusal(
        'NGTB_BODY_INVALID',
        'an EA key belongs to one account and carries ea:session alone: an EA can never create commands',
      )
    return this.#chain(wanted.account_id).run((step) => this.issue(step, wanted, actor))
  }

  /** A new key in place of an old one, which dies after the grace or at first use of the new. */
  async rotate(key_id: string, actor: string, grace_s = DEFAULT_GRACE_S, visible_to: number | null = null) {
    const { account_id } = await this.#existing(key_id, visible_to)
    const made = await this.#chain(account_id).run(async (step) => {
      const old = await this.#current(step, key_id)
      if (old.revoked_at !== null || (old.expires_at !== null && old.expires_at <= step.now))
        throw new Refusal('NGTB_KEY_UNKNOWN', `key ${key_id} is revoked or expired: make a new one`)
      // Rotated again before the first replacement was used: that one goes, so that two are alive at most.
      const unused = old.replaced_by === null ? null : await this.#store.key(old.replaced_by)
      if (unused && unused.revoked_at === null) this.#kill(step, unused, actor)
      const issued = this.issue(step, old, actor)
      // The same where the replacement itself is rotated: the one in use is what stays beside the new one.
      const before = await this.#aliveBefore(old)
      if (old.last_used_at !== null || before.length === 0) before.push(old)
      else this.#kill(step, old, actor)
      for (const key of before) this.#replace(step, key, issued.row.key_id, grace_s, actor)
      return issued
    })
    this.#forget(key_id)
    return made
  }

  /** Those that this one replaced, in their grace. */
  async #aliveBefore({ key_id }: ApiKeyRow): Promise<ApiKeyRow[]> {
    const replaced = await this.#store.keysReplacedBy(key_id)
    return replaced.filter(({ revoked_at }) => revoked_at === null)
  }

  async revoke(key_id: string, actor: string, visible_to: number | null = null): Promise<ApiKeyRow> {
    const { account_id } = await this.#existing(key_id, visible_to)
    const row = await this.#chain(account_id).run(async (step) => {
      const old = await this.#current(step, key_id)
      return old.revoked_at === null ? this.#kill(step, old, actor) : old
    })
    this.#forget(key_id)
    return row
  }

  /** The key's row with every step before this one in it: a rotation must not undo a revocation. */
  async #current(step: Step, key_id: string): Promise<ApiKeyRow> {
    await step.caughtUp()
    return this.#existing(key_id, null)
  }

  #replace(step: Step, old: ApiKeyRow, replaced_by: string, grace_s: number, actor: string): void {
    const dies_at = Math.min(step.now + grace_s * 1000, old.expires_at ?? Number.MAX_SAFE_INTEGER)
    step.saveKey({ ...old, expires_at: dies_at, replaced_by })
    step.audit('key.rotated', actor, old.key_id, { key_id: old.key_id, replaced_by, dies_at })
    this.#forget(old.key_id)
  }

  list(page: PageRequest): Promise<Page<ApiKeyRow>> {
    return this.#store.keys(page)
  }

  /** Has this account ever had an EA key? A known account never gets one again by asking (contract §3). */
  async isEnrolled(account_id: number): Promise<boolean> {
    return (await this.#store.keysOf(account_id)).some((key) => key.scopes.includes('ea:session'))
  }

  /** Old EA keys give way to a re-issued one. */
  async retire(step: Step, account_id: number, replaced_by: string, actor: string): Promise<void> {
    for (const key of await this.#store.keysOf(account_id))
      if (key.revoked_at === null && key.scopes.includes('ea:session'))
        this.#replace(step, key, replaced_by, DEFAULT_GRACE_S, actor)
  }

  #kill(step: Step, key: ApiKeyRow, actor: string): ApiKeyRow {
    const dead = { ...key, revoked_at: step.now }
    step.saveKey(dead)
    step.audit('key.revoked', actor, key.key_id, { key_id: key.key_id })
    return dead
  }

  #chain(account_id: number | null) {
    return this.#desks.get(account_id ?? SYSTEM)
  }

  async #existing(key_id: string, visible_to: number | null): Promise<ApiKeyRow> {
    const row = await this.#store.key(key_id)
    if (!row || (visible_to !== null && row.account_id !== visible_to))
      throw new Refusal('NGTB_KEY_UNKNOWN', `there is no key ${key_id.slice(0, 64)}`)
    return row
  }

  #forget(key_id: string): void {
    this.#invalidated += 1
    this.#cache.delete(key_id)
    this.onForget()
  }

  async #row(key_id: string): Promise<ApiKeyRow | null> {
    const now = this.#clock.now()
    const cached = this.#cache.get(key_id)
    if (cached && now - cached.read_at < CACHE_MS) return cached.row
    // A thousand requests of one key, and its second is over: one of them asks, the others wait for its answer.
    const running = this.#reading.get(key_id)
    if (running) return running
    const reading = this.#read(key_id, now).finally(() => this.#reading.delete(key_id))
    this.#reading.set(key_id, reading)
    return reading
  }

  async #read(key_id: string, now: number): Promise<ApiKeyRow | null> {
    const invalidated = this.#invalidated
    const row = await this.#store.key(key_id)
    // Revoked while it was read: what was read may be older than the revocation.
    if (invalidated !== this.#invalidated) return this.#store.key(key_id)
    if (this.#cache.size >= CACHE_MAX) this.#cache.clear()
    this.#cache.set(key_id, { row, read_at: now })
    return row
  }

  async #used(row: ApiKeyRow, now: number): Promise<void> {
    // Of many requests that read the row together, one writes the use down.
    const { last_used_at } = this.#cache.get(row.key_id)?.row ?? row
    if (last_used_at !== null && now - last_used_at < USED_EVERY_MS) return
    const first = row.last_used_at === null
    this.#cache.set(row.key_id, { row: { ...row, last_used_at: now }, read_at: now })
    const noted = this.#store.touchKey(row.key_id, now)
    if (first) await noted.then(() => this.#endReplaced(row))
    else noted.catch(() => {}) // nobody waits for the note that he was here
  }

  /** The first use of a new key ends the grace of the one that it replaces. */
  async #endReplaced(row: ApiKeyRow): Promise<void> {
    const replaced = await this.#aliveBefore(row)
    if (replaced.length === 0) return
    await this.#chain(row.account_id).run((step) => {
      for (const old of replaced) this.#kill(step, old, `key:${row.key_id}`)
    })
    for (const old of replaced) this.#forget(old.key_id)
  }
}

/** May this principal see and steer that account? (P15: a foreign one does not exist for him.) */
export const sees = (principal: Principal, account_id: number): boolean =>
  principal.account_id === null || principal.account_id === account_id

export const hasScope = (principal: Principal, wanted: readonly Scope[]): boolean =>
  wanted.some((scope) => principal.scopes.includes(scope)) ||
  (principal.scopes.includes('admin') && !wanted.includes('ea:session'))
