// The door of live/: what pages and widgets may use.
export { useAct } from './acting.tsx'
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
export { useLinkState, useLive, useQuote } from './live.tsx'
export type { LinkState } from './live-store.ts'
export { keepOnlyLooks, onlyLooks } from './only-looks.ts'
export {
  accountQuery,
  accountsQuery,
  clientOf,
  openTradesQuery,
  statusQuery,
  symbolsQuery,
} from './queries.ts'
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
