// What comes in with a reply or a push, read with suspicion: a server may be another version, or not ours at all.

import { COMMANDS, CommandPriority, type Generation, isCommandType } from '@ngtb/protocol'
import type { Mark, NativeCommand } from './records.ts'

export interface Received {
  command: NativeCommand
  /** ms from the moment that the reply counts from; null: no limit. */
  ttl_ms: number | null
}

/** The usable commands; those without an id have nobody to be answered to. */
export function readCommands(value: unknown): Received[] {
  return Array.isArray(value) ? value.flatMap((one) => readCommand(one) ?? []) : []
}

function readCommand(value: unknown): Received | null {
  if (typeof value !== 'object' || value === null) return null
  const { ttl_ms, ...fields } = value as Record<string, unknown>
  const { id, type } = fields
  if (typeof id !== 'string' || id === '' || typeof type !== 'string') return null
  const usual = isCommandType(type) ? CommandPriority[COMMANDS[type].priority] : 0
  const command = {
    ...fields,
    id,
    type,
    command_no: whole(fields.command_no) ?? 0,
    attempt: whole(fields.attempt) ?? 1,
    priority: typeof fields.priority === 'number' ? fields.priority : usual,
  }
  // No word about the time is not "no limit": what may not be late is late.
  const has_ttl = ttl_ms === null || (typeof ttl_ms === 'number' && ttl_ms >= 0)
  return { command, ttl_ms: has_ttl ? ttl_ms : 0 }
}

export function readGenerations(value: unknown): Generation[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return []
    const { symbol = null, strategy_no = null, command_no } = one as Record<string, unknown>
    const no = whole(command_no)
    const fits = (symbol === null || typeof symbol === 'string') && no !== null
    if (!fits || (strategy_no !== null && whole(strategy_no) === null)) return []
    return [{ symbol, strategy_no: strategy_no as number | null, command_no: no }]
  })
}

/** The ledger's mark as a reply tells it; null: it says none. */
export function markOf({ audit_no, audit_hash }: Record<string, unknown>): Mark | null {
  const no = whole(audit_no)
  return no === null || typeof audit_hash !== 'string' ? null : { audit_no: no, audit_hash }
}

export const whole = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null

/** An object's fields, whatever it was. */
export const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
