// The server's log: one line each, readable on a terminal, JSON elsewhere. Keys never reach it.
import { pino } from 'pino'
import pretty from 'pino-pretty'
import type { Log } from '../ports.ts'

const REDACT = [
  'api_key',
  '*.api_key',
  'authorization',
  '*.authorization',
  'secret',
  '*.secret',
  'password',
  '*.password',
]

/** Lines wait so long for company: one write for each would cost more than the command that it tells of. */
const FLUSH_MS = 50

/** @param stream 2 (stderr) keeps stdout free for `--json` */
export function createLog(level: string, fd: 1 | 2 = 1): Log {
  const readable = fd === 1 ? process.stdout.isTTY : process.stderr.isTTY
  const destination = readable
    ? pretty({
        destination: fd,
        ignore: 'pid,hostname',
        translateTime: 'SYS:HH:MM:ss.l',
        singleLine: true,
        sync: true,
      })
    : pino.destination({ fd, sync: false, minLength: 4_096, periodicFlush: FLUSH_MS })
  const logger = pino(
    { level, base: null, redact: REDACT, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  )
  return {
    info: (message, details) => logger.info(details ?? {}, message),
    warn: (message, details) => logger.warn(details ?? {}, message),
    error: (message, details) => logger.error(details ?? {}, message),
  }
}

export const silentLog: Log = { info() {}, warn() {}, error() {} }
