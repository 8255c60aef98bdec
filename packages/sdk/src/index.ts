// The door of @ngtb/sdk: everything a strategy may use, and nothing else.
export type {
  AccountView,
  AuditView,
  CandleView,
  CommandDetailView,
  CommandView,
  ConnectionView,
  EaStatus,
  LiveEvent,
  LogView,
  SystemStatusView,
  TickView,
  Timeframe,
  Topic,
  TradeView,
} from '@ngtb/protocol'
export { CommandPriority, CommandStatus, ConnectionState } from '@ngtb/protocol'
export { type Client, type ClientOptions, createClient } from './client.ts'
export type { CommandHandle, Outcome, SubmitOptions } from './commands.ts'
export { NgtbError, OutcomeUnknown } from './errors.ts'
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
export type { CloseAll, CloseTrade, Int64Like, ModifyTrade, OpenTrade } from './intents.ts'
export type { EventsOptions, LiveStream } from './live.ts'
export type { Listing, Moment, Page, PageOptions } from './reads.ts'
export type { RetryOptions } from './retry.ts'
