// What a run with existing EAs tells: figures of all its logins, and what was wrong.
import type { LedgerCommand, Violation } from '../audit/evidence.ts'
import { keptLine, told, violationLines } from '../report.ts'
import type { Shown } from './audit.ts'
import type { Result } from './cycles.ts'
import type { Back, OutageResult } from './outage.ts'

export interface Told {
  readonly lines: readonly string[]
  readonly violations: readonly Violation[]
}

export function cyclesLines({ kills, lost, calm_ms, shown, violations, kept }: Result): Told {
  const lines = [
    `kill -9 of the server: ${kills}; on the lossy line ${lost.requests} requests and ${lost.answers} answers lost`,
    ...commonLines(shown),
    `quiet after ${seconds(calm_ms)} s`,
    ...violationLines(violations),
    ...keptLine(kept),
  ]
  return { lines, violations }
}

export function outageLines(result: OutageResult): Told {
  const { away_ms, start_ms, patient, back, shown, violations, kept } = result
  const lines = [
    `the server was away for ${seconds(away_ms)} s, and took ${seconds(start_ms)} s to start`,
    `strategies that asked meanwhile: ${patient.asked}, answered in the end ${patient.answered}`,
    ...back.flatMap(backLines),
    ...commonLines(shown),
    ...violationLines(violations),
    ...keptLine(kept),
  ]
  return { lines, violations }
}

function backLines(back: Back): string[] {
  const { login, about, backlog, body_bytes, first_list_ms, backlog_gone_ms, meanwhile, gone, right_ms } =
    back
  const in_s = (ms: number | null | undefined) =>
    ms === null || ms === undefined ? 'never' : `${seconds(ms)} s`
  return [
    `${login} (${about}):`,
    `  ${backlog} ticks waited, the largest body ${(body_bytes / 1e6).toFixed(2)} MB; first list after ` +
      `${in_s(first_list_ms)}, from then on: no backlog after ${in_s(backlog_gone_ms)}`,
    `  meanwhile ${meanwhile.closed} of its trades closed, ${meanwhile.opened} others opened: closed ones right ` +
      `after ${in_s(gone?.ms)} (${gone?.lists ?? 0} lists), all after ${in_s(right_ms)}`,
  ]
}

function commonLines(shown: readonly Shown[]): string[] {
  const all = <T>(of: (one: Shown) => readonly T[]) => shown.flatMap((one) => of(one))
  const intents = all((one) => one.intents)
  const answers = intents.map(({ answer }) => answer)
  const refused = answers.flatMap((answer) =>
    answer && answer.http >= 300 ? [answer.code ?? `${answer.http}`] : [],
  )
  const acknowledged = answers.filter((answer) => answer !== null && answer.http < 300).length
  const commands = all((one) => one.commands)
  const handed = all((one) => [...one.handed.values()])
  const openings = all((one) => one.openings)
  const twice =
    openings.length - new Set(all((one) => one.openings.map(({ shape }) => one.login + shape))).size
  return [
    `intents: ${intents.length}, acknowledged ${acknowledged}, refused ${told(tally(refused))}, ` +
      `unanswered ${answers.filter((answer) => answer === null).length}`,
    `OPENs: ${handed.length} handed out, ${handed.filter((times) => times > 1).length} of them twice; ` +
      `${openings.length} positions opened, ${twice} too many`,
    `commands: ${told(tally(commands.map(({ status }) => status)))}`,
    ...unknownLines(commands),
    ...ticksLines(shown),
    `positions in the end: ${shown.map(({ login, positions }) => `${login} ${positions.length}`).join(', ')}`,
  ]
}

function unknownLines(commands: readonly LedgerCommand[]): string[] {
  const unknown = commands.filter(({ status }) => status === 'timeout')
  const whys = tally(unknown.map(({ type, error }) => `${type}: ${error}`))
  return Object.entries(whys).map(([why, count]) => `  unknown ${count}: ${why}`)
}

function ticksLines(shown: readonly Shown[]): string[] {
  return shown.flatMap(({ login, ticks }) => {
    if (ticks === null) return []
    const { acknowledged, unheard, stored } = ticks
    const twice = `twice ${stored - acknowledged} of ${unheard} whose answer nobody heard`
    return [`ticks of ${login}: ${acknowledged} acknowledged, ${stored} stored; ${twice}`]
  })
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1)
