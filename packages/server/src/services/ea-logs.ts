// The desk of the EA's log lines.
import { type ErrorCode, LOG_LEVELS, type LogBody, type LogLevel, Refusal } from '@ngtb/protocol'
import type { Connections } from './connections.ts'
import type { Desk } from './desk.ts'

const ALIASES: Record<string, LogLevel> = {
  WARN: 'WARNING',
  FATAL: 'CRITICAL',
  TRACE: 'DEBUG',
  NOTICE: 'INFO',
}

export class EaLogs {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /** @throws {Refusal} NGTB_BODY_INVALID for a level that nobody knows */
  async store(desk: Desk, body: LogBody, actor: string): Promise<void> {
    const level = levelOf(body.level)
    await desk.run((step) => {
      this.#connections.seen(step, 'log', actor)
      step.log({ level, message: body.message, details: body.details ?? null, received_at: step.now })
    })
  }
}

export function levelOf(text: string, code: ErrorCode = 'NGTB_BODY_INVALID'): LogLevel {
  const upper = text.toUpperCase()
  const level = LOG_LEVELS.find((known) => known === upper) ?? ALIASES[upper]
  if (!level) throw new Refusal(code, `level ${text} is not one of ${LOG_LEVELS.join(', ')}`)
  return level
}
