// What a door needs of the house to let somebody in. The services have it all; a door in a thread of its own has the
// same by asking them (tick-thread/).
import type { Config } from '../config.ts'
import type { Clock, Ids, Log } from '../ports.ts'
import type { Principal } from '../services/keys.ts'
import type { PersonSessions } from '../services/people-sessions.ts'

export interface House {
  readonly config: Config
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly keys: {
    /** Null for any key that is not good right now. */
    resolve(text: string): Promise<Principal | null>
  }
  readonly desks: {
    /** The MT5 login of an account; null: the system's own. */
    numberOf(account_id: number): Promise<string | null>
  }
  /** Left out: this door knows no people, only keys. */
  readonly people?: { readonly sessions: Pick<PersonSessions, 'resolve' | 'look'> }
  /** Numbers what comes in, in order of arrival (P8). */
  arrival(): number
}
