// Alerts: raised by a strategy or a module, seen and ended by people. The management API, word for word.
import {
  type AlertDetailView,
  type AlertSettings,
  type AlertSettingsView,
  type AlertSeverity,
  type AlertState,
  type AlertView,
  alertEndpoints as at,
  type ChannelName,
  type ChannelView,
  type RaisedView,
  type TestView,
} from '@ngtb/protocol'
import { fillPath } from './http.ts'
import { type Int64Like, loginText } from './intents.ts'
import type { Listing, PageOptions } from './reads.ts'
import type { Query } from './views.ts'

/** How alerts reach the server: by a key, or by a person's session. */
export interface AlertWire {
  get<T>(path: string, query?: Query): Promise<T>
  send<T>(method: 'POST' | 'PUT', path: string, body: unknown): Promise<T>
  list<T>(path: string, query: Query): Listing<T>
}

export interface RaiseOptions {
  text: string
  /** `warning`, when left out. */
  severity?: AlertSeverity | undefined
  /** The MT5 login that it is about; left out: the system, or the key's own account. */
  account?: Int64Like | undefined
  /** What makes it the same alert: raised once until it is cleared. Left out: your key and the text. */
  name?: string | undefined
}

export interface AlertsQuery extends PageOptions {
  /** `open`, when left out: those that are not cleared. */
  state?: AlertState | 'open' | 'all' | undefined
  severity?: AlertSeverity | undefined
  rule?: string | undefined
  account?: Int64Like | undefined
}

/** `client.alerts`, `session.alerts`. */
export class Alerts {
  readonly #wire: AlertWire

  constructor(wire: AlertWire) {
    this.#wire = wire
  }

  /**
   * Raises an alert; the same name again is counted, and nobody is told again. Needs the scope alerts:write.
   * @example await client.alerts.raise({ text: 'spread above 3 points', name: 'spread EURUSD' })
   */
  raise({ account, ...wanted }: RaiseOptions): Promise<RaisedView> {
    const about = account === undefined ? {} : { account_number: loginText(account) }
    return this.#wire.send('POST', at.raise_alert.path, { ...wanted, ...about })
  }

  /** Newest first. @example for await (const alert of client.alerts.list()) console.log(alert.text) */
  list({ account, ...query }: AlertsQuery = {}): Listing<AlertView> {
    return this.#wire.list(at.v1_alerts.path, {
      ...query,
      ...(account === undefined ? {} : { account: loginText(account) }),
    })
  }

  /** One alert, and what became of its messages. */
  one(alert_id: string): Promise<AlertDetailView> {
    return this.#wire.get(fillPath(at.v1_alert.path, { alert_id }))
  }

  /** Somebody has seen it. */
  acknowledge(alert_id: string, note?: string): Promise<AlertView> {
    return this.#wire.send('POST', fillPath(at.v1_alert_acknowledge.path, { alert_id }), noted(note))
  }

  /** It is over. */
  clear(alert_id: string, note?: string): Promise<AlertView> {
    return this.#wire.send('POST', fillPath(at.v1_alert_clear.path, { alert_id }), noted(note))
  }

  /** A test message over one channel, or all. Needs the scope admin. */
  async test(channel?: ChannelName): Promise<TestView['items']> {
    const body = channel === undefined ? {} : { channel }
    return (await this.#wire.send<TestView>('POST', at.v1_alert_test.path, body)).items
  }

  /** The channels that are set up, and what waits in each. */
  async channels(): Promise<ChannelView[]> {
    return (await this.#wire.get<{ items: ChannelView[] }>(at.v1_alert_channels.path)).items
  }

  /** Thresholds, quiet hours and routing: of an account, or of the house. */
  settings(account?: Int64Like): Promise<AlertSettingsView> {
    return this.#wire.get(settingsPath(account))
  }

  /** Sets them as a whole: what is left out is the house's, or the default. Needs the scope admin. */
  setSettings(settings: AlertSettings, account?: Int64Like): Promise<AlertSettingsView> {
    return this.#wire.send('PUT', settingsPath(account), settings)
  }
}

const noted = (note: string | undefined) => (note === undefined ? {} : { note })

const settingsPath = (account: Int64Like | undefined): string =>
  account === undefined
    ? at.v1_alert_settings.path
    : fillPath(at.v1_account_alert_settings.path, { login: loginText(account) })
