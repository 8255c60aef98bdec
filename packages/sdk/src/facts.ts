// What a dashboard asks and changes beside commands: limits of the account. The management API, word for word.
import { managementEndpoints as at, type LimitsBody, type LimitsView } from '@ngtb/protocol'
import { Views } from './views.ts'

export abstract class Facts extends Views {
  /** Changes a thing of this client's account by naming it as a whole: the same again changes nothing. */
  protected abstract put<T>(template: string, body: unknown): Promise<T>

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
}
