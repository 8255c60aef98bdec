// What a dashboard asks and changes beside commands: limits of the account. The management API, word for word.
import {
  type AccountHistoryView,
  managementEndpoints as at,
  type LimitsBody,
  type LimitsView,
  type SettingView,
  type SubscriptionView,
  type SystemHealthView,
  type SystemHistoryView,
} from '@ngtb/protocol'
import { type Moment, momentText } from './moments.ts'
import { type Query, Views } from './views.ts'

/** A time in UTC; the server widens a step that would make more than 1,000 points. */
export interface HistoryOptions {
  from?: Moment | undefined
  to?: Moment | undefined
  /** Seconds between two points, at least. */
  step?: number | undefined
}

const spanOf = ({ from, to, step }: HistoryOptions): Query => ({
  from: momentText(from),
  to: momentText(to),
  step,
})

export abstract class Facts extends Views {
  /** Changes a thing of this client's account by naming it as a whole: the same again changes nothing. */
  protected abstract put<T>(template: string, body: unknown): Promise<T>

  /** One thing of the whole system. */
  protected abstract whole<T>(path: string, query?: Query): Promise<T>

  /** What may be opened on this account at most, and what counts against it now. */
  limits(): Promise<LimitsView> {
    return this.one(at.v1_limits.path)
  }

  /**
   * Sets the limits as a whole; what is left out is not limited. Needs the scope admin. Closing is never limited.
   * @example await client.setLimits({ max_volume: 1, max_open_positions: 5 })
   */
  setLimits(limits: LimitsBody): Promise<LimitsView> {
    return this.put(at.v1_limits_set.path, limits)
  }

  /**
   * Chooses the symbols whose ticks the EA streams, for good (null: nobody chooses). `subscribeSymbols` lasts as long
   * as the EA's session.
   */
  chooseSymbols(symbols: readonly string[] | null): Promise<SubscriptionView> {
    return this.put(at.v1_symbols_choose.path, { symbols })
  }

  /** The account over time; without `from` and `to` the last day (UTC), at most 1,000 points. `step` in seconds. */
  accountHistory(query: HistoryOptions = {}): Promise<AccountHistoryView> {
    return this.one(at.v1_account_history.path, {}, spanOf(query))
  }

  /** The same of the system. Needs a key that is not bound to one account. */
  systemHistory(query: HistoryOptions = {}): Promise<SystemHistoryView> {
    return this.whole(at.v1_system_history.path, spanOf(query))
  }

  /** How the system does now: database, Redis, queues, throughput, process. */
  systemHealth(): Promise<SystemHealthView> {
    return this.whole(at.v1_system_health.path)
  }

  /** The server's settings as they work, without secrets. Needs a key that is not bound to one account. */
  async settings(): Promise<SettingView[]> {
    return (await this.whole<{ items: SettingView[] }>(at.v1_settings.path)).items
  }
}
