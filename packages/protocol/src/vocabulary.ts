// The words that both ends say: states, statuses, priorities, scopes. Lower-case snake_case on the wire.

/** A connection's states (contract §9). */
export const ConnectionState = {
  CONNECTING: 'connecting',
  CONNECTED: 'connected',
  RECONNECTING: 'reconnecting',
  FAILED: 'failed',
  DISCONNECTED: 'disconnected',
} as const
export type ConnectionState = (typeof ConnectionState)[keyof typeof ConnectionState]

/** A command's statuses (contract §4). `timeout` means "outcome unknown". */
export const CommandStatus = {
  PENDING: 'pending',
  EXECUTING: 'executing',
  COMPLETED: 'completed',
  FAILED: 'failed',
  TIMEOUT: 'timeout',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
} as const
export type CommandStatus = (typeof CommandStatus)[keyof typeof CommandStatus]
export const COMMAND_STATUSES = Object.values(CommandStatus)

/** Delivery order: the larger number first (contract §4). */
export const CommandPriority = { CRITICAL: 99, HIGH: 10, NORMAL: 5, LOW: 1 } as const
export type CommandPriority = (typeof CommandPriority)[keyof typeof CommandPriority]
export type PriorityName = keyof typeof CommandPriority

/** A priority by name or number, as callers may give it; null when it is neither. */
export function toPriority(value: unknown): CommandPriority | null {
  if (typeof value === 'string' && Object.hasOwn(CommandPriority, value.toUpperCase()))
    return CommandPriority[value.toUpperCase() as PriorityName]
  return Object.values(CommandPriority).find((priority) => priority === value) ?? null
}

/** What a key may do (security: an EA key can never create commands). */
export const SCOPES = [
  'ea:session',
  'commands:read',
  'commands:open',
  'commands:close',
  'alerts:write',
  'admin',
] as const
export type Scope = (typeof SCOPES)[number]

/** What a person is to the house; what each may do is the list of scopes in core. */
export const ROLES = ['viewer', 'trader', 'admin'] as const
export type Role = (typeof ROLES)[number]

export const TOPICS = ['connection', 'command', 'trade', 'quote', 'log', 'alert'] as const
export type Topic = (typeof TOPICS)[number]

export const TIMEFRAMES = { M1: 60, M5: 300, M15: 900, M30: 1800, H1: 3600, H4: 14_400, D1: 86_400 } as const
/** Candle length by MetaTrader's names; the value is in seconds. */
export type Timeframe = keyof typeof TIMEFRAMES

export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** How much an alert matters (docs/spec/alerts.md). */
export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

/** Who or what changed a position or the balance (R12). `unattributed`: nobody could say. */
export const MAKERS = [
  'command',
  'other_ea',
  'manual',
  'sl',
  'tp',
  'stop_out',
  'broker',
  'unattributed',
] as const
export type Maker = (typeof MAKERS)[number]
