// The door of @ngtb/sdk in Node: everything a strategy may use, and nothing else. browser.ts is the door of a page.
export type {
  AccountHistoryView,
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
  LimitsBody,
  LimitsView,
  LiveEvent,
  LogView,
  Maker,
  OrderDetailView,
  OrderView,
  OrphanView,
  SettingView,
  StoryLine,
  SubscriptionView,
  SymbolView,
  SystemHealthView,
  SystemHistoryView,
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
export {
  type AccountName,
  getEaStatus,
  type HelperOptions,
  isEaConnected,
  sendCloseAllCommand,
  sendCloseTradeCommand,
  sendModifyTradeCommand,
  sendOpenTradeCommand,
} from './helpers.ts'
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
export { intentKey } from './keys.ts'
export type { EventsOptions, LiveStream, MarketMessage, MarketRequest } from './live.ts'
export type { Moment } from './moments.ts'
export type { KnownOutcome, Outcome, SettledBy } from './outcome.ts'
export type { Listing, Page, PageOptions } from './reads.ts'
export type { Resumed } from './resume.ts'
export type { RetryOptions } from './retry.ts'
export { openSession, Session, type SessionOptions } from './session.ts'
export { type FileIntentStore, type IntentStore, openIntentStore } from './store.ts'
