// The order ticket as it is typed, and the order that it means. Pure.
import type { Intent, SymbolView } from '@ngtb/sdk'
import type { Quote, Side } from '../live/figures.ts'
import { type Draft, entryOf, levelAt, type OrderKind } from './spec-check.ts'

export interface Typed {
  readonly symbol: string
  readonly kind: OrderKind
  readonly side: Side
  readonly volume: string
  readonly price: string
  readonly stop_limit_price: string
  readonly sl: string
  readonly tp: string
  /** What SL and TP are typed in. */
  readonly unit: 'price' | 'points'
  /** Broker time, as an input of date and time has it; empty: until it is cancelled. */
  readonly expiration: string
  readonly comment: string
}

export const blank = (symbol: string): Typed => ({
  ...{ symbol, kind: 'market', side: 'buy', volume: '0.01', price: '', stop_limit_price: '' },
  ...{ sl: '', tp: '', unit: 'price', expiration: '', comment: '' },
})

export const KINDS: Readonly<Record<OrderKind, string>> = {
  market: 'Market',
  limit: 'Limit',
  stop: 'Stop',
  stop_limit: 'Stop limit',
}

/** "1,25" and "1.25" are the same; empty is null; anything else is NaN, which no check lets through. */
export function figureOf(text: string): number | null {
  const clean = text.trim().replace(',', '.')
  return clean === '' ? null : Number(clean)
}

/** What was typed as prices. Points are measured from where it would be filled. */
export function draftOf(typed: Typed, spec: SymbolView | undefined, quote: Quote | undefined): Draft {
  const { symbol, kind, side, unit } = typed
  const plain: Draft = {
    ...{ symbol, kind, side, sl: null, tp: null },
    volume: figureOf(typed.volume),
    price: kind === 'market' ? null : figureOf(typed.price),
    stop_limit_price: kind === 'stop_limit' ? figureOf(typed.stop_limit_price) : null,
  }
  const entry = entryOf(plain, quote)
  const level = (which: 'sl' | 'tp'): number | null => {
    const value = figureOf(typed[which])
    if (value === null || unit === 'price') return value
    // Without a price no level follows from points: NaN keeps it from being sent as none.
    if (value <= 0 || entry === null || !spec) return Number.NaN
    return levelAt(entry, value, side, which, spec) ?? Number.NaN
  }
  return { ...plain, sl: level('sl'), tp: level('tp') }
}

/** The command of a draft that has no problem; null while something is missing. */
export function intentOf(draft: Draft, typed: Pick<Typed, 'comment' | 'expiration'>): Intent | null {
  const { symbol, kind, side, volume, price, stop_limit_price, sl, tp } = draft
  if (volume === null) return null
  const comment = typed.comment.trim()
  const marks = {
    ...{ symbol, volume },
    ...(sl === null ? {} : { sl }),
    ...(tp === null ? {} : { tp }),
    ...(comment === '' ? {} : { comment }),
  }
  const way = side === 'buy' ? 'BUY' : 'SELL'
  if (kind === 'market') return { type: 'OPEN_TRADE', order_type: way, ...marks }
  if (price === null) return null
  const word = { limit: 'LIMIT', stop: 'STOP', stop_limit: 'STOP_LIMIT' } as const
  return {
    type: 'PLACE_PENDING',
    order_type: `${way}_${word[kind]}`,
    price,
    ...(stop_limit_price === null ? {} : { stop_limit_price }),
    // As the input has it: a wall clock without a zone is the broker's.
    ...(typed.expiration === '' ? {} : { expiration: typed.expiration }),
    ...marks,
  }
}
