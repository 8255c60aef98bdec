// What a day brought, counted: a fault that hardly ever happens proves nothing, and must be seen to be missing.

/** What goes wrong, and below it what it made the parties do. */
export const HAPPENINGS = [
  'message lost',
  'message doubled',
  'message overtaken',
  'message held back 5 s or more',
  'way cut in one direction',
  'line cut in both directions',
  'answer after the caller gave up',
  'socket broke',
  'commit late by 0.5 s or more',
  'read late by 0.5 s or more',
  'database away',
  'commit written, told as away',
  'commit lost, told as away',
  'database went back',
  'server killed',
  'server died at a crash point',
  'server clock jumped',
  'plain client',
  'netting account',
  'two EAs on one account',
  'EA killed',
  'EA lost power',
  'EA died in an effect',
  'journal torn',
  'journal lost',
  'journal put back to an older one',
  'journal bit flipped',
  'terminal copied',
  'EA stopped',
  'machine asleep',
  'owner stopped beyond its lease',
  'EA clock jumped',
  'trade server out of reach',
  'order refused',
  'order requoted',
  'order without a clear outcome',
  'order filled in part',
  'order placed first',
  'result of an order lost',
  'trade by hand',
  'order by hand',
  'list of a terminal that is loading',
  'intent repeated after its answer',
  'other body under the same name',
  'batch',
  'cancel asked for',
  'another account meddled',
  'emergency stop',
  // And what it led to.
  'handed out again',
  'pushed',
  'second EA refused',
  'owner changed',
  'EA fenced',
  'journal called a copy',
  'opening refused: closed for risk',
  'limits changed',
  'opening refused: a limit',
  'opening shut out by a stop',
  'MODIFY superseded',
  'outcome unknown',
  'asked by PROBE',
  'never seen: tombstone',
  'intent without effect after settle',
  'past its deadline at the EA',
  'orphan kept',
  'settled by a person',
  'trade suspected',
  'account drifted',
] as const
export type Happening = (typeof HAPPENINGS)[number]

/** In how many of the days each thing happened, and how often altogether. A plain object: it travels as JSON. */
export type Coverage = Partial<Record<Happening, { days: number; times: number }>>

export function addTo(all: Coverage, more: Coverage): void {
  for (const [what, { days, times }] of Object.entries(more) as [
    Happening,
    { days: number; times: number },
  ][]) {
    const sum = all[what] ?? { days: 0, times: 0 }
    all[what] = { days: sum.days + days, times: sum.times + times }
  }
}

export const ofOneDay = (counts: ReadonlyMap<Happening, number>): Coverage =>
  Object.fromEntries([...counts].map(([what, times]) => [what, { days: 1, times }]))

/** Below this share of the days a fault counts as missing. */
export const SHARE_MIN = 0.005

export const missingIn = (coverage: Coverage, days: number): Happening[] =>
  HAPPENINGS.filter((what) => (coverage[what]?.days ?? 0) < SHARE_MIN * days)

export function table(coverage: Coverage, days: number): string {
  const rows = HAPPENINGS.map((what) => {
    const { days: with_it, times } = coverage[what] ?? { days: 0, times: 0 }
    const share = `${((100 * with_it) / days).toFixed(1)} %`
    return `${what.padEnd(36)}${share.padStart(8)}${String(with_it).padStart(8)}${String(times).padStart(10)}`
  })
  return [
    `${'what happened'.padEnd(36)}${'of days'.padStart(8)}${'days'.padStart(8)}${'times'.padStart(10)}`,
    ...rows,
  ].join('\n')
}
