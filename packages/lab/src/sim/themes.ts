// Days with a theme: what the seed drew, with one kind of misfortune made frequent. A rule that needs three rare things
// at once is met once in a hundred thousand days, and each few of these.
import type { CommandType } from '@ngtb/protocol'
import type { AccountDay, Day } from './day.ts'

interface Strokes {
  readonly account?: Partial<AccountDay>
  readonly network?: Partial<Day['network']>
  readonly database?: Partial<Day['database']>
  readonly server?: Partial<Day['server']>
  readonly terminal?: Partial<Day['terminal']>
  readonly broker?: Partial<Day['broker']>
  readonly strategy?: Partial<Day['strategy']>
  readonly safety_ms?: number
}

const only = (...wants: CommandType[]): Pick<Day['strategy'], 'wants'> => ({ wants })

const LONG_MS = 60_000
const NATIVE: Partial<AccountDay> = { kind: 'native', margin_mode: 'hedging', wait_ms: 0 }

export const THEMES = {
  /** Parts of one position are closed from several sides, and by hand. */
  parts: {
    safety_ms: LONG_MS,
    account: { ...NATIVE, settle_ms: 2_000, intents: 14, poll_ms: 2_000, terminals: 1 },
    broker: { manual_every_ms: 4_000, visible_ms: 100 },
    network: { loss: 0.2 },
    strategy: { ...only('OPEN_TRADE', 'CLOSE_PARTIAL', 'CLOSE_PARTIAL', 'CLOSE_PARTIAL'), uneven: true },
  },
  /** Levels are set again and again, and answers get lost. */
  levels: {
    safety_ms: 40_000,
    account: { ...NATIVE, intents: 16, terminals: 1 },
    broker: { transient: 0.5, lost_result: 0.2, ambiguous: 0.3, link_down_every_ms: 8_000 },
    network: { loss: 0.2, replay: 0.2, delay_ms: 250 },
    strategy: only('OPEN_TRADE', 'MODIFY_TRADE', 'MODIFY_TRADE', 'MODIFY_TRADE', 'MODIFY_TRADE'),
  },
  /** Netting: several closes of one position, with effects that come late. */
  crossing: {
    safety_ms: 40_000,
    account: { ...NATIVE, margin_mode: 'netting', intents: 14, terminals: 1 },
    broker: { ambiguous: 0.5, placed: 0.5, lost_result: 0.2, visible_ms: 800 },
    terminal: { crash_every_ms: 6_000, down_ms: 300, crash_at_effect: 0.05 },
    strategy: only('OPEN_TRADE', 'CLOSE_TRADE', 'CLOSE_TRADE', 'CLOSE_PARTIAL', 'CLOSE_ALL'),
  },
  /** Lists are long on their way while trades come and go. */
  lists: {
    safety_ms: 40_000,
    account: { sync_ms: 1_000, heartbeat_ms: 4_000, intents: 14, terminals: 1, poll_ms: 300 },
    network: { delay_ms: 250, clog: 0.1, clog_ms: 20_000, loss: 0 },
    broker: { manual_every_ms: 4_000 },
    strategy: { ...only('OPEN_TRADE', 'OPEN_TRADE', 'CLOSE_TRADE'), patient: true },
  },
  /** A machine whose clock is set back while an EA stands still, with something in hand. */
  'clock set back': {
    safety_ms: LONG_MS,
    account: { ...NATIVE, terminals: 1, intents: 14, settle_ms: 2_000 },
    network: { loss: 0.3, delay_ms: 250, clog: 0.05, clog_ms: 20_000 },
    terminal: {
      suspend: false,
      wall_jump_ms: 3_600_000,
      set_back_awake: true,
      crash_every_ms: 0,
      pause_every_ms: 4_000,
      pause_ms: 12_000,
      journal_lost: 0,
      old_image: 0,
      rot: 0,
    },
    strategy: only('OPEN_TRADE', 'PLACE_PENDING'),
  },
  /** Journals rot, and answers get lost. */
  rot: {
    safety_ms: 40_000,
    account: { ...NATIVE, terminals: 1, intents: 14 },
    network: { loss: 0.3 },
    terminal: {
      rot: 0.9,
      crash_every_ms: 4_000,
      down_ms: 300,
      crash_at_effect: 0.1,
      journal_lost: 0,
      old_image: 0,
    },
    strategy: { ...only('OPEN_TRADE', 'PLACE_PENDING'), patient: true },
  },
  /** A folder is put back to an older image, with modifies under way. */
  'put back': {
    safety_ms: 40_000,
    account: { ...NATIVE, terminals: 1, intents: 16 },
    network: { loss: 0.3, delay_ms: 200 },
    terminal: { old_image: 0.9, crash_every_ms: 4_000, down_ms: 300, journal_lost: 0, rot: 0 },
    strategy: only('OPEN_TRADE', 'MODIFY_TRADE', 'MODIFY_TRADE', 'MODIFY_TRADE'),
  },
  /** Two EAs that take the account from each other, with openings that outlast a lease. */
  relay: {
    safety_ms: LONG_MS,
    account: { ...NATIVE, terminals: 2, intents: 14 },
    terminal: { handover: true, cloned: false },
    broker: { ambiguous: 0.3, placed: 0.3, visible_ms: 800 },
    strategy: { ...only('OPEN_TRADE', 'PLACE_PENDING'), patient: true },
  },
  /** The same with what can be handed to the next: the first may say that it failed, and the second do it. */
  'relay of closes': {
    safety_ms: LONG_MS,
    account: { ...NATIVE, terminals: 2, intents: 16 },
    terminal: { handover: true, cloned: false },
    broker: { refused: 0.4, visible_ms: 800, manual_every_ms: 0 },
    strategy: {
      ...only('OPEN_TRADE', 'OPEN_TRADE', 'CLOSE_TRADE', 'CLOSE_TRADE', 'CLOSE_PARTIAL'),
      patient: true,
    },
  },
  /** The same over sockets, with orders that settle later than a lease ends. */
  'slow relay': {
    safety_ms: LONG_MS,
    account: { ...NATIVE, terminals: 2, intents: 14, settle_ms: 32_000, push: true },
    terminal: { handover: true, cloned: false },
    broker: { ambiguous: 0.5, placed: 0.5, visible_ms: 800 },
    strategy: { ...only('OPEN_TRADE', 'PLACE_PENDING'), patient: true },
  },
  /** The server's clock jumps while an owner is stopped. */
  'relay under a jumping clock': {
    safety_ms: LONG_MS,
    account: { ...NATIVE, terminals: 2, intents: 14 },
    server: { wall_jump_ms: 3_600_000, crash_every_ms: 8_000, down_ms: 300 },
    terminal: { handover: true, cloned: false },
    strategy: { ...only('OPEN_TRADE', 'PLACE_PENDING'), patient: true },
  },
  /** A delivery is on its way while its server comes back with a clock that has jumped, and asks what became of it. */
  'late deliveries': {
    safety_ms: 40_000,
    account: {
      ...NATIVE,
      terminals: 1,
      intents: 16,
      settle_ms: 2_000,
      poll_ms: 500,
      heartbeat_ms: 500,
      push: false,
    },
    network: { loss: 0, delay_ms: 50, clog: 0.3, clog_ms: 1_500 },
    server: { wall_jump_ms: 3_600_000, crash_every_ms: 4_000, down_ms: 100 },
    database: { away_every_ms: 0 },
    terminal: { crash_every_ms: 0, pause_every_ms: 0, journal_lost: 0, old_image: 0, rot: 0 },
    strategy: { ...only('OPEN_TRADE', 'PLACE_PENDING'), patient: true },
  },
  /** A copy of a terminal is started beside the original, over sockets. */
  copies: {
    safety_ms: 40_000,
    account: { ...NATIVE, terminals: 2, intents: 14, push: true },
    terminal: { cloned: true, crash_every_ms: 6_000, down_ms: 300 },
    strategy: { ...only('OPEN_TRADE', 'PLACE_PENDING'), patient: true },
  },
  /** The folder of an owner that stands still is started on another machine, and then the owner goes on. */
  'copied at work': {
    safety_ms: LONG_MS,
    account: { ...NATIVE, terminals: 2, intents: 14, settle_ms: 2_000 },
    network: { loss: 0, delay_ms: 100, clog: 0 },
    terminal: {
      cloned: false,
      copied_at_work: true,
      down_ms: 300,
      crash_every_ms: 0,
      journal_lost: 0,
      old_image: 0,
      rot: 0,
    },
    strategy: { ...only('OPEN_TRADE', 'PLACE_PENDING'), patient: true },
  },
} as const satisfies Readonly<Record<string, Strokes>>

export type Theme = keyof typeof THEMES

export const isTheme = (name: string): name is Theme => Object.hasOwn(THEMES, name)

/** All of them: the seeds take turns. */
export type Themes = Theme | 'all'

export function themeOf(themes: Themes | null, seed: number): Theme | null {
  const names = Object.keys(THEMES) as Theme[]
  return themes === 'all' ? (names[seed % names.length] ?? null) : themes
}

/** The day of a seed, with the theme's strokes over it. */
export function themed(day: Day, theme: Theme): Day {
  const { safety_ms, account, network, database, server, terminal, broker, strategy }: Strokes = THEMES[theme]
  return {
    seed: day.seed,
    safety_ms: safety_ms ?? day.safety_ms,
    accounts: day.accounts.map((one) => ({ ...one, ...account })),
    network: { ...day.network, ...network },
    // An image is taken within the day as it was drawn; what both forget on one day is lost (see onlyOneMemoryFails).
    database: { ...day.database, ...database, went_back: null },
    server: { ...day.server, ...server },
    terminal: { ...day.terminal, ...terminal },
    broker: { ...day.broker, ...broker },
    strategy: { ...day.strategy, ...strategy },
  }
}
