// What a channel is given to send, and what the API tells of alerts.
import { type Alert, RAISED } from '@ngtb/core'
import type { AlertView, DeliveryView } from '@ngtb/protocol'
import type { AlertMessage, Delivery } from '../ports.ts'
import { SYSTEM } from './desks.ts'
import { isoOrNull, serverTime } from './views.ts'

/** By the caller's own word, where a key raised it. */
const shownName = ({ rule, name, account_id }: Alert): string =>
  rule === RAISED ? name.slice(`${RAISED}:${account_id}:`.length) : name

export const messageOf = (
  delivery_id: string,
  alert: Alert,
  tiding: 'raised' | 'cleared',
  account_number: string | null,
  now: number,
): AlertMessage => ({
  ...{ delivery_id, alert_id: alert.alert_id, tiding, severity: alert.severity, rule: alert.rule },
  ...{ name: shownName(alert), text: alert.text, account_number },
  raised_at: serverTime(alert.raised_at),
  at: serverTime(now),
})

export const testMessage = (delivery_id: string, actor: string, now: number): AlertMessage => ({
  ...{ delivery_id, alert_id: null, tiding: 'test', severity: 'info', rule: 'test', name: 'test' },
  text: `a test, asked for by ${actor}: this channel works`,
  account_number: null,
  ...{ raised_at: serverTime(now), at: serverTime(now) },
})

export const alertView = (alert: Alert, login: (account_id: number) => string): AlertView => ({
  ...{ alert_id: alert.alert_id, name: shownName(alert), rule: alert.rule, severity: alert.severity },
  state: alert.cleared_at !== null ? 'cleared' : alert.acknowledged_at !== null ? 'acknowledged' : 'active',
  text: alert.text,
  account_number: alert.account_id === SYSTEM ? null : login(alert.account_id),
  raised_by: alert.raised_by,
  raised_at: serverTime(alert.raised_at),
  last_at: serverTime(alert.last_at),
  count: alert.count,
  acknowledged_at: isoOrNull(alert.acknowledged_at),
  acknowledged_by: alert.acknowledged_by,
  note: alert.note,
  cleared_at: isoOrNull(alert.cleared_at),
  cleared_by: alert.cleared_by,
})

export const deliveryView = (row: Delivery): DeliveryView => ({
  ...{ delivery_id: row.delivery_id, channel: row.channel, tiding: row.tiding, state: row.state },
  ...{ attempts: row.attempts, created_at: serverTime(row.created_at), error: row.error },
  next_at: row.state === 'waiting' ? isoOrNull(row.next_at) : null,
  done_at: isoOrNull(row.done_at),
})
