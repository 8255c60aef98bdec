// The ledger on PostgreSQL: writes through the two committers, reads through a small pool.
import type { Store } from '../../ports.ts'
import * as bars from './bars.ts'
import { Committer } from './committer.ts'
import { createPool, orAway } from './pool.ts'
import * as accounts from './reads/accounts.ts'
import * as alerts from './reads/alerts.ts'
import * as history from './reads/deals.ts'
import { keyReader } from './reads/key.ts'
import * as ledger from './reads/ledger.ts'
import * as orders from './reads/orders.ts'
import * as people from './reads/people.ts'
import { snapshotOn } from './reads/snapshot.ts'
import * as stored from './reads/ticks.ts'
import * as samples from './samples.ts'
import type { DatabaseAddress } from './session.ts'
import { sequenceOn, sharedSequence } from './tick-sequence.ts'
import * as upkeep from './tick-upkeep.ts'
import { tickWriters } from './ticks.ts'

export interface PostgresStoreOptions extends DatabaseAddress {
  /** Shared with the threads that write ticks; left out: nobody else in this process does. */
  readonly sequence?: SharedArrayBuffer
  onError(error: Error): void
}

export function createPostgresStore({ onError, sequence, ...address }: PostgresStoreOptions): Store {
  const pool = createPool({ ...address, max: 6, name: 'read', onError })
  const key = keyReader(pool)
  const committer = new Committer(address, onError)
  const numbers = sequenceOn(sequence ?? sharedSequence())
  const writers = tickWriters(address, onError, numbers)
  const read =
    <A extends unknown[], T>(query: (p: typeof pool, ...args: A) => Promise<T>) =>
    (...args: A) =>
      orAway(() => query(pool, ...args))
  return {
    commit: (change) => committer.commit(change),
    ingest: (batches) => writers.ingest(batches),
    accounts: read(accounts.accounts),
    load: read(accounts.loadAccount),
    accountByNumber: read(accounts.accountByNumber),
    versions: read(accounts.versions),
    newestMoment: read(accounts.newestMoment),
    key: (key_id) => orAway(() => key(key_id)),
    keys: read(accounts.keys),
    keysOf: read(accounts.keysOf),
    keysReplacedBy: read(accounts.keysReplacedBy),
    touchKey: read(accounts.touchKey),
    armEnrolment: read(accounts.armEnrolment),
    takeEnrolment: read(accounts.takeEnrolment),
    enrolmentArmed: read(accounts.enrolmentArmed),
    person: read(people.person),
    personByName: read(people.personByName),
    people: read(people.people),
    admins: read(people.admins),
    personSession: read(people.personSession),
    personSessions: read(people.personSessions),
    personSessionById: read(people.personSessionById),
    touchPersonSession: read(people.touchPersonSession),
    invitation: read(people.invitation),
    invitationsOf: read(people.invitationsOf),
    policies: read(people.policies),
    openAlerts: read(alerts.openAlerts),
    alert: read(alerts.alert),
    alerts: read(alerts.alerts),
    deliveriesOf: read(alerts.deliveriesOf),
    alertSettings: read(alerts.alertSettings),
    alertMarks: read(alerts.alertMarks),
    alertCursor: read(alerts.alertCursor),
    happenedAfter: read(alerts.happenedAfter),
    claimDeliveries: read(alerts.claimDeliveries),
    endAttempt: read(alerts.endAttempt),
    nextDelivery: read(alerts.nextDelivery),
    channelQueues: read(alerts.channelQueues),
    takeTurn: read(alerts.takeTurn),
    forgetAlerts: read(alerts.forgetAlerts),
    command: read(ledger.command),
    commandOwners: read(ledger.commandOwners),
    commandByNo: read(ledger.commandByNo),
    commands: read(ledger.commands),
    attempts: read(ledger.attempts),
    openingsSince: read(ledger.openingsSince),
    trade: async (account_id, ticket) =>
      (await orAway(() => ledger.tradesAmong(pool, account_id, [ticket])))[0] ?? null,
    tradesAmong: read(ledger.tradesAmong),
    trades: read(ledger.trades),
    dealsAmong: read(history.dealsAmong),
    dealsOfPosition: read(history.dealsOfPosition),
    deals: read(history.deals),
    ordersAmong: read(orders.ordersAmong),
    orders: read(orders.orders),
    newestOrderEnd: read(orders.newestOrderEnd),
    commandsOfOrder: read(orders.commandsOfOrder),
    deadLetters: read(history.deadLetters),
    auditOf: read(ledger.auditOf),
    auditChain: read(ledger.auditChain),
    logs: read(ledger.logs),
    eventsAfter: read(ledger.eventsAfter),
    newestSeq: read(ledger.newestSeq),
    snapshot: (look) => orAway(() => accounts.atOneMoment(pool, (client) => look(snapshotOn(client)))),
    ticks: read(stored.ticks),
    tickCounts: read(stored.tickCounts),
    newestTick: read(stored.newestTick),
    openTickRun: (account_id, run, now) => writers.openTickRun(account_id, run, now),
    settledTicks: (now) => numbers.settled(now),
    ticksBehind: read(stored.ticksBehind),
    tickLosses: read(stored.tickLosses),
    saveBars: (batch) => writers.saveBars(batch),
    bars: read(bars.bars),
    tickDays: read(upkeep.tickDays),
    makeTickDay: read(upkeep.makeTickDay),
    dropTickDay: read(upkeep.dropTickDay),
    forgetTickBatches: read(upkeep.forgetTickBatches),
    saveSamples: read(samples.saveSamples),
    accountHistory: read(samples.accountHistory),
    systemHistory: read(samples.systemHistory),
    forgetSamples: read(samples.forgetSamples),
    forgetOld: read(samples.forgetOld),
    saveWire: read(samples.saveWire),
    wireOf: read(samples.wireOf),
    size: read(samples.size),
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    ping: () => orAway(async () => void (await pool.query('select 1'))),
    async close() {
      await committer.close()
      await writers.close()
      await pool.end()
    },
  }
}
