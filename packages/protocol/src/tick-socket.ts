// `/ws/ticks` on 9901: the words in JSON, the ticks in binary frames of numbers as a terminal has them in memory.
//
// A frame, little-endian: int32 ref · int32 count · int64 first_seq · then count times 40 bytes:
// int32 symbol (its place in the list of `open`) · int32 0 · int64 time (ms, broker time) · double bid · double ask ·
// double volume.
import Type, { type Static } from 'typebox'
import { ea } from './endpoints/command.ts'
import { type Tick, TickRun } from './endpoints/ticks.ts'
import { limits } from './limits.ts'
import { SymbolName } from './model/fields.ts'

const Ref = Type.Optional(Type.Unknown({ description: 'comes back in the reply' }))
const Symbols = Type.Array(SymbolName, { maxItems: limits.symbols_per_connect_max })

export const TickSocketOpen = Type.Object({
  ...ea,
  type: Type.Literal('open'),
  ref: Ref,
  run: Type.Optional(TickRun),
  symbols: Symbols,
})
export type TickSocketOpen = Static<typeof TickSocketOpen>

export const TickSocketSymbols = Type.Object({ type: Type.Literal('symbols'), ref: Ref, symbols: Symbols })
export type TickSocketSymbols = Static<typeof TickSocketSymbols>

const NextSeq = Type.Integer({ description: 'number of the next tick: what is below it is stored' })

/** What the server says on the socket. */
export const TICK_SOCKET_SAYS = {
  opened: Type.Object({
    type: Type.Literal('reply'),
    ref: Ref,
    http: Type.Literal(200),
    run: TickRun,
    next_seq: NextSeq,
    symbols: Type.Integer({ description: 'how many are known now' }),
  }),
  ack: Type.Object({
    type: Type.Literal('ack'),
    ref: Type.Integer(),
    processed: Type.Integer(),
    duplicates: Type.Integer(),
    next_seq: NextSeq,
    lost: Type.Optional(
      Type.Object(
        { run: TickRun, first_seq: Type.Integer(), last_seq: Type.Integer() },
        {
          description: 'numbers before this frame that never came',
        },
      ),
    ),
  }),
}

export interface TickFrame {
  readonly ref: number
  readonly first_seq: number
  readonly ticks: readonly Tick[]
}

const HEAD_BYTES = 16
const TICK_BYTES = 40
export const TICK_FRAME_BYTES_MAX = HEAD_BYTES + limits.ticks_per_request_max * TICK_BYTES

/** A frame that is none; its message says what is wrong with it. */
export class TickFrameError extends Error {
  override readonly name = 'TickFrameError'
}

/** @param symbols the names by their places @throws {TickFrameError} */
export function decodeTickFrame(bytes: Uint8Array, symbols: readonly string[]): TickFrame {
  if (bytes.byteLength < HEAD_BYTES) throw new TickFrameError(`a frame begins with ${HEAD_BYTES} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [ref, count] = [view.getInt32(0, true), view.getInt32(4, true)]
  const first_seq = int64(view, 8)
  if (
    count < 1 ||
    count > limits.ticks_per_request_max ||
    bytes.byteLength !== HEAD_BYTES + count * TICK_BYTES
  )
    throw new TickFrameError(
      `${count} ticks take ${HEAD_BYTES + count * TICK_BYTES} bytes, and ${bytes.byteLength} came; at most ${limits.ticks_per_request_max} ticks`,
    )
  if (!(first_seq >= 1 && first_seq <= limits.tick_seq_max))
    throw new TickFrameError(`first_seq ${first_seq} is no number of a tick: they begin at 1`)
  const ticks = Array.from({ length: count }, (_, at) => tickAt(view, at, symbols))
  return { ref, first_seq, ticks }
}

function tickAt(view: DataView, at: number, symbols: readonly string[]): Tick {
  const start = HEAD_BYTES + at * TICK_BYTES
  const place = view.getInt32(start, true)
  const symbol = symbols[place]
  if (symbol === undefined)
    throw new TickFrameError(
      `tick ${at} is of symbol ${place}, and ${symbols.length} are known: name it with {type: "symbols"}`,
    )
  const [timestamp, bid, ask] = [
    int64(view, start + 8),
    view.getFloat64(start + 16, true),
    view.getFloat64(start + 24, true),
  ]
  const volume = view.getFloat64(start + 32, true)
  if (!(bid > 0 && bid <= limits.price_max && ask > 0 && ask <= limits.price_max))
    throw new TickFrameError(`tick ${at} has a price that is none: bid ${bid}, ask ${ask}`)
  if (!(volume >= 0 && volume <= Number.MAX_SAFE_INTEGER))
    throw new TickFrameError(`tick ${at} has a volume that is none: ${volume}`)
  if (timestamp < 1e11) throw new TickFrameError(`tick ${at} has a time that is not in ms: ${timestamp}`)
  return { symbol, bid, ask, timestamp, volume }
}

/** @param place the place of a symbol in the list of `open` */
export function encodeTickFrame(
  { ref, first_seq, ticks }: TickFrame,
  place: (symbol: string) => number,
): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + ticks.length * TICK_BYTES)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, ref, true)
  view.setInt32(4, ticks.length, true)
  setInt64(view, 8, first_seq)
  for (const [at, { symbol, bid, ask, timestamp, volume }] of ticks.entries()) {
    const start = HEAD_BYTES + at * TICK_BYTES
    view.setInt32(start, place(symbol), true)
    setInt64(view, start + 8, timestamp)
    view.setFloat64(start + 16, bid, true)
    view.setFloat64(start + 24, ask, true)
    view.setFloat64(start + 32, volume ?? 0, true)
  }
  return bytes
}

const WORD = 4_294_967_296

const int64 = (view: DataView, at: number): number =>
  view.getInt32(at + 4, true) * WORD + view.getUint32(at, true)

function setInt64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % WORD, true)
  view.setInt32(at + 4, Math.floor(value / WORD), true)
}
