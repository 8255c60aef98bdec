// What the pages of commands, logs, audit, health and history ask for. Keys as in queries.ts.
import {
  type AccountHistoryView,
  type AccountReplayView,
  managementEndpoints as at,
  type LogLevel,
  type SystemHistoryView,
} from '@ngtb/protocol'
import { type CommandStatus, type CommandType, createClient, openSession } from '@ngtb/sdk'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { type SpanName, spanOf } from './history.ts'
import { clientOf } from './queries.ts'
import { session } from './session.tsx'

const PAGE = 100
const HOUR_MS = 3_600_000
/** A check of the whole ledger walks every event twice: it may take minutes. */
const VERIFY_MS = 30 * 60_000

/** Windows of time as filters offer them; '': all there is. */
export const WINDOWS = { '': null, '1 h': 1, '24 h': 24, '7 d': 168, '30 d': 720 } as const
export const sinceOf = (window: string): number | undefined => {
  const hours = WINDOWS[window as keyof typeof WINDOWS] ?? null
  return hours === null ? undefined : Date.now() - hours * HOUR_MS
}
const wanted = (text: string): string | undefined => (text === '' ? undefined : text)
const paged = { initialPageParam: null as string | null }
const next = ({ next_cursor }: { next_cursor: string | null }) => next_cursor

export interface CommandFilters {
  status: string
  type: string
  symbol: string
  since: string
}

export const commandsQuery = (account: string, filters: CommandFilters) =>
  infiniteQueryOptions({
    queryKey: ['commands', account, filters],
    queryFn: ({ pageParam }) =>
      clientOf(account)
        .commands({
          limit: PAGE,
          status: filters.status === '' ? undefined : (filters.status.split(',') as CommandStatus[]),
          type: wanted(filters.type) as CommandType | undefined,
          symbol: wanted(filters.symbol),
          since: sinceOf(filters.since),
        })
        .page(pageParam),
    ...paged,
    getNextPageParam: next,
    refetchInterval: 15_000,
  })

export const commandQuery = (account: string, command_id: string) =>
  queryOptions({
    queryKey: ['command', account, command_id],
    queryFn: () => clientOf(account).command(command_id),
    refetchInterval: 15_000,
  })

/** Not made old by events: the live tail brings what came since. */
export const logsQuery = (account: string, level: string, search: string) =>
  infiniteQueryOptions({
    queryKey: ['logs', account, level, search],
    queryFn: ({ pageParam }) =>
      clientOf(account)
        .logs({ limit: PAGE, level: wanted(level) as LogLevel | undefined, search: wanted(search) })
        .page(pageParam),
    ...paged,
    getNextPageParam: next,
    staleTime: 0,
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
  })

export interface AuditFilters {
  kind: string
  subject: string
  actor: string
  since: string
}

/** @param account null: every chain, and the system's own; needs the scope admin */
export const auditQuery = (account: string | null, { kind, subject, actor, since }: AuditFilters) =>
  infiniteQueryOptions({
    queryKey: ['audit', account ?? '', { kind, subject, actor, since }],
    queryFn: ({ pageParam }) => {
      const query = {
        limit: PAGE,
        kind: wanted(kind),
        subject: wanted(subject),
        actor: wanted(actor),
        since: sinceOf(since),
      }
      return (
        account === null ? createClient({ session }).auditOfAll(query) : clientOf(account).audit(query)
      ).page(pageParam)
    },
    ...paged,
    getNextPageParam: next,
    refetchInterval: 15_000,
  })

export interface Verdict {
  whole: boolean
  accounts: number
  events: number
  problem_count: number
  problems: {
    account_id: number
    audit_no: number | null
    subject: string | null
    reason: string
    field: string | null
  }[]
}

/** Asked once, by a session of its own that waits: the page's would call a long silence a dead server. */
export async function verifyAudit(): Promise<Verdict> {
  const patient = openSession({ request_timeout_ms: VERIFY_MS, deadline_ms: VERIFY_MS })
  await patient.current()
  return patient.send<Verdict>('POST', at.v1_audit_verify.path)
}

/** State at a moment; null: now. Walks the account's whole history, so it is asked only when asked for. */
export const replayQuery = (account: string, at_ms: number | null) =>
  queryOptions({
    queryKey: ['replay', account, at_ms],
    queryFn: (): Promise<AccountReplayView> =>
      clientOf(account).replayAccount(at_ms === null ? {} : { at: at_ms }),
    staleTime: at_ms === null ? 0 : 60_000,
    refetchOnWindowFocus: false,
  })

export const healthQuery = () =>
  queryOptions({
    queryKey: ['health'],
    queryFn: () => createClient({ session }).systemHealth(),
    refetchInterval: 5_000,
  })

const HISTORY_MS = 60_000
export const accountHistoryQuery = (account: string, span: SpanName) =>
  queryOptions({
    queryKey: ['history', account, span],
    queryFn: (): Promise<AccountHistoryView> => clientOf(account).accountHistory(spanOf(span, Date.now())),
    refetchInterval: HISTORY_MS,
  })
export const systemHistoryQuery = (span: SpanName) =>
  queryOptions({
    queryKey: ['history', '', span],
    queryFn: (): Promise<SystemHistoryView> =>
      createClient({ session }).systemHistory(spanOf(span, Date.now())),
    refetchInterval: HISTORY_MS,
  })
