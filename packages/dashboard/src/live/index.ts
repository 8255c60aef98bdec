// The door of live/: what pages and widgets may use.
export { useAct } from './acting.tsx'
export { alertSettingsQuery, alertsQuery, channelsQuery, severityTone } from './alert-queries.ts'
export * from './alert-words.ts'
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
  openWorth,
  pointsOf,
  type Quote,
  type Side,
  sideOf,
  type Worth,
  worthNow,
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
export { useFollowed, useLinkState, useLive, useQuote } from './live.tsx'
export type { LinkState } from './live-store.ts'
export { type LogFilter, lineOf, merged } from './log-tail.ts'
export { useMay } from './may.ts'
export { keepOnlyLooks, onlyLooks } from './only-looks.ts'
export { useOpenWorth } from './open-worth.ts'
export {
  accountQuery,
  accountsQuery,
  clientOf,
  commandQuery,
  fillsQuery,
  openTradesQuery,
  ordersQuery,
  specsOf,
  statusQuery,
  symbolsQuery,
} from './queries.ts'
export { type Sent, useSend, useSent } from './sending.ts'
export { type Presence, session, usePeople, useSessionView } from './session.tsx'
export {
  keysQuery,
  limitsQuery,
  peopleQuery,
  policyQuery,
  sessionsQuery,
  settingsQuery,
  waysQuery,
} from './settings-queries.ts'
export * from './settings-words.ts'
export * from './trail-queries.ts'
