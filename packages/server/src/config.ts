// Every setting in one table: name, kind, default, bounds, what it is. Checked at start; a wrong value stops the start.
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { ALERT_SETTINGS, relateAlerts } from './config-alerts.ts'

type Kind = 'int' | 'number' | 'port' | 'text' | 'flag'

export interface Setting {
  readonly kind: Kind
  readonly default: number | string | boolean | null
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly string[]
  /** Never shown. */
  readonly secret?: boolean
  readonly about: string
}

const port = (value: number, about: string) =>
  ({ kind: 'port', default: value, min: 0, max: 65_535, about }) as const
const seconds = (value: number, min: number, max: number, about: string) =>
  ({ kind: 'number', default: value, min, max, about }) as const
const rate = (value: number, about: string) =>
  ({ kind: 'int', default: value, min: 1, max: 1_000_000, about }) as const

export const SETTINGS = {
  DATABASE_URL: {
    kind: 'text',
    default: null,
    about: 'PostgreSQL to use; unset: the embedded one in NGTB_DATA_DIR',
  },
  REDIS_HOST: {
    kind: 'text',
    default: null,
    about:
      'Redis as the bell between servers, and for the lists command_queue_{account_id}; unset: PostgreSQL rings, none is needed',
  },
  REDIS_PORT: { kind: 'port', default: 6379, min: 1, max: 65_535, about: 'port of Redis' },
  REDIS_DB: {
    kind: 'int',
    default: 0,
    min: 0,
    max: 1_000_000,
    about: 'database of Redis that holds the lists',
  },
  PORT_COMMAND: port(9900, 'connection and commands; 0: any free port'),
  PORT_TICKS: port(9901, 'ticks; 0: any free port'),
  PORT_TRADES: port(9902, 'trades; 0: any free port'),
  PORT_LOGS: port(9903, 'EA logs; 0: any free port'),
  PORT_WEBUI: port(9905, 'web and management; 0: any free port'),
  TICK_BATCH_SIZE: {
    kind: 'int',
    default: 100,
    min: 1,
    max: 100_000,
    about: 'ticks per batch that EAs are advised to send',
  },
  TICK_BATCH_INTERVAL_SEC: seconds(1, 0.001, 60, 'longest wait of an EA before it sends a batch'),
  TICK_RETENTION_DAYS: {
    kind: 'int',
    default: 0,
    min: 0,
    max: 36_500,
    about: 'days of ticks that are kept; older ones are dropped, a whole day at a time; 0: all are kept',
  },
  NGTB_HISTORY_DAYS: {
    kind: 'int',
    default: 30,
    min: 0,
    max: 3_650,
    about: 'days of measurements that are kept (…/history); 0: nothing is measured',
  },
  NGTB_HISTORY_EVERY_SEC: {
    kind: 'int',
    default: 60,
    min: 1,
    max: 3_600,
    about: 'seconds between two measurements of each account and of the system',
  },
  NGTB_EA_LOG_DAYS: {
    kind: 'int',
    default: 90,
    min: 0,
    max: 36_500,
    about: 'days of log lines of EAs that are kept; 0: all are kept',
  },
  NGTB_SESSION_DAYS: {
    kind: 'int',
    default: 30,
    min: 0,
    max: 36_500,
    about: 'days that ended sessions, and links that are spent or past their end, are kept; 0: all are kept',
  },
  NGTB_MINUTES_DAYS: {
    kind: 'int',
    default: 365,
    min: 0,
    max: 36_500,
    about: 'days of the counts per minute of what EAs asked that are kept; 0: all are kept',
  },
  NGTB_TICK_WORKERS: {
    kind: 'int',
    default: 1,
    min: 0,
    max: 16,
    about: 'threads of the tick door; 0: it shares the thread of the other doors',
  },
  COMMAND_POLL_INTERVAL_SEC: seconds(1, 0.01, 60, 'advised to EAs: how often to ask for commands'),
  HEARTBEAT_INTERVAL_SEC: seconds(30, 0.05, 3_600, 'advised to EAs: how often to send a heartbeat'),
  TRADE_SYNC_INTERVAL_SEC: seconds(
    30,
    0.1,
    86_400,
    'advised to EAs: how often to send the full list of positions',
  ),
  MAX_HEARTBEAT_AGE_SEC: seconds(
    60,
    0.1,
    86_400,
    'silence after which a connection is unhealthy and a failure is recorded',
  ),
  HEARTBEAT_TIMEOUT: seconds(60, 0.1, 86_400, 'the same as MAX_HEARTBEAT_AGE_SEC'),
  MAX_CONSECUTIVE_FAILURES: {
    kind: 'int',
    default: 3,
    min: 1,
    max: 1_000,
    about: 'silent intervals until a connection has failed',
  },
  MIN_HEALTH_SCORE: {
    kind: 'number',
    default: 50,
    min: 0,
    max: 100,
    about: 'a healthy connection scores above this',
  },
  DEFAULT_COMMAND_TIMEOUT: seconds(
    30,
    0.1,
    3_600,
    'seconds for an answer, and time to live of an OPEN_TRADE',
  ),
  HIGH_PRIORITY_TIMEOUT: seconds(10, 0.1, 3_600, 'seconds for an answer to a HIGH command'),
  CRITICAL_PRIORITY_TIMEOUT: seconds(5, 0.1, 3_600, 'seconds for an answer to a CRITICAL command'),
  MAX_COMMAND_RETRIES: {
    kind: 'int',
    default: 3,
    min: 0,
    max: 100,
    about: 'repetitions of an unanswered idempotent command',
  },
  RETRY_BACKOFF_BASE: {
    kind: 'number',
    default: 2,
    min: 1,
    max: 60,
    about: 'the wait before retry n is base^n seconds',
  },
  HEALTH_DEGRADATION_RATE: { kind: 'number', default: 10, min: 0, max: 100, about: 'score lost per failure' },
  HEALTH_RECOVERY_RATE: { kind: 'number', default: 5, min: 0, max: 100, about: 'score gained per heartbeat' },
  COMMAND_TRACKER_MAX_AGE_HOURS: {
    kind: 'number',
    default: 24,
    min: 0.001,
    max: 8_760,
    about: 'how long a settled command stays at hand in the process; its row stays',
  },
  NGTB_BIND: { kind: 'text', default: '127.0.0.1', about: 'address of all five ports' },
  NGTB_DATA_DIR: { kind: 'text', default: '.ngtb', about: 'folder of the embedded database and of run.json' },
  NGTB_ENROLLMENT: {
    kind: 'text',
    default: null,
    choices: ['first-connect', 'closed'],
    about:
      "whether an unknown login's first connect gets a key; default: first-connect while bound to loopback, else closed",
  },
  NGTB_INSECURE_HTTP: {
    kind: 'flag',
    default: false,
    about: '1: serve plain HTTP beyond loopback (a VPN, or a closed network)',
  },
  NGTB_TRUSTED_PROXY: {
    kind: 'text',
    default: null,
    about: 'address or network of the proxy that ends TLS, e.g. 127.0.0.1',
  },
  NGTB_TLS_CERT_FILE: { kind: 'text', default: null, about: 'certificate chain (PEM) to serve HTTPS' },
  NGTB_TLS_KEY_FILE: { kind: 'text', default: null, about: 'its private key (PEM)' },
  NGTB_PUBLIC_HOST: {
    kind: 'text',
    default: null,
    about: 'host names by which EAs and browsers may call, separated by commas',
  },
  ...ALERT_SETTINGS,
  NGTB_LOG_LEVEL: {
    kind: 'text',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    about: 'how much the server logs',
  },
  NGTB_LOG_FILE: {
    kind: 'text',
    default: null,
    about: 'file of the log, in place of stdout; rotated by size: NAME.1.log, NAME.2.log, …',
  },
  NGTB_LOG_FILE_MB: {
    kind: 'int',
    default: 50,
    min: 1,
    max: 10_000,
    about: 'size at which a new log file is begun',
  },
  NGTB_LOG_FILES: { kind: 'int', default: 10, min: 2, max: 1_000, about: 'log files that are kept' },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    kind: 'text',
    default: null,
    about:
      'OpenTelemetry collector that traces of commands go to, by OTLP over HTTP, e.g. http://127.0.0.1:4318',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    kind: 'text',
    default: null,
    about: 'headers for it, name=value, separated by commas',
  },
  OTEL_SERVICE_NAME: { kind: 'text', default: 'ngtradingbot', about: 'the name of this server in traces' },
  NGTB_RATE_POLL: rate(400, 'requests per second and key to each EA endpoint'),
  NGTB_RATE_TICKS: rate(2_000, 'tick requests per second and key'),
  NGTB_RATE_CREATE: rate(2_000, 'opening commands created per second and key'),
  NGTB_RATE_SAFETY: rate(2_000, 'closing commands and cancellations per second and key, counted apart'),
  NGTB_RATE_KEYLESS: rate(200, 'requests per second and address without a valid key'),
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof SETTINGS
type ValueOf<S> = S extends { kind: 'text' }
  ? S extends { default: string }
    ? string
    : string | null
  : S extends { kind: 'flag' }
    ? boolean
    : number
export type Config = { readonly [N in SettingName]: ValueOf<(typeof SETTINGS)[N]> } & {
  /** What an unset NGTB_ENROLLMENT means here. */
  readonly enrolment: 'first-connect' | 'closed'
  readonly loopback: boolean
}

/** A setting that can't be used; its message names the variable and the remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** @throws {ConfigError} naming the variable, its value and what would be right */
export function readConfig(env: Record<string, string | undefined>): Config {
  const values: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(SETTINGS) as [SettingName, Setting][])
    values[name] = readOne(name, setting, env[name])
  const stranger = Object.keys(env).find(
    (name) => name.startsWith('NGTB_') && !Object.hasOwn(SETTINGS, name) && !NOT_OURS.has(name),
  )
  if (stranger)
    throw new ConfigError(
      `${stranger} is not a setting of this server. Remove it, or correct its spelling: ${nearest(stranger)}?`,
    )
  const config = values as Config
  return relate({ ...config, ...heartbeatAge(env, config) })
}

/** Read by SDK, command line and tests, not by the server. */
const NOT_OURS = new Set([
  ...['NGTB_URL', 'NGTB_API_KEY', 'NGTB_TEST_DATABASE_URL'],
  // What runs beside the server is the command line's business.
  ...['NGTB_MODULES', 'NGTB_MODULE_SETTINGS'],
])

function readOne(name: string, setting: Setting, given: string | undefined): unknown {
  const text = given?.trim()
  if (text === undefined || text === '') return setting.default
  if (setting.kind === 'flag') {
    if (/^(1|true|yes|on)$/i.test(text)) return true
    if (/^(0|false|no|off)$/i.test(text)) return false
    throw new ConfigError(`${name}=${text} is neither 1 nor 0. Set ${name}=1 or remove it.`)
  }
  if (setting.kind === 'text') {
    if (setting.choices && !setting.choices.includes(text))
      throw new ConfigError(`${name}=${text} is not known. Use one of: ${setting.choices.join(', ')}.`)
    return text
  }
  const value = Number(text)
  const { min = -Infinity, max = Infinity } = setting
  if (
    !Number.isFinite(value) ||
    value < min ||
    value > max ||
    (setting.kind !== 'number' && !Number.isInteger(value))
  )
    throw new ConfigError(
      `${name}=${text} is not ${setting.kind === 'number' ? 'a number' : 'a whole number'} from ${min} to ${max}. ` +
        `It is ${setting.about}; the default is ${setting.default}.`,
    )
  return value
}

/** Published under two names: either may be set, both only alike. */
function heartbeatAge(env: Record<string, string | undefined>, config: Config) {
  if (!env.HEARTBEAT_TIMEOUT) return { HEARTBEAT_TIMEOUT: config.MAX_HEARTBEAT_AGE_SEC }
  if (!env.MAX_HEARTBEAT_AGE_SEC) return { MAX_HEARTBEAT_AGE_SEC: config.HEARTBEAT_TIMEOUT }
  if (config.HEARTBEAT_TIMEOUT !== config.MAX_HEARTBEAT_AGE_SEC)
    throw new ConfigError(
      `HEARTBEAT_TIMEOUT=${config.HEARTBEAT_TIMEOUT} and MAX_HEARTBEAT_AGE_SEC=${config.MAX_HEARTBEAT_AGE_SEC} are the same setting with two values. Remove one of them.`,
    )
  return {}
}

function relate(config: Config): Config {
  const alerts = relateAlerts(config)
  if (alerts !== null) throw new ConfigError(alerts)
  const loopback = isLoopback(config.NGTB_BIND)
  if (!isIPv4(config.NGTB_BIND) && !isIPv6(config.NGTB_BIND) && config.NGTB_BIND !== 'localhost')
    throw new ConfigError(
      `NGTB_BIND=${config.NGTB_BIND} is not an address. Use 127.0.0.1, 0.0.0.0 or the address of one network card.`,
    )
  const ports = (['PORT_COMMAND', 'PORT_TICKS', 'PORT_TRADES', 'PORT_LOGS', 'PORT_WEBUI'] as const).filter(
    (name) => config[name] !== 0,
  )
  const twice = ports.find((name, at) => ports.findIndex((other) => config[other] === config[name]) !== at)
  if (twice)
    throw new ConfigError(
      `${twice}=${config[twice]} is the port of another plane, too. Give each of the five its own.`,
    )
  if (config.NGTB_TRUSTED_PROXY !== null && !isNetwork(config.NGTB_TRUSTED_PROXY))
    throw new ConfigError(
      `NGTB_TRUSTED_PROXY=${config.NGTB_TRUSTED_PROXY} is no address or network. Use e.g. 127.0.0.1 or 10.0.0.0/24.`,
    )
  if ((config.NGTB_TLS_CERT_FILE === null) !== (config.NGTB_TLS_KEY_FILE === null))
    throw new ConfigError('NGTB_TLS_CERT_FILE and NGTB_TLS_KEY_FILE belong together. Set both, or neither.')
  if (config.MAX_HEARTBEAT_AGE_SEC < config.HEARTBEAT_INTERVAL_SEC)
    throw new ConfigError(
      `MAX_HEARTBEAT_AGE_SEC=${config.MAX_HEARTBEAT_AGE_SEC} is shorter than HEARTBEAT_INTERVAL_SEC=${config.HEARTBEAT_INTERVAL_SEC}: ` +
        'every EA would look lost between two heartbeats. Raise the first, at best to twice the second.',
    )
  if (!loopback && !config.NGTB_TLS_CERT_FILE && !config.NGTB_TRUSTED_PROXY && !config.NGTB_INSECURE_HTTP)
    throw new ConfigError(
      `NGTB_BIND=${config.NGTB_BIND} would send keys and orders over the network in plain text. Three ways out: ` +
        '(1) TLS of our own: NGTB_TLS_CERT_FILE and NGTB_TLS_KEY_FILE; (2) a proxy in front that ends TLS: NGTB_TRUSTED_PROXY=its address; ' +
        '(3) a network that you trust, such as a VPN: NGTB_INSECURE_HTTP=1.',
    )
  const byDefault = loopback && !config.NGTB_TRUSTED_PROXY ? 'first-connect' : 'closed'
  return {
    ...config,
    loopback,
    enrolment: (config.NGTB_ENROLLMENT as Config['enrolment'] | null) ?? byDefault,
  }
}

export const isLoopback = (address: string): boolean =>
  address === 'localhost' || address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address)

/** One address or network, or several separated by commas. */
const isNetwork = (text: string): boolean =>
  text.split(',').every((part) => {
    const [address = '', bits] = part.trim().split('/')
    const family = address.includes(':') ? 'ipv6' : 'ipv4'
    try {
      if (bits === undefined) new BlockList().addAddress(address, family)
      else new BlockList().addSubnet(address, Number(bits), family)
      return true
    } catch {
      return false
    }
  })

function nearest(name: string): string {
  const shared = (other: string) => [...other].filter((letter, at) => name[at] === letter).length
  return Object.keys(SETTINGS).reduce((a, b) => (shared(b) > shared(a) ? b : a))
}
