// What the desks of people work with.
import type { Passwords } from '../ports.ts'
import type { Context } from './context.ts'
import type { PersonSessions } from './people-sessions.ts'
import type { Throttle } from './people-throttle.ts'

export interface PeopleContext extends Pick<Context, 'store' | 'clock' | 'ids' | 'log' | 'desks'> {
  readonly passwords: Passwords
  readonly sessions: PersonSessions
  readonly throttle: Throttle
}

/** From where somebody asks: kept with the session, told in the audit trail. */
export interface From {
  readonly address: string
  readonly agent: string
}

/** Where nobody logs in: a house without people. */
export const NO_PASSWORDS: Passwords = {
  hash: async () => {
    throw new Error('nobody hashes passwords here')
  },
  verify: async () => {
    throw new Error('nobody hashes passwords here')
  },
}
