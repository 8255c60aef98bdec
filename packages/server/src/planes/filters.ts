// What a list is asked to leave out: the query's words as the ledger's filters.
import { COMMAND_STATUSES, COMMANDS, Refusal } from '@ngtb/protocol'
import type { AuditFilter, CommandFilter, TradeFilter } from '../ports.ts'
import { moment } from './paging.ts'

interface Asked {
  readonly status?: string
  readonly type?: string
  readonly symbol?: string
  readonly since?: string
  readonly from?: string
  readonly to?: string
  readonly kind?: string
  readonly subject?: string
  readonly actor?: string
}

/** @throws {Refusal} NGTB_QUERY_INVALID that names the words there are */
export function commandFilter(query: unknown): CommandFilter {
  const { status, type, symbol, since } = query as Asked
  return {
    ...(status === undefined ? {} : { statuses: words('status', status, COMMAND_STATUSES) }),
    ...(type === undefined ? {} : { types: words('type', type, Object.keys(COMMANDS)) }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(since === undefined ? {} : { since: moment(since, 0) }),
  }
}

export function tradeFilter(query: unknown): TradeFilter {
  const { status = 'open', symbol, from, to } = query as Asked
  if ((from !== undefined || to !== undefined) && status !== 'closed')
    throw new Refusal('NGTB_QUERY_INVALID', 'from and to say when a trade closed: ask with status=closed')
  return {
    status: status as TradeFilter['status'],
    ...(symbol === undefined ? {} : { symbol }),
    ...(from === undefined ? {} : { from: moment(from, 0) }),
    ...(to === undefined ? {} : { to: moment(to, 0) }),
  }
}

export function auditFilter(query: unknown): AuditFilter {
  const { kind, subject, actor, since } = query as Asked
  if (kind !== undefined && !/^[a-z_.]*\*?$/.test(kind))
    throw new Refusal('NGTB_QUERY_INVALID', `kind ${kind} is none: command.created, or all of command.*`)
  return {
    ...(kind ? { kind } : {}),
    ...(subject === undefined ? {} : { subject }),
    ...(actor === undefined ? {} : { actor }),
    ...(since === undefined ? {} : { since: moment(since, 0) }),
  }
}

function words(name: string, text: string, known: readonly string[]): string[] {
  const asked = text.split(',').map((word) => word.trim())
  const strange = asked.find((word) => !known.includes(word))
  if (strange !== undefined)
    throw new Refusal('NGTB_QUERY_INVALID', `${name} ${strange} is none of ${known.join(', ')}`)
  return asked
}
