// Alerts as the API tells of them, and the settings that decide what is one and who hears of it.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { ALERT_SEVERITIES } from '../vocabulary.ts'
import { nullable, oneOf, UtcTime } from './fields.ts'

export const ALERT_STATES = ['active', 'acknowledged', 'cleared'] as const
export type AlertState = (typeof ALERT_STATES)[number]

export const CHANNELS = ['log', 'telegram', 'webhook', 'email'] as const
export type ChannelName = (typeof CHANNELS)[number]

export const DELIVERY_STATES = ['waiting', 'done', 'given_up'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** What a message tells: that an alert began, that it is over, or that the channel works. */
export const TIDINGS = ['raised', 'cleared', 'test'] as const
export type Tiding = (typeof TIDINGS)[number]

export const AlertName = Type.String({
  minLength: 1,
  maxLength: limits.alert_name_length_max,
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
  description: 'what makes it the same alert: raised once until it is cleared',
})
export const AlertText = Type.String({
  minLength: 1,
  maxLength: limits.alert_text_length_max,
  pattern: '^[^\\u0000]*$',
})

export const DeliveryView = Type.Object({
  delivery_id: Type.String({ description: 'the same at each attempt: Idempotency-Key of a webhook' }),
  channel: Type.String(),
  tiding: oneOf(TIDINGS),
  state: oneOf(DELIVERY_STATES),
  attempts: Type.Integer(),
  created_at: UtcTime,
  next_at: nullable(UtcTime),
  done_at: nullable(UtcTime),
  error: nullable(Type.String({ description: 'what the last attempt said' })),
})
export type DeliveryView = Static<typeof DeliveryView>

export const AlertView = Type.Object({
  alert_id: Type.String(),
  name: Type.String(),
  rule: Type.String({ description: 'the rule that raised it; `raised`: a key or a person did' }),
  severity: oneOf(ALERT_SEVERITIES),
  state: oneOf(ALERT_STATES),
  text: Type.String(),
  account_number: nullable(Type.String({ description: 'the MT5 login; null: the system' })),
  raised_by: Type.String(),
  raised_at: UtcTime,
  last_at: UtcTime,
  count: Type.Integer({ description: 'how often it was raised while it was not cleared' }),
  acknowledged_at: nullable(UtcTime),
  acknowledged_by: nullable(Type.String()),
  note: nullable(Type.String()),
  cleared_at: nullable(UtcTime),
  cleared_by: nullable(Type.String()),
})
export type AlertView = Static<typeof AlertView>

export const RaisedView = Type.Object({
  ...AlertView.properties,
  raised: Type.Boolean({ description: 'false: it was raised before and is not cleared' }),
})
export type RaisedView = Static<typeof RaisedView>

export const AlertDetailView = Type.Object({
  ...AlertView.properties,
  deliveries: Type.Array(DeliveryView),
})
export type AlertDetailView = Static<typeof AlertDetailView>

export const ChannelView = Type.Object({
  channel: oneOf(CHANNELS),
  about: Type.String({ description: 'where it goes, without secrets' }),
  min_severity: oneOf(ALERT_SEVERITIES),
  waiting: Type.Integer({ description: 'messages that are not delivered yet' }),
  given_up: Type.Integer(),
  error: nullable(Type.String({ description: 'what the newest failed attempt said, while some wait' })),
})
export type ChannelView = Static<typeof ChannelView>

export const TestView = Type.Object({
  items: Type.Array(Type.Object({ channel: oneOf(CHANNELS), delivery_id: Type.String() })),
})
export type TestView = Static<typeof TestView>

const strict = { additionalProperties: false } as const
const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' })
const percent = nullable(Type.Number({ exclusiveMinimum: 0, maximum: 100 }))
const seconds = Type.Integer({ minimum: 10, maximum: 604_800 })

export const QuietHours = Type.Object(
  { from: TimeOfDay, to: TimeOfDay, zone: Type.String({ minLength: 1, maxLength: 64 }) },
  { ...strict, description: 'local time; zone: an IANA name such as Europe/Berlin, or UTC' },
)
export type QuietHours = Static<typeof QuietHours>

/** All optional: what an account leaves out is the house's, what the house leaves out is the default. */
export const AlertSettings = Type.Object(
  {
    health_min: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    failures: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
    silence_s: Type.Optional(seconds),
    tick_silence_s: Type.Optional(seconds),
    drawdown_percent: Type.Optional(percent),
    daily_loss_percent: Type.Optional(percent),
    channels: Type.Optional(
      nullable(Type.Array(oneOf(CHANNELS), { uniqueItems: true, description: 'null: all that are set up' })),
    ),
    quiet_hours: Type.Optional(nullable(QuietHours)),
    muted: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 40 }), {
        ...{ maxItems: 50, uniqueItems: true },
        description: 'rules that raise nothing',
      }),
    ),
  },
  strict,
)
export type AlertSettings = Static<typeof AlertSettings>

export const AlertSettingsView = Type.Object({
  account_number: nullable(Type.String({ description: 'null: of the house' })),
  settings: AlertSettings,
  effective: AlertSettings,
})
export type AlertSettingsView = Static<typeof AlertSettingsView>
