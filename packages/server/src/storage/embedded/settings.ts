// The settings table of the embedded database: chosen for two cores and one server process.
//
//   E1. What was committed survives: fsync, synchronous_commit and full_page_writes are on. They stand on the
//       command line, which no file in the cluster overrides, and are read back before the url is handed out.

/** Turning one of these off trades somebody's trades for speed. Nobody may, not even a test. */
export const DURABLE = ['fsync', 'synchronous_commit', 'full_page_writes'] as const

/** Decided by the supervisor: another value would hide the server from it or show it to the network. */
const OURS = new Set([
  'config_file',
  'data_directory',
  'external_pid_file',
  'hba_file',
  'ident_file',
  'listen_addresses',
  'logging_collector',
  'log_destination',
  'port',
  'unix_socket_directories',
])

const DEFAULTS: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '128MB',
  max_connections: '100',
  // Ticks write much: a checkpoint should come by the clock, not because the log is full.
  max_wal_size: '2GB',
  // A new segment of the log is not filled with zeros first: that held up every writer for 30 to 60 ms each.
  wal_init_zero: 'off',
  // Short statements, planned once: compiling them costs more than it saves.
  jit: 'off',
  // The disks this runs on are SSDs; 4.0 is the price of a turning platter.
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] ',
}

/** The settings of a postmaster to be launched; throws on one that must not be changed. */
export function composeSettings(wanted: Readonly<Record<string, string>> = {}): Record<string, string> {
  const settings: Record<string, string> = { ...DEFAULTS }
  for (const [spelled, value] of Object.entries(wanted)) {
    // PostgreSQL itself takes FSYNC and full-page-writes for the names below: so must the check.
    const name = spelled.toLowerCase().replaceAll('-', '_')
    if (!/^[a-z_][a-z0-9_.]*$/.test(name))
      throw new Error(`"${spelled}" is not the name of a PostgreSQL setting.`)
    if ((DURABLE as readonly string[]).includes(name) && value !== 'on') {
      throw new Error(
        `The setting ${name}=${value} is refused: ${name} must be on, ` +
          'or committed orders can be lost in a crash.',
      )
    }
    if (OURS.has(name)) throw new Error(`The setting ${name} is refused: the supervisor decides it.`)
    settings[name] = value
  }
  return settings
}

/** The arguments of `postgres`. TCP on the loopback only: a socket's path may be too long, or unreachable. */
export function postgresArguments(
  cluster: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): string[] {
  const all = { ...settings, port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: '' }
  return ['-D', cluster, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** Of the settings read back from a running server, those that are not as E1 wants them. */
export function unsafeSettings(shown: Readonly<Record<string, string>>): string[] {
  return DURABLE.filter((name) => shown[name] !== 'on').map((name) => `${name}=${shown[name] ?? 'unknown'}`)
}
