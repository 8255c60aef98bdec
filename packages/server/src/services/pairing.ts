// Pairing: the key of one login's EA, and where its EA finds this server. What `ngtb pair` and an admin's page share.
//
//   K1. A known login has one EA key alive beside its replacement: pairing again exchanges it (Keys.rotate).
//   K2. The old key works until the new one is used, so an EA that is not touched goes on.
import type { NetworkCard, PortNumbers } from '../ports.ts'
import type { Accounts } from './accounts.ts'
import { type Address, addresses, baseUrl, inARow, portsOfSettings, urlsToAllow } from './addresses.ts'
import type { Context } from './context.ts'

export interface Way {
  readonly host: string
  readonly via: string
  /** What the EA's input Server begins with. */
  readonly server_url: string
  /** To be allowed in MetaTrader. */
  readonly urls: readonly string[]
}

export interface Ways {
  /** The likeliest first. */
  readonly ways: readonly [Way, ...Way[]]
  readonly ports: PortNumbers
  readonly in_a_row: boolean
}

export interface PairedKey {
  readonly account_id: number
  readonly key_id: string
  readonly api_key: string
  /** It takes the place of one that is alive. */
  readonly replaced: string | null
}

export class Pairing {
  readonly #ctx: Context
  readonly #accounts: Accounts
  readonly #cards: () => readonly NetworkCard[]
  #ports: PortNumbers | null = null

  constructor(ctx: Context, accounts: Accounts, cards: () => readonly NetworkCard[]) {
    this.#ctx = ctx
    this.#accounts = accounts
    this.#cards = cards
  }

  /** Told once the doors are open: settings may say "any". */
  listening(ports: PortNumbers): void {
    this.#ports = ports
  }

  /** @param host a name by which the terminal reaches this machine, where it is known better: it comes first */
  ways(host?: string): Ways {
    const { config } = this.#ctx
    const ports = this.#ports ?? portsOfSettings(config)
    const way = (address: Address): Way => ({
      ...address,
      server_url: baseUrl(config, address.host, ports.command),
      urls: urlsToAllow(config, address.host, ports),
    })
    const [first, ...rest] = addresses(config, this.#cards())
    if (host === undefined) return told([way(first), ...rest.map(way)], ports)
    const others = [first, ...rest].filter((known) => known.host !== host)
    return told([way({ host, via: 'as it was named' }), ...others.map(way)], ports)
  }

  /** A new account's first key; of a known one a new key in place of the old (K1). */
  async key(login: string, broker: string, actor: string): Promise<PairedKey> {
    const { store, clock, keys } = this.#ctx
    const known = await store.accountByNumber(login)
    const now = clock.now()
    const had = known === null ? [] : await store.keysOf(known.account_id)
    const alive = had.findLast(
      ({ scopes, revoked_at, expires_at, replaced_by }) =>
        scopes.includes('ea:session') &&
        revoked_at === null &&
        replaced_by === null &&
        (expires_at === null || expires_at > now),
    )
    if (known !== null && alive !== undefined) {
      const { api_key, row } = await keys.rotate(alive.key_id, actor)
      return { account_id: known.account_id, key_id: row.key_id, api_key, replaced: alive.key_id }
    }
    if (known !== null && had.length > 0) {
      const { account_id } = known
      const { api_key, row } = await keys.create({ account_id, scopes: ['ea:session'], label: 'EA' }, actor)
      return { account_id, key_id: row.key_id, api_key, replaced: null }
    }
    const { desk, api_key, key_id } = await this.#accounts.add(login, broker, actor)
    return { account_id: desk.account_id, key_id, api_key, replaced: null }
  }
}

const told = (ways: Ways['ways'], ports: PortNumbers): Ways => ({ ways, ports, in_a_row: inARow(ports) })
