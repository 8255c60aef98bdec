// What a role may do, and what takes a second word (docs/spec/people.md).
//
//   W1. A role is a list of scopes: a person is let through the same doors as a key, by the same rule.
//   W2. Who may trade has a second factor: until it is set, his session may only read.
//   W3. What is weighty needs a fresh word of the person himself: closing all, a large order.
//   W4. There is always an admin who can log in.
import type { Role, Scope } from '@ngtb/protocol'

/** W1. */
export const SCOPES_OF: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['commands:read'],
  trader: ['commands:read', 'commands:open', 'commands:close', 'alerts:write'],
  admin: ['commands:read', 'commands:open', 'commands:close', 'alerts:write', 'admin'],
}

/** W2. */
export const mustEnrol = (role: Role, totp: boolean): boolean => role !== 'viewer' && !totp

export const scopesNow = (role: Role, totp: boolean): readonly Scope[] =>
  SCOPES_OF[mustEnrol(role, totp) ? 'viewer' : role]

const WITH_VOLUME: ReadonlySet<string> = new Set(['OPEN_TRADE', 'PLACE_PENDING'])

/**
 * W3. Why this command needs a fresh word, or null.
 * @param from the volume from which on it does; null: never
 */
export function weighty(type: string, payload: unknown, from: number | null): string | null {
  if (type === 'CLOSE_ALL') return 'CLOSE_ALL closes every position that it covers'
  if (from === null || !WITH_VOLUME.has(type)) return null
  const volume = Number((payload as { volume?: unknown } | null | undefined)?.volume)
  return volume >= from ? `a volume of ${volume} is ${from} or more` : null
}

/** W4. @param admins ids of those who can log in as such */
export const isLastAdmin = (admins: readonly string[], person_id: string): boolean =>
  admins.includes(person_id) && admins.every((id) => id === person_id)
