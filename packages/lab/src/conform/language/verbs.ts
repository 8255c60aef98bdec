// The verbs: short words for the endpoints of the protocol, and where bare words and unnamed fields belong.
import {
  AnswerFields,
  CreateCommandBody,
  commandEndpoints,
  type Endpoint,
  logEndpoints,
  managementEndpoints,
  nativeSession,
  type PlaneName,
  tickEndpoints,
  tradeEndpoints,
} from '@ngtb/protocol'
import { type Field, NOTHING, type Part } from './dialogue.ts'
import { readTerm } from './terms.ts'

/** How a part is written short: its bare words are these fields; a field that is not `own` lies below `rest`. */
export interface Shape {
  readonly words: readonly string[]
  readonly own?: ReadonlySet<string>
  readonly rest?: string
}

export interface Verb {
  readonly plane: PlaneName
  readonly endpoint: Endpoint
  readonly said: Shape
  /** The list that items belong to, when they are said and when they are answered. */
  readonly asks?: { readonly list: string; readonly shape: Shape }
  readonly answers?: { readonly list: string; readonly shape: Shape }
}

const FLAT: Shape = { words: [] }
const BY_COMMAND: Shape = { words: ['command_id'] }
/** `OPEN_TRADE key=@k1 symbol=EURUSD`: what is no field of the request itself is payload. `key` is the header. */
const WANTED: Shape = {
  words: ['type'],
  own: new Set([
    ...Object.keys(CreateCommandBody.properties),
    'idempotency_key',
    'key',
    'account',
    'as',
    'times',
  ]),
  rest: 'payload',
}
/** `@c1 completed ticket=7`: what is no field of the answer itself is response. */
const ANSWERED: Shape = {
  words: ['command_id', 'status'],
  own: new Set([...Object.keys(AnswerFields), ...Object.keys(nativeSession), 'account', 'api_key', 'as']),
  rest: 'response',
}
/** `OPEN_TRADE id=@c1 symbol=EURUSD`: flat, as an EA receives it. */
const HANDED: Shape = { words: ['type'] }
const handed = { list: 'commands', shape: HANDED }

const on = (plane: PlaneName, endpoint: Endpoint, more: Partial<Verb> = {}): Verb => ({
  plane,
  endpoint,
  said: FLAT,
  ...more,
})

/** What an EA says, on its four ports or its socket. */
export const EA_VERBS: Readonly<Record<string, Verb>> = {
  connect: on('command', commandEndpoints.connect),
  heartbeat: on('command', commandEndpoints.heartbeat, { answers: handed }),
  poll: on('command', commandEndpoints.get_commands, { answers: handed }),
  answer: on('command', commandEndpoints.command_response, { said: ANSWERED }),
  answers: on('command', commandEndpoints.command_responses, {
    asks: { list: 'responses', shape: ANSWERED },
    answers: { list: 'results', shape: { words: ['command_id', 'status'] } },
  }),
  goodbye: on('command', commandEndpoints.disconnect),
  status: on('command', commandEndpoints.status),
  command_status: on('command', commandEndpoints.command_status, { said: BY_COMMAND }),
  ticks: on('ticks', tickEndpoints.ticks_batch, { asks: { list: 'ticks', shape: FLAT } }),
  sync: on('trades', tradeEndpoints.trades_sync, { asks: { list: 'trades', shape: FLAT } }),
  events: on('trades', tradeEndpoints.events, { asks: { list: 'events', shape: { words: ['kind'] } } }),
  opened: on('trades', tradeEndpoints.trade_opened),
  closed: on('trades', tradeEndpoints.trade_closed),
  modified: on('trades', tradeEndpoints.trade_modified),
  force_sync: on('trades', tradeEndpoints.sync_force),
  log: on('logs', logEndpoints.log),
}

const listed = { list: 'items', shape: FLAT }
const booked = { list: 'commands', shape: FLAT }

/** What a strategy or an admin says on the management port. */
export const CLIENT_VERBS: Readonly<Record<string, Verb>> = {
  create: on('management', managementEndpoints.v1_command_create, { said: WANTED }),
  batch: on('management', managementEndpoints.v1_command_batch, {
    asks: { list: 'commands', shape: WANTED },
    answers: booked,
  }),
  command: on('management', managementEndpoints.v1_command, { said: BY_COMMAND }),
  commands: on('management', managementEndpoints.v1_commands, { answers: listed }),
  cancel: on('management', managementEndpoints.v1_command_cancel, { said: BY_COMMAND }),
  settle: on('management', managementEndpoints.v1_command_settle, { said: BY_COMMAND }),
  orphans: on('management', managementEndpoints.v1_orphans, { answers: listed }),
  trades: on('management', managementEndpoints.v1_trades, { answers: listed }),
  trade: on('management', managementEndpoints.v1_trade, { said: { words: ['ticket'] } }),
  history: on('management', managementEndpoints.v1_trade_history, {
    said: { words: ['ticket'] },
    answers: { list: 'deals', shape: FLAT },
  }),
  dead_letters: on('management', managementEndpoints.v1_dead_letters, { answers: listed }),
  ticks: on('management', managementEndpoints.v1_ticks, { answers: listed }),
  account: on('management', managementEndpoints.v1_account),
  new_key: on('management', managementEndpoints.v1_key_create),
  audit: on('management', managementEndpoints.v1_audit, { answers: listed }),
  verify_audit: on('management', managementEndpoints.v1_audit_verify),
  system: on('management', managementEndpoints.system_status),
  command_status: on('management', managementEndpoints.command_status, { said: BY_COMMAND }),
}

/** The shape that the words of an answer have: `200`, `409 NGTB_FENCED` are read by whoever plays. */
export const ANSWER_SHAPE: Shape = FLAT

/** A part with its bare words and short fields at their full paths. @throws {RangeError} */
export function spelledOut(part: Part, shape: Shape): readonly Field[] {
  if (part.words.length > shape.words.length)
    throw new RangeError(`${part.words[shape.words.length]} is one word too many here`)
  const named = part.words.map((word, at) => ({ path: shape.words[at] ?? '', term: readTerm(word) }))
  const { own, rest } = shape
  const placed = part.fields.map(({ path, term }) => {
    const head = path.split('.', 1)[0] ?? ''
    const below = own !== undefined && !own.has(head) && head !== rest
    return { path: below ? `${rest}.${path}` : path, term }
  })
  return [...named, ...placed]
}

/** The items of a list, spelled out. */
export const spelledItems = (part: Part, shape: Shape): readonly Part[] | null =>
  part.items === null ? null : part.items.map((item) => ({ ...NOTHING, fields: spelledOut(item, shape) }))
