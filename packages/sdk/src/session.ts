// A person's session: logged in by name and password, kept by a cookie, and good for every account the person may see.
//
//   P1. The cookie is the browser's; what is written carries the session's own word (x-csrf-token) beside it.
//   P2. A refusal here is for a person to read: nothing is repeated but reads.

import {
  type AccountView,
  managementEndpoints as at,
  type ChangePersonBody,
  type ConfirmBody,
  type CreateKeyBody,
  type EnrolmentView,
  type InvitedView,
  type KeyView,
  type LinkView,
  type LoginBody,
  type NewKeyView,
  type PairBody,
  type PairedView,
  type PersonView,
  type PolicyView,
  peopleEndpoints as people,
  type RecoveryCodesView,
  type SessionRowView,
  type SessionView,
  type SettingView,
  type SetupBody,
  type SystemStatusView,
  type TotpView,
  type WaysView,
} from '@ngtb/protocol'
import { platform } from '#platform'
import { Alerts } from './alerts.ts'
import { encodeJson, fillPath, Http, type HttpRequest } from './http.ts'
import { type Int64Like, loginText } from './intents.ts'
import { Listing, type Page, type PageOptions, read } from './reads.ts'
import { type RetryOptions, type Stubbornness, stubbornness } from './retry.ts'

export interface SessionOptions extends RetryOptions {
  /** In a browser: the page's own server, when left out. */
  url?: string | undefined
  /** Sends the requests, instead of the platform's `fetch`: through a proxy, or with answers already on their way. */
  fetch?: typeof fetch | undefined
}

/**
 * For pages that a server of ngTradingBot serves itself. Nothing is sent before the first call.
 * @example
 * const session = openSession()
 * await session.login({ name: 'ada', password })
 * const client = createClient({ session, account: 12345678 })
 */
export const openSession = (options: SessionOptions = {}): Session => new Session(options)

/** Made by {@link openSession}. */
export class Session {
  readonly http: Http
  /** Seen, ended, tried. */
  readonly alerts: Alerts = new Alerts(this)
  readonly #retry: Stubbornness
  #view: SessionView | null = null

  constructor(options: SessionOptions) {
    this.#retry = stubbornness(options)
    this.http = new Http({
      url: options.url ?? platform.setting('NGTB_URL') ?? platform.home,
      csrf: () => this.#view?.csrf_token,
      request_timeout_ms: this.#retry.request_timeout_ms,
      fetch: options.fetch,
    })
  }

  /** As the server told it last; null before, and after logging out. */
  get view(): SessionView | null {
    return this.#view
  }

  /** The session of the cookie. @throws {NgtbError} NGTB_SESSION: there is none, or it ended */
  async current(): Promise<SessionView> {
    return this.#keep(await this.get<SessionView>(people.v1_session.path))
  }

  /** @throws {NgtbError} NGTB_LOGIN, or NGTB_CODE_NEEDED: the password was right, now the code */
  async login(who: LoginBody): Promise<SessionView> {
    return this.#keep(await this.send<SessionView>('POST', people.v1_login.path, who))
  }

  /** Uses a one-time link: the first admin, or an invitation. */
  async setup(body: SetupBody): Promise<SessionView> {
    return this.#keep(await this.send<SessionView>('POST', people.v1_setup.path, body))
  }

  /** What a one-time link is for; it stays unused. @throws {NgtbError} NGTB_LINK_SPENT */
  link(token: string): Promise<LinkView> {
    return this.send('POST', people.v1_setup_link.path, { token })
  }

  async logout(): Promise<void> {
    await this.send('DELETE', people.v1_logout.path)
    this.#view = null
  }

  /** Says again who you are: for five minutes what is weighty is allowed. */
  async confirm(proof: ConfirmBody): Promise<SessionView> {
    return this.#keep(await this.send<SessionView>('POST', people.v1_session_confirm.path, proof))
  }

  /** A new second factor; it holds once `confirmTotp` has seen a code of it. */
  enrolTotp(): Promise<TotpView> {
    return this.send('POST', people.v1_totp.path)
  }

  /** Ten recovery codes, told once. */
  async confirmTotp(code: string): Promise<string[]> {
    const { recovery_codes } = await this.send<RecoveryCodesView>('POST', people.v1_totp_confirm.path, {
      code,
    })
    await this.current()
    return recovery_codes
  }

  async changePassword(old_password: string, password: string): Promise<void> {
    await this.send('POST', people.v1_password.path, { old_password, password })
  }

  /** Sessions that are alive: your own, of a person, or of `all`. */
  async sessions(query: { person?: string | undefined } = {}): Promise<SessionRowView[]> {
    return (await this.get<{ items: SessionRowView[] }>(people.v1_sessions.path, query)).items
  }

  async endSession(session_id: string): Promise<void> {
    await this.send('DELETE', fillPath(people.v1_session_end.path, { session_id }))
  }

  people(query: PageOptions = {}): Listing<PersonView> {
    return this.list(people.v1_people.path, query)
  }

  invite(name: string, role: PersonView['role']): Promise<InvitedView> {
    return this.send('POST', people.v1_person_invite.path, { name, role })
  }

  changePerson(person_id: string, change: ChangePersonBody): Promise<PersonView> {
    return this.send('PATCH', fillPath(people.v1_person_change.path, { person_id }), change)
  }

  /** A new link for this person; password and second factor are gone. */
  resetPerson(person_id: string): Promise<InvitedView> {
    return this.send('POST', fillPath(people.v1_person_reset.path, { person_id }))
  }

  policy(): Promise<PolicyView> {
    return this.get(people.v1_policy.path)
  }

  setPolicy(policy: PolicyView): Promise<PolicyView> {
    return this.send('PUT', people.v1_policy.path, policy)
  }

  /** Without their secrets. Needs the scope admin, as do all that follow. */
  keys(query: PageOptions = {}): Listing<KeyView> {
    return this.list(at.v1_keys.path, query)
  }

  /** `api_key` is told once. */
  createKey(wanted: CreateKeyBody): Promise<NewKeyView> {
    return this.send('POST', at.v1_key_create.path, wanted)
  }

  /** A new key in place of this one, which ends after `grace_s`, or when the new one is used first. */
  rotateKey(key_id: string, grace_s?: number): Promise<NewKeyView> {
    const body = grace_s === undefined ? {} : { grace_s }
    return this.send('POST', fillPath(at.v1_key_rotate.path, { key_id }), body)
  }

  revokeKey(key_id: string): Promise<KeyView> {
    return this.send('DELETE', fillPath(at.v1_key_revoke.path, { key_id }))
  }

  /** Lets the EA of one login fetch its key by its next connect, for ten minutes. */
  enrol(account: Int64Like): Promise<EnrolmentView> {
    return this.send('POST', at.v1_enrol.path, { account: loginText(account) })
  }

  /** A key for the EA of one login, told once, and where it finds this server. */
  pair(wanted: PairBody): Promise<PairedView> {
    return this.send('POST', at.v1_pair.path, wanted)
  }

  /** By which URLs EAs reach this server. */
  addresses(): Promise<WaysView> {
    return this.get(at.v1_addresses.path)
  }

  /** The server's settings as they work, without secrets. */
  async settings(): Promise<SettingView[]> {
    return (await this.get<{ items: SettingView[] }>(at.v1_settings.path)).items
  }

  accounts(query: PageOptions = {}): Listing<AccountView> {
    return this.list(at.v1_accounts.path, query)
  }

  systemStatus(): Promise<SystemStatusView> {
    return this.get(at.v1_system_status.path)
  }

  /** Any endpoint that is read and has no method of its own here. */
  async get<T>(path: string, query: HttpRequest['query'] = {}): Promise<T> {
    return (await read<T>(this.http, this.#retry, { path, query })).body
  }

  /** Any endpoint that writes and has no method of its own here. Asked once. */
  async send<T>(method: HttpRequest['method'], path: string, body?: unknown): Promise<T> {
    const text = body === undefined ? {} : { body: encodeJson(body) }
    return (await this.http.request<T>({ method, path, ...text })).body
  }

  /** Any list. */
  list<T>(path: string, query: HttpRequest['query'] = {}): Listing<T> {
    return new Listing((cursor) => this.get<Page<T>>(path, { ...query, cursor }))
  }

  #keep(view: SessionView): SessionView {
    this.#view = view
    return view
  }
}
