// One bad day as a seed draws it: who is there, and how bad each thing is. Half of the seeds never see a given fault,
// the others each in a strength of their own (swarm): a world in which everything fails at once proves little.
import type { CommandType } from '@ngtb/protocol'
import { Random } from './random.ts'

export interface AccountDay {
  readonly account_id: number
  readonly login: string
  readonly kind: 'native' | 'plain'
  readonly margin_mode: 'hedging' | 'netting'
  readonly settle_ms: number
  readonly poll_ms: number
  readonly heartbeat_ms: number
  readonly sync_ms: number
  /** Over the socket; else by polling. */
  readonly push: boolean
  /** 0: plain polls. */
  readonly wait_ms: number
  readonly intents: number
  readonly terminals: 1 | 2
}

export interface Day {
  readonly seed: number
  readonly accounts: readonly AccountDay[]
  /** Until here anything may break. */
  readonly safety_ms: number
  readonly network: NetworkDay
  readonly database: DatabaseDay
  readonly server: ServerDay
  readonly terminal: TerminalDay
  readonly broker: BrokerDay
  readonly strategy: StrategyDay
}

export interface NetworkDay {
  readonly loss: number
  readonly replay: number
  readonly delay_ms: number
  /** A message that sits in some buffer for minutes, then arrives after all. */
  readonly clog: number
  readonly clog_ms: number
  /** Mean ms between two cuts of a way; 0: none. */
  readonly cut_every_ms: number
  readonly cut_ms: number
}

export interface DatabaseDay {
  readonly flush_ms: number
  readonly slow: number
  readonly slow_ms: number
  readonly unknown_written: number
  readonly unknown_lost: number
  readonly away_every_ms: number
  readonly away_ms: number
  /** When an image is taken, and how long after that it is restored; null: never. */
  readonly went_back: { readonly image_at: number; readonly after_ms: number } | null
}

export interface ServerDay {
  readonly crash_every_ms: number
  readonly crash_point: number
  readonly down_ms: number
  /** By how much the wall clock is wrong after a restart: at most, either way. */
  readonly wall_jump_ms: number
}

export interface TerminalDay {
  readonly crash_every_ms: number
  /** In the middle of something: before, during or after an effect. */
  readonly crash_at_effect: number
  readonly down_ms: number
  readonly pause_every_ms: number
  readonly pause_ms: number
  readonly suspend: boolean
  readonly wall_jump_ms: number
  /** The clock is set back while its EA lives, too, and only stands still for a while. */
  readonly set_back_awake: boolean
  readonly journal_lost: number
  readonly old_image: number
  readonly rot: number
  readonly reboot: number
  readonly cloned: boolean
  /** An owner is stopped with something in hand, and its folder is started elsewhere meanwhile (F19, K24). */
  readonly copied_at_work: boolean
  readonly effect_ms: number
  /** An owner is stopped for longer than its lease, with whatever it has in hand, and another takes over (K23). */
  readonly handover: boolean
  /** Lists of a terminal that is loading: empty, cut off, or of a while ago, and called complete all the same. */
  readonly bad_list: number
  /** A search of the terminal's history that finds no deal of a position that is over. */
  readonly short_history: number
}

export interface BrokerDay {
  readonly ambiguous: number
  readonly refused: number
  readonly transient: number
  readonly partial: number
  readonly placed: number
  readonly lost_result: number
  readonly visible_ms: number
  readonly link_down_every_ms: number
  readonly manual_every_ms: number
  readonly volatile: boolean
}

export interface StrategyDay {
  readonly repeats_answered: number
  readonly other_body: number
  readonly cancels: number
  readonly batches: number
  readonly burst: boolean
  readonly foreign: number
  /** Openings that live for minutes: longer than an owner's lease. */
  readonly patient: boolean
  /** What is wanted, each as often as it stands here; null: whatever comes to mind. */
  readonly wants: readonly CommandType[] | null
  /** Parts of unlike size are closed, so that one fits no other. */
  readonly uneven: boolean
}

export function drawDay(seed: number): Day {
  const random = new Random(seed)
  // Each later kind of fault draws from a source of its own: a seed that found something keeps its day.
  return onlyOneMemoryFails(draw(random.fork('day'), random.fork('lists'), seed))
}

/**
 * What one of the two remembers, ledger or journal, the other can bring back. Lost by both on one day, it is lost: no
 * promise is made about that (docs/spec/determinism.md).
 */
function onlyOneMemoryFails(day: Day): Day {
  if (!day.database.went_back) return day
  return {
    ...day,
    accounts: day.accounts.map((account) => ({ ...account, terminals: 1 })),
    terminal: { ...day.terminal, journal_lost: 0, old_image: 0, rot: 0, cloned: false },
    // Numbers come from the clock while nobody knows what was forgotten: a clock set back is a memory lost, too.
    server: { ...day.server, wall_jump_ms: 0 },
  }
}

function draw(random: Random, lists: Random, seed: number): Day {
  // Most days are short; a lease that passes on, or a command that outlives its EA, needs a long one.
  const handover = random.chance(0.12)
  const long = handover || random.chance(0.25)
  const safety_ms = long ? random.between(30_000, 60_000) : random.between(8_000, 22_000)
  const count = random.chance(0.25) ? 2 : 1
  const accounts = Array.from({ length: count }, (_, index) => drawAccount(random, index + 1, handover))
  return {
    seed,
    accounts,
    safety_ms,
    network: drawNetwork(random),
    // A plain client keeps nothing that could tell a ledger what it forgot (contract §4).
    database: drawDatabase(
      random,
      safety_ms,
      accounts.every(({ kind }) => kind === 'native'),
    ),
    server: {
      crash_every_ms: every(random, 6_000, 40_000),
      crash_point: random.sometimes(0.03),
      down_ms: random.between(100, 4_000),
      wall_jump_ms: random.chance(0.2) ? random.pick([500, 5_000, 3_600_000, 86_400_000]) : 0,
    },
    terminal: { ...drawTerminal(random), ...drawLists(lists), handover },
    broker: drawBroker(random),
    strategy: {
      repeats_answered: random.sometimes(0.3),
      other_body: random.sometimes(0.1),
      cancels: random.sometimes(0.2),
      batches: random.sometimes(0.4),
      burst: random.chance(0.3),
      foreign: random.sometimes(0.8),
      patient: handover || (long && random.chance(0.5)),
      wants: null,
      uneven: false,
    },
  }
}

function drawAccount(random: Random, account_id: number, handover: boolean): AccountDay {
  const kind = handover || random.chance(0.82) ? 'native' : 'plain'
  const native = kind === 'native'
  return {
    account_id,
    login: String(5_000_000 + account_id),
    kind,
    margin_mode: native && random.chance(0.2) ? 'netting' : 'hedging',
    settle_ms: settleOf(random.between(2_000, 8_000)),
    poll_ms: random.pick([300, 500, 1_000, 1_000, 2_000]),
    heartbeat_ms: random.between(4_000, 10_000),
    sync_ms: random.between(4_000, 10_000),
    push: native && random.chance(0.35),
    wait_ms: native && random.chance(0.2) ? random.between(500, 5_000) : 0,
    intents: random.between(3, 9),
    terminals: handover || (native && random.chance(0.3)) ? 2 : 1,
  }
}

function drawNetwork(random: Random): NetworkDay {
  return {
    loss: random.sometimes(0.25),
    replay: random.sometimes(0.2),
    delay_ms: random.between(1, 250),
    clog: random.sometimes(0.02),
    clog_ms: random.between(5_000, 60_000),
    cut_every_ms: every(random, 5_000, 30_000),
    cut_ms: random.between(500, 20_000),
  }
}

function drawDatabase(random: Random, safety_ms: number, native: boolean): DatabaseDay {
  const image_at = random.between(2_000, safety_ms - 5_000)
  return {
    flush_ms: random.between(0, 4),
    slow: random.sometimes(0.2),
    slow_ms: random.between(20, 3_000),
    unknown_written: random.sometimes(0.08),
    unknown_lost: random.sometimes(0.08),
    away_every_ms: every(random, 8_000, 40_000),
    away_ms: random.between(100, 8_000),
    went_back:
      random.chance(0.12) && native
        ? { image_at, after_ms: random.between(200, safety_ms - image_at) }
        : null,
  }
}

const drawLists = (random: Random) => ({
  bad_list: random.sometimes(0.3),
  short_history: random.chance(0.5) ? 1 : 0,
})

function drawTerminal(random: Random): Omit<TerminalDay, 'handover' | keyof ReturnType<typeof drawLists>> {
  return {
    crash_every_ms: every(random, 5_000, 40_000),
    crash_at_effect: random.sometimes(0.06),
    down_ms: random.between(50, 5_000),
    pause_every_ms: every(random, 4_000, 30_000),
    pause_ms: random.between(200, 25_000),
    suspend: random.chance(0.5),
    wall_jump_ms: random.chance(0.2) ? random.pick([500, 5_000, 3_600_000, 86_400_000]) : 0,
    set_back_awake: false,
    journal_lost: random.sometimes(0.25, 0.4),
    old_image: random.sometimes(0.25, 0.4),
    rot: random.sometimes(0.25, 0.4),
    reboot: random.unit() * 0.7,
    cloned: random.chance(0.3),
    copied_at_work: false,
    effect_ms: random.between(1, 150),
  }
}

function drawBroker(random: Random): BrokerDay {
  return {
    ambiguous: random.sometimes(0.35),
    refused: random.sometimes(0.25),
    transient: random.sometimes(0.3),
    partial: random.sometimes(0.25),
    placed: random.sometimes(0.25),
    lost_result: random.sometimes(0.08),
    visible_ms: random.sometimes(800),
    link_down_every_ms: every(random, 8_000, 40_000),
    manual_every_ms: every(random, 4_000, 20_000),
    volatile: random.chance(0.3),
  }
}

/**
 * One in eight as long as by default: longer than an owner's lease, so that another may own what is still under way.
 */
const settleOf = (ms: number): number => (ms > 7_250 ? 4 * ms : ms)

/** A mean interval, or 0 for never in half of the seeds. */
const every = (random: Random, min_ms: number, max_ms: number): number => {
  const ms = random.between(min_ms, max_ms)
  return random.chance(0.5) ? ms : 0
}
