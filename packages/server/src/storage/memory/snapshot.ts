// One moment of the tables in memory, with the words of storage/postgres/reads/snapshot.ts.
import type { Snapshot, StoredAudit } from '../../ports.ts'
import * as reads from './reads.ts'
import type { Tables } from './tables.ts'

/** @param tables nobody writes them any more */
export function snapshotOf(tables: Tables): Snapshot {
  const at = (account_id: number) => tables.accounts.get(account_id)
  const audit = (account_id: number) => at(account_id)?.audit ?? []
  const told = (account_id: number, about: (event: StoredAudit) => boolean) =>
    new Set(
      audit(account_id)
        .filter(about)
        .map(({ subject }) => subject),
    )
  return {
    accounts: async () => reads.accountsOf(tables),
    load: async (account_id) => reads.loadAccount(tables, account_id),
    keysIn: async (account_id) => reads.keysOf(tables).filter((key) => (key.account_id ?? 0) === account_id),
    allPeople: async () => [...tables.people.people.values()],
    allPolicies: async () => [...tables.people.policies.values()],
    auditChain: async (account_id, after_no, limit) => audit(account_id).slice(after_no, after_no + limit),
    auditBySubject: async (account_id, after, limit) =>
      audit(account_id)
        .filter(({ kind, subject }) => subject !== null && /^(command|trade|order)\./.test(kind))
        .sort((a, b) => bySubject(a, b) || a.seq - b.seq)
        .filter((event) => after === null || (bySubject(event, after) || event.seq - after.seq) > 0)
        .slice(0, limit),
    auditAbout: async (account_id, subject, after_no, limit) =>
      audit(account_id)
        .filter((event) => event.subject === subject && event.audit_no > after_no)
        .slice(0, limit),
    commandsAmong: async (account_id, command_ids) =>
      command_ids.flatMap((command_id) => at(account_id)?.commands.get(command_id) ?? []),
    tradesAmong: async (account_id, tickets) => reads.tradesAmong(at(account_id), tickets),
    ordersAmong: async (account_id, tickets) => reads.ordersAmong(at(account_id), tickets),
    untold: async (account_id, limit) => ({
      commands: missing(at(account_id)?.commands.keys(), told(account_id, ofCommand), limit),
      trades: missing(at(account_id)?.trades.keys(), told(account_id, ofTrade), limit),
      orders: missing(at(account_id)?.orders.keys(), told(account_id, ofOrder), limit),
    }),
  }
}

const ofCommand = ({ kind }: StoredAudit) => kind.startsWith('command.') && kind !== 'command.orphaned'
const ofTrade = ({ kind }: StoredAudit) => kind.startsWith('trade.')
const ofOrder = ({ kind }: StoredAudit) => kind.startsWith('order.')

const bySubject = reads.byText<Pick<StoredAudit, 'subject'>>(({ subject }) => subject ?? '')

const missing = (keys: Iterable<string> | undefined, told: ReadonlySet<string | null>, limit: number) =>
  [...(keys ?? [])].filter((key) => !told.has(key)).slice(0, limit)
