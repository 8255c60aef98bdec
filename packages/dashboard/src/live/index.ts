// The door of live/: what pages and widgets may use.
export { useAct } from './acting.tsx'
export { type Finding, findingsOf, systemStandings } from './alerts.ts'
export { useNow } from './clock.ts'
export {
  byTone,
  CONDITIONS,
  type ConditionName,
  commandTone,
  connectionTone,
  type Standing,
  standings,
  type Tone,
  worstOf,
} from './conditions.ts'
export {
  closingPrice,
  type Exposure,
  exposureOf,
  openProfit,
  pointsOf,
  type Quote,
  type Side,
  sideOf,
} from './figures.ts'
export {
  type Columns,
  columnsOf,
  SPANS,
  type SpanName,
  type Summary,
  summaryOf,
} from './history.ts'
export {
  canCancel,
  canSettle,
  intentText,
  type Life,
  type LifeStep,
  lifeOf,
  statusWord,
  type Wire,
} from './life.ts'
export { useLinkState, useLive, useQuote } from './live.tsx'
export type { LinkState } from './live-store.ts'
export { type LogFilter, lineOf, merged } from './log-tail.ts'
export {
  accountQuery,
  accountsQuery,
  clientOf,
  openTradesQuery,
  statusQuery,
  symbolsQuery,
} from './queries.ts'
export { type Presence, session, usePeople, useSessionView } from './session.tsx'
export * from './trail-queries.ts'
