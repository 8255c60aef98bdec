// How an EA finds its server, and the key that it is given: what `ngtb pair` shows, for a page.
import Type, { type Static } from 'typebox'
import { both, nullable, UtcTime } from './fields.ts'

export const WayView = Type.Object({
  host: Type.String(),
  via: Type.String({ description: 'how a person knows it: the network card, or the setting' }),
  server_url: Type.String({ description: 'of the EA’s input Server, before # and the key' }),
  urls: Type.Array(Type.String(), { description: 'to be allowed in MetaTrader' }),
})
export type WayView = Static<typeof WayView>

export const WaysView = Type.Object({
  ways: Type.Array(WayView, { description: 'the likeliest first' }),
  ports: Type.Record(Type.String(), Type.Integer()),
  in_a_row: Type.Boolean({
    description:
      'false: the EA looks for ticks, trades and logs right behind the first port, and they are not there',
  }),
})
export type WaysView = Static<typeof WaysView>

export const PairedView = Type.Object({
  ...both,
  key_id: Type.String(),
  api_key: Type.String({ description: 'shown once; the input Server is server_url#api_key' }),
  replaced: nullable(
    Type.String({ description: 'the key that it takes the place of: that one ends when this one is used' }),
  ),
  paired_at: UtcTime,
  ...WaysView.properties,
})
export type PairedView = Static<typeof PairedView>

export const EnrolmentView = Type.Object({ account_number: Type.String(), armed_until: UtcTime })
export type EnrolmentView = Static<typeof EnrolmentView>
