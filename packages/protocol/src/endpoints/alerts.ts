// Port 9905: alerts. Raised, listed, acknowledged, cleared; channels tried; thresholds set (docs/spec/alerts.md).
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import {
  ALERT_STATES,
  AlertDetailView,
  AlertName,
  AlertSettings,
  AlertSettingsView,
  AlertText,
  AlertView,
  CHANNELS,
  ChannelView,
  RaisedView,
  TestView,
} from '../model/alerts.ts'
import { oneOf, Text } from '../model/fields.ts'
import { ALERT_SEVERITIES } from '../vocabulary.ts'
import { endpoints } from './endpoint.ts'
import { account, LoginParams, listOf, paging, READ, strict } from './management-parts.ts'

export const AlertParams = Type.Object({ alert_id: Type.String({ maxLength: 64 }) })

export const RaiseAlertBody = Type.Object(
  {
    text: AlertText,
    severity: Type.Optional(oneOf(ALERT_SEVERITIES)),
    account_number: Type.Optional(Type.String({ maxLength: 40, description: 'the MT5 login it is about' })),
    name: Type.Optional(AlertName),
  },
  strict,
)
export type RaiseAlertBody = Static<typeof RaiseAlertBody>

export const AlertListQuery = Type.Object(
  {
    state: Type.Optional(oneOf([...ALERT_STATES, 'open', 'all'])),
    severity: Type.Optional(oneOf(ALERT_SEVERITIES)),
    rule: Type.Optional(Type.String({ maxLength: 40 })),
    account: Type.Optional(Type.String({ maxLength: 40, description: 'the MT5 login' })),
    ...paging,
  },
  strict,
)
export type AlertListQuery = Static<typeof AlertListQuery>

export const AlertWordBody = Type.Object({ note: Type.Optional(Text) }, strict)
export type AlertWordBody = Static<typeof AlertWordBody>

export const AlertTestBody = Type.Object(
  { channel: Type.Optional(oneOf(CHANNELS)) },
  { ...strict, description: 'left out: every channel that is set up' },
)
export type AlertTestBody = Static<typeof AlertTestBody>

const SEE = [...READ, 'alerts:write'] as const
const WRITE = ['alerts:write', 'admin'] as const

export const alertEndpoints = endpoints({
  raise_alert: {
    method: 'POST',
    creates: true,
    path: '/api/v1/alerts',
    summary: 'Raise an alert; one of the same name that is not cleared is only counted',
    access: WRITE,
    body: RaiseAlertBody,
    reply: RaisedView,
    body_bytes_max: limits.body_bytes_small_max,
  },
  v1_alerts: {
    method: 'GET',
    path: '/api/v1/alerts',
    summary: 'Alerts, newest first; without a state: those that are not cleared',
    access: SEE,
    query: AlertListQuery,
    reply: listOf(AlertView),
  },
  v1_alert: {
    method: 'GET',
    path: '/api/v1/alerts/:alert_id',
    summary: 'One alert, and what became of its messages',
    access: SEE,
    params: AlertParams,
    reply: AlertDetailView,
  },
  v1_alert_acknowledge: {
    method: 'POST',
    path: '/api/v1/alerts/:alert_id/acknowledge',
    summary: 'Somebody has seen it; audited. What only told of something that happened is cleared by it',
    access: WRITE,
    params: AlertParams,
    body: AlertWordBody,
    reply: AlertView,
    body_bytes_max: limits.body_bytes_small_max,
  },
  v1_alert_clear: {
    method: 'POST',
    path: '/api/v1/alerts/:alert_id/clear',
    summary: 'It is over; audited. What still holds is raised again by the next check',
    access: WRITE,
    params: AlertParams,
    body: AlertWordBody,
    reply: AlertView,
    body_bytes_max: limits.body_bytes_small_max,
  },
  v1_alert_test: {
    method: 'POST',
    path: '/api/v1/alerts/test',
    summary: 'Send a test message over one channel, or all',
    access: ['admin'],
    body: AlertTestBody,
    reply: TestView,
    body_bytes_max: limits.body_bytes_small_max,
  },
  v1_alert_channels: {
    method: 'GET',
    path: '/api/v1/alert-channels',
    summary: 'The channels that are set up, and what waits in each',
    access: SEE,
    reply: Type.Object({ items: Type.Array(ChannelView) }),
  },
  v1_alert_settings: {
    method: 'GET',
    path: '/api/v1/alert-settings',
    summary: 'Thresholds, quiet hours and routing of the house',
    access: ['admin'],
    reply: AlertSettingsView,
  },
  v1_alert_settings_set: {
    method: 'PUT',
    path: '/api/v1/alert-settings',
    summary: 'Set those of the house as a whole: what is left out is the default; audited',
    access: ['admin'],
    body: AlertSettings,
    reply: AlertSettingsView,
    body_bytes_max: limits.body_bytes_small_max,
  },
  v1_account_alert_settings: {
    method: 'GET',
    path: `${account}/alert-settings`,
    summary: 'Thresholds, quiet hours and routing of this account',
    access: READ,
    params: LoginParams,
    reply: AlertSettingsView,
  },
  v1_account_alert_settings_set: {
    method: 'PUT',
    path: `${account}/alert-settings`,
    summary: 'Set those of this account as a whole: what is left out is the house’s; audited',
    access: ['admin'],
    params: LoginParams,
    body: AlertSettings,
    reply: AlertSettingsView,
    body_bytes_max: limits.body_bytes_small_max,
  },
})
