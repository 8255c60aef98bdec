// Crash points (contract §6): places at which a test ends this process as a power cut would, between two statements.
//
//   Nothing here works outside of NODE_ENV=test. There, NGTB_CRASH_POINT names one place, and optionally the type of
//   command and which pass of it: K8, K8:OPEN_TRADE, K8:OPEN_TRADE:2, K8:*:3. Of several types (K8:OPEN_TRADE+PROBE)
//   each must have come by. It is read at every pass, so that a test can arm a process that is already running.
import type { CrashPoint, CrashPointName } from '../ports.ts'

/** Where and when to crash, as NGTB_CRASH_POINT says it. */
export interface ArmedCrash {
  readonly name: string
  /** null: any type. */
  readonly types: readonly string[] | null
  /** 1 is the first pass. */
  readonly pass: number
}

/** @throws when the text is not NAME[:TYPE+TYPE|*][:PASS] */
export function readCrashPoint(text: string): ArmedCrash {
  const match = /^(K\d+)(?::([A-Z_]+(?:\+[A-Z_]+)*|\*))?(?::([1-9]\d*))?$/.exec(text)
  if (!match)
    throw new Error(`NGTB_CRASH_POINT=${text} is not NAME[:TYPE+TYPE|*][:PASS], e.g. K8:OPEN_TRADE:2`)
  const [, name = '', type = '*', pass = '1'] = match
  return { name, types: type === '*' ? null : type.split('+'), pass: Number(pass) }
}

/**
 * @param armed the text in force now, or undefined
 * @param die ends the process; never comes back
 */
export function crashPointsOf(armed: () => string | undefined, die: () => void): CrashPoint {
  let counted: string | undefined
  let passes = 0
  const seen = new Set<string>()
  return (name: CrashPointName, commands) => {
    const text = armed()
    if (text !== counted) {
      passes = 0
      seen.clear()
    }
    counted = text
    if (text === undefined || text === '') return
    const wanted = readCrashPoint(text)
    if (wanted.name !== name) return
    // A pass is one command that comes by, so that a reply with several of them counts each.
    const concerned = commands.filter(({ type }) => wanted.types?.includes(type) ?? true)
    passes += concerned.length
    for (const { type } of concerned) seen.add(type)
    if (passes >= wanted.pass && seen.size >= (wanted.types?.length ?? 0)) die()
  }
}

const nowhere: CrashPoint = () => {}

/** The process's own: SIGKILL leaves no time for a last word, a flush or a finally. */
export const systemCrashPoint: CrashPoint =
  process.env.NODE_ENV === 'test'
    ? crashPointsOf(
        () => process.env.NGTB_CRASH_POINT,
        () => void process.kill(process.pid, 'SIGKILL'),
      )
    : nowhere
