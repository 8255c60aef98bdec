// The reference pages, out of the tables of the protocol.
import {
  type Access,
  COMMAND_TYPES,
  COMMANDS,
  CommandPriority,
  commandEndpoints,
  type Endpoint,
  ERRORS,
  legacyCommandEndpoints,
  legacyTickEndpoints,
  legacyTradeEndpoints,
  limits,
  logEndpoints,
  managementEndpoints,
  type PlaneName,
  RETCODES,
  tickEndpoints,
  tradeEndpoints,
} from '@ngtb/protocol'
import { code, table } from './markdown.ts'
import { fieldNames, fieldRows } from './schema-fields.ts'

const PLANES: Record<PlaneName, { port: number; table: Record<string, Endpoint> }> = {
  command: { port: 9900, table: { ...commandEndpoints, ...legacyCommandEndpoints } },
  ticks: { port: 9901, table: { ...tickEndpoints, ...legacyTickEndpoints } },
  trades: { port: 9902, table: { ...tradeEndpoints, ...legacyTradeEndpoints } },
  logs: { port: 9903, table: logEndpoints },
  management: { port: 9905, table: managementEndpoints },
}

const KEYS: Record<Exclude<Access, readonly string[]>, string> = {
  open: 'none',
  watch: 'none on loopback, else `commands:read`',
  connect: 'EA key, or none to enrol',
  ea: 'EA key',
  either: 'EA key or management key',
  session: 'a person’s session',
}
const keyOf = (access: Access): string =>
  typeof access === 'string' ? KEYS[access] : access.map(code).join(' or ')

/** Every endpoint by port: who may call it, and its fields. */
export function endpoints(): string {
  return Object.entries(PLANES)
    .map(([plane, { port, table: rows }]) => {
      const lines = Object.values(rows).map(({ method, path, summary, access, body, query }) => [
        code(`${method} ${path}`),
        summary,
        keyOf(access),
        fieldNames(body ?? query),
      ])
      return `## ${port}: ${plane}\n\n${table(['endpoint', 'what it does', 'key', 'fields (body, or query)'], lines)}`
    })
    .join('\n\n')
}

/** The fields of every message that an EA sends. */
export function eaMessages(): string {
  return Object.values(PLANES)
    .flatMap(({ table: rows }) => Object.values(rows))
    .filter(({ dialect }) => dialect !== 'legacy')
    .filter(({ access, body }) => body !== undefined && ['connect', 'ea', 'either'].includes(String(access)))
    .map(({ path, body, body_bytes_max = limits.body_bytes_max }) => {
      const size = `At most ${body_bytes_max / 1024} KiB.`
      return `### ${path}\n\n${size}\n\n${table(['field', 'kind', 'meaning'], fieldRows(body))}`
    })
    .join('\n\n')
}

const lifetime = (ttl_ms: number | string | null): string => {
  if (ttl_ms === null) return 'none: until done or cancelled'
  return typeof ttl_ms === 'string' ? '`DEFAULT_COMMAND_TIMEOUT` (30 s)' : `${ttl_ms / 1000} s`
}

/** The command types. */
export function commands(): string {
  const rows = COMMAND_TYPES.map((type) => {
    const { priority, idempotent, reduces_risk, ttl_ms } = COMMANDS[type]
    return [
      code(type),
      `${priority} ${CommandPriority[priority]}`,
      idempotent ? 'yes' : 'never',
      reduces_risk ? 'yes' : 'no',
      lifetime(ttl_ms),
    ]
  })
  const overview = table(['type', 'priority', 'handed out again', 'reduces risk', 'time to live'], rows)
  const payloads = COMMAND_TYPES.map(
    (type) => `## ${type}\n\n${table(['field', 'kind', 'meaning'], fieldRows(COMMANDS[type].payload))}`,
  )
  return [overview, ...payloads].join('\n\n')
}

/** MetaTrader's return codes and what each says about the outcome. */
export function retcodes(): string {
  const rows = [...RETCODES].map(([number, { name, class: kind }]) => [String(number), code(name), kind])
  return table(['retcode', 'name', 'says'], rows)
}

/** The catalogue of refusals. */
export function errors(): string {
  const rows = Object.entries(ERRORS).map(([name, { number, http, title, hint }]) => [
    code(name),
    String(number),
    String(http),
    title,
    hint,
  ])
  return table(['code', 'number', 'HTTP', 'what happened', 'what to do'], rows)
}
