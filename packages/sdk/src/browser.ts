// The door of @ngtb/sdk in a browser: the client without files, environment and named intents, and a person's session.
export type {
  AccountInfo,
  AccountView,
  AlertDetailView,
  AlertSettings,
  AlertSettingsView,
  AlertSeverity,
  AlertView,
  AuditView,
  BarView,
  CandleView,
  ChannelName,
  ChannelView,
  CommandDetailView,
  CommandType,
  CommandView,
  ConnectionView,
  DeadLetterView,
  DealView,
  EaStatus,
  LiveEvent,
  LogView,
  Maker,
  OrderDetailView,
  OrderView,
  OrphanView,
  StoryLine,
  SymbolView,
  SystemStatusView,
  TickLossView,
  TickView,
  Timeframe,
  Topic,
  TradeHistoryView,
  TradeView,
} from '@ngtb/protocol'
export { CommandPriority, CommandStatus, ConnectionState } from '@ngtb/protocol'
export type { Alerts, AlertsQuery, RaiseOptions } from './alerts.ts'
export { type Client, type ClientOptions, createClient, type HowLong } from './client.ts'
export type { CreateRequest, SubmitOptions } from './commands.ts'
export { isRefusal, NgtbError, OutcomeUnknown, type RefusalCode } from './errors.ts'
export type { CommandHandle, PersonsWord, WaitOptions } from './handle.ts'
export type {
  BatchIntent,
  CancelPending,
  CloseAll,
  CloseBy,
  ClosePartial,
  CloseTrade,
  Int64Like,
  Intent,
  IntentOf,
  ModifyPending,
  ModifyTrade,
  OpenTrade,
  PlacePending,
  Probe,
  RequestHistory,
  RequestSync,
  SubscribeSymbols,
} from './intents.ts'
export type { EventsOptions, LiveStream, MarketMessage, MarketRequest } from './live.ts'
export type { Moment } from './moments.ts'
export type { KnownOutcome, Outcome, SettledBy } from './outcome.ts'
export type { Listing, Page, PageOptions } from './reads.ts'
export type { Resumed } from './resume.ts'
export type { RetryOptions } from './retry.ts'
export { openSession, Session, type SessionOptions } from './session.ts'
