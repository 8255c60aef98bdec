// Alerts in memory: the same words as in storage/postgres/reads/alerts.ts.
import type { EquityMark } from '@ngtb/core'
import type {
  AlertChanges,
  AlertFilter,
  AlertSettingRow,
  AlertStore,
  Delivery,
  PageRequest,
  StoredAlert,
} from '../../ports.ts'
import { newestFirst } from './reads.ts'
import type { Tables } from './tables.ts'

/** None is changed in place (M3). */
export class AlertTables {
  readonly alerts = new Map<string, StoredAlert>()
  /** In the order of their making. */
  readonly deliveries = new Map<string, Delivery>()
  readonly settings = new Map<number, AlertSettingRow>()
  readonly marks = new Map<number, EquityMark>()
  readonly cursors = new Map<string, number>()
  readonly turns = new Map<string, { holder: string; held_until: number }>()
  alert_no = 0

  copy(): AlertTables {
    const copy = new AlertTables()
    for (const [id, row] of this.alerts) copy.alerts.set(id, row)
    for (const [id, row] of this.deliveries) copy.deliveries.set(id, row)
    for (const [id, row] of this.settings) copy.settings.set(id, row)
    for (const [id, row] of this.marks) copy.marks.set(id, row)
    for (const [name, seq] of this.cursors) copy.cursors.set(name, seq)
    for (const [name, turn] of this.turns) copy.turns.set(name, turn)
    copy.alert_no = this.alert_no
    return copy
  }

  /** What the unique index or the foreign key would refuse (M1). */
  requireFit({ alerts, deliveries }: AlertChanges): void {
    const open = new Map(this.open().map(({ name, alert_id }) => [name, alert_id]))
    for (const { name, alert_id, cleared_at } of alerts) {
      const there = open.get(name)
      if (cleared_at !== null && there === alert_id) open.delete(name)
      if (cleared_at !== null) continue
      if (there !== undefined && there !== alert_id) throw new Error(`duplicate alert ${name}`)
      open.set(name, alert_id)
    }
    const known = new Set([...this.alerts.keys(), ...alerts.map(({ alert_id }) => alert_id)])
    for (const { alert_id } of deliveries)
      if (alert_id !== null && !known.has(alert_id)) throw new Error(`there is no alert ${alert_id}`)
  }

  write({ alerts, deliveries, alert_settings, alert_marks, alert_cursors }: AlertChanges): void {
    for (const row of alerts) {
      const alert_no = this.alerts.get(row.alert_id)?.alert_no ?? ++this.alert_no
      this.alerts.set(row.alert_id, { ...row, alert_no })
    }
    for (const row of deliveries)
      if (!this.deliveries.has(row.delivery_id)) this.deliveries.set(row.delivery_id, row)
    for (const row of alert_settings) this.settings.set(row.account_id, row)
    for (const row of alert_marks) this.marks.set(row.account_id, row)
    for (const { name, seq } of alert_cursors) this.cursors.set(name, seq)
  }

  open(): StoredAlert[] {
    return [...this.alerts.values()]
      .filter(({ cleared_at }) => cleared_at === null)
      .sort((a, b) => a.alert_no - b.alert_no)
  }

  waiting(channel: string): Delivery[] {
    return [...this.deliveries.values()].filter((row) => row.channel === channel && row.state === 'waiting')
  }
}

type Read = <T>(look: (tables: Tables) => T) => Promise<T>

const fits = (alert: StoredAlert, { state, severity, rule, account_id }: AlertFilter): boolean => {
  const is =
    alert.cleared_at !== null ? 'cleared' : alert.acknowledged_at !== null ? 'acknowledged' : 'active'
  if (state === 'open' ? is === 'cleared' : state !== 'all' && state !== is) return false
  if ((severity ?? alert.severity) !== alert.severity || (rule ?? alert.rule) !== alert.rule) return false
  return (account_id ?? alert.account_id) === alert.account_id
}

export const alertReads = (read: Read): AlertStore => ({
  openAlerts: () => read(({ alerting }) => alerting.open()),
  alert: (alert_id) => read(({ alerting }) => alerting.alerts.get(alert_id) ?? null),
  alerts: (page: PageRequest, where) =>
    read(({ alerting }) => {
      const rows = [...alerting.alerts.values()].filter((alert) => fits(alert, where))
      return newestFirst(rows, page, ({ alert_no }) => alert_no)
    }),
  deliveriesOf: (alert_id) =>
    read(({ alerting }) => [...alerting.deliveries.values()].filter((row) => row.alert_id === alert_id)),
  alertSettings: () =>
    read(({ alerting }) => [...alerting.settings.values()].sort((a, b) => a.account_id - b.account_id)),
  alertMarks: () =>
    read(({ alerting }) => [...alerting.marks.values()].sort((a, b) => a.account_id - b.account_id)),
  alertCursor: (name) => read(({ alerting }) => alerting.cursors.get(name) ?? null),
  happenedAfter: (after, kinds, limit) =>
    read(({ accounts, seq }) => {
      const events = [...accounts.values()]
        .flatMap(({ audit }) => audit.filter((event) => event.seq > after && kinds.includes(event.kind)))
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit)
      const upto = events.length < limit ? Math.max(after, seq) : (events.at(-1)?.seq ?? after)
      return { events, upto }
    }),
  ...deliveryReads(read),
  forgetAlerts: (before) =>
    read(({ alerting: { alerts, deliveries } }) => {
      const old = [...alerts.values()].filter(({ cleared_at }) => cleared_at !== null && cleared_at < before)
      const gone = new Set(old.map(({ alert_id }) => alert_id))
      for (const alert_id of gone) alerts.delete(alert_id)
      for (const { delivery_id, alert_id, created_at } of [...deliveries.values()])
        if (alert_id === null ? created_at < before : gone.has(alert_id)) deliveries.delete(delivery_id)
    }),
})

/** Of one alert the earlier message goes first. */
function isFirst(begun: Set<string | null>, alert_id: string | null): boolean {
  if (alert_id === null) return true
  const first = !begun.has(alert_id)
  begun.add(alert_id)
  return first
}

const deliveryReads = (read: Read) =>
  ({
    claimDeliveries: (channel, by, now, until, limit) =>
      read(({ alerting }) => {
        const begun = new Set<string | null>()
        const due = alerting
          .waiting(channel)
          .filter(({ alert_id }) => isFirst(begun, alert_id))
          .filter(({ next_at, claimed_until }) => (next_at ?? 0) <= now && (claimed_until ?? 0) <= now)
        return due.slice(0, limit).map((row) => {
          const claimed = { ...row, claimed_by: by, claimed_until: until }
          alerting.deliveries.set(row.delivery_id, claimed)
          return claimed
        })
      }),
    endAttempt: (delivery_id, by, end) =>
      read(({ alerting: { deliveries } }) => {
        const row = deliveries.get(delivery_id)
        if (!row || row.claimed_by !== by || row.state !== 'waiting') return false
        deliveries.set(delivery_id, { ...row, ...end, claimed_by: null, claimed_until: null })
        return true
      }),
    nextDelivery: (channel) =>
      read(({ alerting }) => {
        const due = alerting
          .waiting(channel)
          .map(({ next_at, claimed_until }) => Math.max(next_at ?? 0, claimed_until ?? 0))
        return due.length === 0 ? null : Math.min(...due)
      }),
    channelQueues: (since) =>
      read(({ alerting: { deliveries } }) => {
        const rows = [...deliveries.values()].filter(
          ({ state, done_at }) => state === 'waiting' || (state === 'given_up' && (done_at ?? 0) >= since),
        )
        return [...new Set(rows.map(({ channel }) => channel))].sort().map((channel) => {
          const mine = rows.filter((row) => row.channel === channel)
          const waiting = mine.filter(({ state }) => state === 'waiting')
          const tried = waiting.filter(({ error }) => error !== null)
          const worst = Math.max(...tried.map(({ attempts }) => attempts))
          const error = tried.filter(({ attempts }) => attempts === worst).at(-1)?.error ?? null
          return { channel, waiting: waiting.length, given_up: mine.length - waiting.length, error }
        })
      }),
    takeTurn: (name, holder, now, until) =>
      read(({ alerting: { turns } }) => {
        const held = turns.get(name)
        if (held && held.holder !== holder && held.held_until > now) return false
        turns.set(name, { holder, held_until: until })
        return true
      }),
  }) satisfies Partial<AlertStore>
