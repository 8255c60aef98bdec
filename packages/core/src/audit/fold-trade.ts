// A trade as its events tell it (P13), under the rules of fold-command.ts.
import type { Trade } from '../trades/trade.ts'
import { setOf, type ToldFacts } from './fold-command.ts'
import { type Image, pick } from './image.ts'

/** What moves with the market: told when the trade ends, counted in syncs until then. */
const RESULT_FIELDS = ['profit', 'swap', 'commission'] as const

const POSITION_FIELDS = [
  'symbol',
  'direction',
  'volume',
  'open_price',
  'open_time_ms',
  'sl',
  'tp',
  'comment',
  'magic',
] as const

const END_FIELDS = ['close_price', 'close_time_ms', 'close_reason', 'closed_by', ...RESULT_FIELDS] as const

/** Not folded: updated_at and rev, which every write changes, and heard_no, which no ledger keeps. */
export const TRADE_FIELDS = [
  ...POSITION_FIELDS,
  ...END_FIELDS,
  'wanted_sl',
  'wanted_tp',
  'absent_since',
  'status',
  'source',
  'command_id',
  'broker_offset_min',
  'created_at',
] as const satisfies readonly (keyof Trade)[]

/** A list that says "open" of what the EA called closed changes nothing: it is told, and waits for a person. */
const BESIDE: ReadonlySet<string> = new Set(['trade.contradicted'])

export const isOfTrade = ({ kind, subject }: ToldFacts): boolean =>
  subject !== null && kind.startsWith('trade.') && !BESIDE.has(kind)

const NOTHING: Image = Object.fromEntries(
  [...POSITION_FIELDS, ...END_FIELDS, 'wanted_sl', 'wanted_tp', 'absent_since', 'command_id'].map((field) => [
    field,
    null,
  ]),
)

const born = ({ at }: ToldFacts): Image => ({ ...NOTHING, status: 'open', created_at: at })

interface Kind {
  /** U1: the fields that an event of this kind names; elsewhere the same words may mean something else. */
  readonly names: readonly string[]
  /** U2. */
  readonly means?: (event: ToldFacts) => Image
}

const KINDS: Readonly<Record<string, Kind>> = {
  'trade.opened': { names: [...POSITION_FIELDS, 'source', 'command_id'], means: born },
  'trade.updated': { names: POSITION_FIELDS, means: () => ({ status: 'open' }) },
  'trade.reopened': {
    names: POSITION_FIELDS,
    means: () => ({
      status: 'open',
      close_price: null,
      close_time_ms: null,
      close_reason: null,
      closed_by: null,
    }),
  },
  'trade.closed': {
    names: END_FIELDS,
    means: () => ({ status: 'closed', wanted_sl: null, wanted_tp: null, absent_since: null }),
  },
  /** A late word about one that is closed. */
  'trade.completed': { names: [...POSITION_FIELDS, ...RESULT_FIELDS] },
  'trade.suspected': { names: ['absent_since'] },
  'trade.wanted': { names: ['wanted_sl', 'wanted_tp'] },
  'trade.linked': { names: ['command_id'] },
}

/** The image after the event. @param before null: nothing is known yet */
export function foldTrade(before: Image | null, event: ToldFacts): Image {
  if (!isOfTrade(event)) return before ?? {}
  const { kind, data } = event
  const image = {
    ...(kind === 'trade.opened' ? {} : before),
    ...KINDS[kind]?.means?.(event),
    ...pick(data, KINDS[kind]?.names ?? []),
    ...changedTo(data),
    ...setOf(data, TRADE_FIELDS),
  }
  return image.status === 'open' ? { ...image, ...STILL_MOVING } : image
}

const STILL_MOVING: Image = Object.fromEntries(RESULT_FIELDS.map((field) => [field, null]))

/** A list's differences: `changed: {field: {from, to}}`. */
function changedTo({ changed }: Readonly<Record<string, unknown>>): Image {
  if (typeof changed !== 'object' || changed === null) return {}
  const news = Object.entries(changed as Record<string, { to?: unknown }>)
  return pick(Object.fromEntries(news.map(([field, { to }]) => [field, to])), POSITION_FIELDS)
}

/** The row as it is compared with its fold. */
export function tradeImage(trade: Trade): Image {
  const image = pick(trade as unknown as Record<string, unknown>, TRADE_FIELDS)
  return trade.status === 'open' ? { ...image, ...STILL_MOVING } : image
}
