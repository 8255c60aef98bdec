// The server is away for so many real seconds while the existing EAs go on; then it is back, and all must come right.
//
//   Ticks wait in the EA and come in one body. What was closed meanwhile is known by the lists of tickets, for no
//   message of it comes again; what was opened or changed by hand comes with the next round of single messages.
import type { Violation } from '../audit/evidence.ts'
import { violation } from '../audit/evidence.ts'
import { tradeRules } from '../audit/tables.ts'
import type { Shown } from './audit.ts'
import type { Login } from './login.ts'
import { Stage } from './stage.ts'

export interface OutageOptions {
  readonly seconds: number
  readonly seed: number
  readonly plant: string | undefined
  tell(text: string, done: number): void
}

/** All ms are counted from the first list of tickets that was answered after the return. */
export interface Back {
  readonly login: string
  readonly about: string
  /** Ticks that waited when the server came back, and the largest body that brought them. */
  readonly backlog: number
  readonly body_bytes: number
  /** After the server was there: lists, then nothing waits. */
  readonly first_list_ms: number
  readonly backlog_gone_ms: number | null
  /** Of this login's trades, which nobody told of. */
  readonly meanwhile: { readonly opened: number; readonly closed: number }
  /** What was gone is closed, after so many lists. */
  readonly gone: { readonly ms: number; readonly lists: number } | null
  /** The table is what the terminal has. */
  readonly right_ms: number | null
}

export interface OutageResult {
  readonly away_ms: number
  readonly start_ms: number
  /** Intents that a strategy asked for while nobody was there, and how many were answered in the end. */
  readonly patient: { readonly asked: number; readonly answered: number }
  readonly back: readonly Back[]
  readonly shown: readonly Shown[]
  readonly violations: readonly Violation[]
  readonly kept: string | null
}

const TIMER_MS = 50
const BEFORE_MS = 12_000
const MEDDLE_EVERY_MS = 5_000
const TOLD_EVERY_MS = 30_000
const LOOK_EVERY_MS = 50
const AFTER_MS_MAX = 120_000
const PATIENCE_MS = 120_000
/** Three lists, two seconds apart at least (legacy-ea.md: T1). */
const GONE_MS_MAX = 6_000
/** The EA tells every position by itself at each 200th call of its timer, which is slower under load. */
const SYNC_CALLS = 200
const SLOWER = 2.5
/** Of each EA and symbol: what may wait between two calls of the timer. */
const WAITING_MAX = 4

export async function runOutage(options: OutageOptions): Promise<OutageResult> {
  const stage = await Stage.open(options.seed, TIMER_MS, options.plant)
  try {
    const { away_ms, start_ms, patient, back } = await away(stage, options)
    const asked = await Promise.all(patient)
    await Promise.all(stage.logins.map((login) => login.rest()))
    await stage.calm(PATIENCE_MS)
    const { shown, violations } = await stage.verdict()
    const answered = asked.filter(Boolean).length
    const wrong = [...violations, ...back.flatMap((one) => late(one)), ...unanswered(asked.length, answered)]
    const keep = wrong.length > 0 && options.plant === undefined
    if (keep) await stage.writeDown(wrong)
    const all = [...wrong, ...(await stage.close(keep))]
    const told = { patient: { asked: asked.length, answered }, back, shown, violations: all }
    return { away_ms, start_ms, ...told, kept: keep ? stage.world.folder : null }
  } catch (error) {
    await stage.close(true)
    throw error
  }
}

async function away(stage: Stage, { seconds, tell }: OutageOptions) {
  const { logins } = stage
  for (const login of logins) login.begin()
  await pause(BEFORE_MS / 2)
  // Some will be stopped out soon after, some never.
  for (const login of logins) for (const points of [15, 30, 500]) login.openByHand(points)
  await pause(BEFORE_MS / 2)
  await stage.kill()
  const began = performance.now()
  for (const login of logins) login.hush()
  const held = logins.map(ticketsOf)
  const until = began + seconds * 1_000
  const patient: Promise<boolean>[] = []
  let told_at = began
  while (performance.now() < until) {
    await pause(Math.min(MEDDLE_EVERY_MS, until - performance.now()))
    for (const login of logins) login.meddle()
    if (patient.length === 0) patient.push(...logins.flatMap((login) => ask(login, seconds)))
    if (performance.now() - told_at < TOLD_EVERY_MS) continue
    told_at = performance.now()
    const gone_s = Math.round((told_at - began) / 1_000)
    tell(`away for ${gone_s} s; ticks that wait: ${logins.map(({ backlog }) => backlog).join(', ')}`, gone_s)
  }
  const waiting = logins.map(({ backlog }) => backlog)
  for (const { wire } of logins) {
    wire.lists = 0
    wire.listed_at = null
  }
  const away_ms = performance.now() - began
  const starting = performance.now()
  await stage.startAgain()
  const back_at = performance.now()
  tell(`back, in ${Math.round(back_at - starting)} ms`, seconds)
  const back = await Promise.all(
    logins.map((login, at) =>
      watch(login, { back_at, backlog: waiting[at] ?? 0, held: held[at] ?? new Set() }),
    ),
  )
  return { away_ms, start_ms: back_at - starting, patient, back }
}

const ticketsOf = ({ terminal }: Login): ReadonlySet<bigint> =>
  new Set(terminal.positions().map(({ ticket }) => ticket))

/** A strategy that repeats itself until it is answered. */
function ask(login: Login, seconds: number): Promise<boolean>[] {
  const { wishes, trader } = login
  const [first, second] = login.known().filter(({ magic }) => magic !== 0)
  const wanted = [
    wishes.open(),
    ...(first ? [wishes.modify(first)] : []),
    ...(second ? [wishes.close(second)] : []),
  ]
  const patience = (seconds + 300) * 1_000
  return wanted.map(async (wish) => {
    const options = { deadline_ms: patience, ...(wish.type === 'OPEN_TRADE' ? { ttl_ms: patience } : {}) }
    return (await trader.wants(wish, options)) !== null
  })
}

interface Before {
  readonly back_at: number
  readonly backlog: number
  readonly held: ReadonlySet<bigint>
}

async function watch(login: Login, { back_at, backlog, held }: Before): Promise<Back> {
  const { plan, wire, eas } = login
  const at_return = ticketsOf(login)
  const meanwhile = {
    opened: [...at_return].filter((ticket) => !held.has(ticket)).length,
    closed: [...held].filter((ticket) => !at_return.has(ticket)).length,
  }
  const few = WAITING_MAX * eas.length * plan.symbols.length
  const seen: { gone: Back['gone']; right_ms: number | null; backlog_gone_ms: number | null } = {
    gone: null,
    right_ms: null,
    backlog_gone_ms: null,
  }
  while (performance.now() < back_at + AFTER_MS_MAX) {
    await pause(LOOK_EVERY_MS)
    const { listed_at, lists } = wire
    if (listed_at === null) continue
    const since = performance.now() - listed_at
    if (login.backlog <= few) seen.backlog_gone_ms ??= since
    const { trades, positions } = await login.shown([], false)
    const there = new Set(positions.map(({ ticket }) => ticket))
    const stays = trades.some(({ ticket, status }) => {
      return status === 'open' && !there.has(ticket) && held.has(BigInt(ticket))
    })
    if (!stays) seen.gone ??= { ms: since, lists }
    const wrong = tradeRules({ trades, books: { positions } })
    if (wrong.length === 0) seen.right_ms ??= since
    if (seen.gone && seen.right_ms !== null && seen.backlog_gone_ms !== null) break
  }
  const { login: name, about } = plan
  const bodies = eas.flatMap(({ sent }) =>
    sent.filter(({ path, status }) => path === '/api/ticks' && status === 200),
  )
  const body_bytes = bodies.reduce((most, { body }) => Math.max(most, body.length), 0)
  const first_list_ms = (wire.listed_at ?? Number.POSITIVE_INFINITY) - back_at
  return { login: name, about, backlog, body_bytes, first_list_ms, meanwhile, ...seen }
}

function late({ login, gone, right_ms, backlog_gone_ms }: Back): Violation[] {
  const timer_ms = TIMER_MS * 2
  const right_ms_max = SYNC_CALLS * timer_ms * SLOWER
  return [
    ...(gone !== null && gone.ms <= GONE_MS_MAX
      ? []
      : [violation('trade_table', login, `what was gone was called open for ${gone?.ms ?? 'ever'} ms`)]),
    ...(right_ms !== null && right_ms <= right_ms_max
      ? []
      : [violation('trade_table', login, `the table was right after ${right_ms ?? 'infinite'} ms`)]),
    ...(backlog_gone_ms !== null ? [] : [violation('ticks', login, 'the ticks that waited still wait')]),
  ]
}

const unanswered = (asked: number, answered: number): Violation[] =>
  asked === answered
    ? []
    : [violation('lost', 'strategies', `${asked - answered} of ${asked} that asked meanwhile heard nothing`)]

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, ms)))
