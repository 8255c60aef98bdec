// The server's log: one line each, readable on a terminal, JSON elsewhere; to stdout, or to files that are rotated.
// Secrets never reach it (redact.ts).
import { accessSync, constants, mkdirSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { type DestinationStream, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import { type Config, ConfigError } from '../config.ts'
import type { Log } from '../ports.ts'
import { redacted, redactText } from './redact.ts'

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
  return logTo(level, destination)
}

type SonicBoom = ReturnType<typeof pino.destination>

/** A log that may be a file of its own, which must be written out before the process ends. */
export interface OpenLog extends Log {
  close(): Promise<void>
}

/**
 * As NGTB_LOG_FILE says; unset: stdout.
 * @throws {ConfigError} for a file that can't be written
 */
export async function openLog(config: Config, fd: 1 | 2 = 1): Promise<OpenLog> {
  const { NGTB_LOG_FILE: file, NGTB_LOG_FILE_MB: megabytes, NGTB_LOG_FILES: files } = config
  if (file === null) return { ...createLog(config.NGTB_LOG_LEVEL, fd), close: async () => {} }
  try {
    mkdirSync(dirname(file), { recursive: true })
    accessSync(dirname(file), constants.W_OK)
    const { default: roll } = await import('pino-roll')
    const stream = await roll({
      file,
      extension: extname(file) || '.log',
      mkdir: true,
      size: `${megabytes}m`,
      // Beside the one that is written.
      limit: { count: files - 1, removeOtherLogFiles: true },
      mode: 0o600,
      sync: false,
      minLength: 4_096,
      periodicFlush: FLUSH_MS,
    })
    // A full disk must not end the server: what could not be written is missing from the log, and said beside it.
    stream.on('error', (error) => console.error(`NGTB_LOG_FILE=${file}: ${error.message}`))
    return { ...logTo(config.NGTB_LOG_LEVEL, stream), close: () => ended(stream) }
  } catch (error) {
    throw new ConfigError(
      `NGTB_LOG_FILE=${file} can not be written: ${(error as Error).message}. ` +
        `Name a file in a folder that this user may write, or make ${dirname(file)} writable.`,
    )
  }
}

const ended = (stream: SonicBoom): Promise<void> =>
  new Promise((resolve) => {
    stream.once('close', resolve)
    stream.once('error', () => resolve())
    stream.end()
  })

/** Every line goes through the redaction, wherever it ends. */
export function logTo(level: string, destination: DestinationStream): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
  const say =
    (name: 'info' | 'warn' | 'error') =>
    (message: string, details?: Record<string, unknown>): void => {
      // What is not logged need not be made harmless.
      if (logger.isLevelEnabled(name)) write(logger, name, message, details)
    }
  return { info: say('info'), warn: say('warn'), error: say('error') }
}

function write(logger: Logger, name: 'info' | 'warn' | 'error', message: string, details?: object): void {
  logger[name]((redacted(details ?? {}) ?? {}) as object, redactText(message))
}

export const silentLog: Log = { info() {}, warn() {}, error() {} }
