// The crash points of the contract's §6 as data: where each is, how it is brought about, and for which commands.
import { COMMAND_TYPES, type CommandType } from '@ngtb/protocol'

export const POINTS = {
  K0: 'the client dies before sending',
  K1: 'the request is lost',
  K2: 'the server dies before the COMMIT of a creation',
  K3: 'after it, before the 201',
  K4: 'after it, before the bell',
  K5: 'Redis is flushed',
  K6: 'poll requests are lost',
  K7: 'the server dies after choosing what is due, before the COMMIT',
  K8: 'after it, before the reply or push',
  K9: 'replies are lost, doubled and late',
  K10: 'the EA dies after receiving, before INTENT',
  K11: 'while writing INTENT: a torn record',
  K12: 'after INTENT, before OrderSend',
  K13: 'during OrderSend',
  K14: 'after OrderSend, before RESULT',
  K15: 'after RESULT, before the response',
  K16: 'responses are lost',
  K17: 'the server dies before the COMMIT of the response',
  K18: 'after it, before the ack',
  K19: 'the database is restored from an older copy',
  K20: 'the journal is lost, or the terminal’s folder is cloned',
  K21: 'the broker link drops in the middle of an order',
  K22: 'the client dies after the 201, before storing the id',
  K23: 'the EA is partitioned, and a second one takes over',
  K24: 'the EA stands still between INTENT and OrderSend',
} as const
export type PointName = keyof typeof POINTS
export const POINT_NAMES = Object.keys(POINTS) as PointName[]

/** Crash points inside the server: its death concerns every account. */
export const SERVER_POINTS = ['K2', 'K3', 'K4', 'K7', 'K8', 'K17', 'K18'] as const
export type ServerPoint = (typeof SERVER_POINTS)[number]
/** What happens to one account alone. */
export type SoloPoint = Exclude<PointName, ServerPoint | 'K19'>

export const isServerPoint = (point: PointName): point is ServerPoint =>
  SERVER_POINTS.some((one) => one === point)
export const isSolo = (point: PointName): point is SoloPoint => !isServerPoint(point) && point !== 'K19'

/** Without an order there is no INTENT, no OrderSend and no outcome that could be in doubt. */
const WITHOUT_ORDER: readonly CommandType[] = [
  'SUBSCRIBE_SYMBOLS',
  'REQUEST_HISTORY',
  'REQUEST_SYNC',
  'PROBE',
]
const ORDER_POINTS: readonly PointName[] = ['K11', 'K12', 'K13', 'K14', 'K21', 'K24']

export const applies = (point: PointName, type: CommandType): boolean =>
  !(ORDER_POINTS.includes(point) && WITHOUT_ORDER.includes(type))

export interface Cell {
  readonly point: PointName
  readonly type: CommandType
}

/** Every point with every type that it applies to, row by row. */
export const CELLS: readonly Cell[] = POINT_NAMES.flatMap((point) =>
  COMMAND_TYPES.filter((type) => applies(point, type)).map((type) => ({ point, type })),
)
