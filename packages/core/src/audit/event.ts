// One audit event and its hash (P13). The text that is hashed is canonical: keys sorted, no spaces.
import { jsonText } from '@ngtb/protocol'

export interface AuditFacts {
  readonly account_id: number
  /** Counts within the account's chain, from 1. */
  readonly audit_no: number
  /** ms UTC. */
  readonly at: number
  readonly kind: string
  readonly actor: string
  /** The command id or ticket that it is about, or null. */
  readonly subject: string | null
  readonly data: Readonly<Record<string, unknown>>
}

export interface AuditEvent extends AuditFacts {
  readonly prev_hash: string
  readonly hash: string
}

export interface ChainPoint {
  readonly audit_no: number
  readonly hash: string
}

export const GENESIS_HASH = '0'.repeat(64)

/**
 * What the hash is taken over: `canonical` of the event's facts, its members in their order.
 * JSON survives the database's jsonb unchanged, so it can be checked from the row.
 */
export const auditText = (facts: AuditFacts, prev_hash: string): string =>
  `{"account_id":${facts.account_id},"actor":${jsonText(facts.actor)},"at":${canonical(facts.at)},"audit_no":${
    facts.audit_no
  },"data":${canonical(facts.data)},"kind":${jsonText(facts.kind)},"prev_hash":${jsonText(prev_hash)},"subject":${
    facts.subject === null ? 'null' : jsonText(facts.subject)
  }}`

/** JSON with sorted keys; `undefined` members are left out, as JSON does. */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return jsonText(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  let members = ''
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key]
    if (member !== undefined) members += `${members === '' ? '' : ','}${jsonText(key)}:${canonical(member)}`
  }
  return `{${members}}`
}

/**
 * The first broken link of a chain in order, or null. `hash` is sha-256 in hex, handed in.
 * @param head where the chain must end, as the account's row says: without it a cut-off tail goes unseen.
 */
export function brokenLink(
  events: Iterable<AuditEvent>,
  hash: (text: string) => string,
  start: ChainPoint = { audit_no: 0, hash: GENESIS_HASH },
  head?: ChainPoint,
): { audit_no: number; reason: string } | null {
  let { audit_no, hash: previous } = start
  for (const event of events) {
    if (event.audit_no !== audit_no + 1)
      return {
        audit_no: audit_no + 1,
        reason: `event ${audit_no + 1} is missing: ${event.audit_no} follows ${audit_no}`,
      }
    if (event.prev_hash !== previous)
      return {
        audit_no: event.audit_no,
        reason: `it does not follow from event ${audit_no}: one of the two is not what it was`,
      }
    if (hash(auditText(event, previous)) !== event.hash)
      return { audit_no: event.audit_no, reason: 'its content does not give its hash: it was changed' }
    audit_no = event.audit_no
    previous = event.hash
  }
  if (head && head.audit_no !== audit_no)
    return { audit_no, reason: `the chain ends at ${audit_no}, its account says ${head.audit_no}` }
  if (head && head.hash !== previous)
    return { audit_no, reason: 'the last hash is not the one that its account says' }
  return null
}
