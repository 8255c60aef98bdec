// A module at work: its events, ticks, candles and its clock, one call at a time (M1, M2).
import { createClient, type LiveEvent, type LiveStream, NgtbError, type Topic } from '@ngtb/sdk'
import { type ModuleContext, type ModuleDefinition, wished } from '../definition.ts'
import type { Settings } from '../settings.ts'
import type { Cursors, Fault, ToHost, ToWorker } from '../words.ts'
import { contextOf } from './context.ts'
import { Lane } from './lane.ts'
import { Market } from './market.ts'

const HANDLER_OF = { trade: 'onTrade', command: 'onCommand', connection: 'onConnection' } as const
type Heard = keyof typeof HANDLER_OF
/** After a death of which nobody knows the cause, so many events are named before they are handed over. */
const CAREFUL_EVENTS = 50

export class Running {
  readonly definition: ModuleDefinition
  /** The event that is being dealt with. */
  at: number | undefined
  readonly #settings: Settings
  readonly #say: (word: ToHost) => void
  readonly #fail: (error: unknown, fault?: Fault) => void
  readonly #lane = new Lane()
  readonly #end = new AbortController()
  #context: ModuleContext | undefined
  #stream: LiveStream | undefined
  #market: Market | undefined
  #seq: number | undefined

  constructor(
    definition: ModuleDefinition,
    settings: Settings,
    say: (word: ToHost) => void,
    fail: (error: unknown, fault?: Fault) => void,
  ) {
    this.definition = definition
    this.#settings = settings
    this.#say = say
    this.#fail = fail
  }

  get cursors(): Cursors {
    const ticks = this.#market?.cursor
    return {
      ...(this.#seq === undefined ? {} : { seq: this.#seq }),
      ...(ticks === undefined ? {} : { ticks }),
    }
  }

  beat(): ToHost {
    return {
      ...{ type: 'beat', cursors: this.cursors, memory_bytes: process.memoryUsage.rss() },
      ...{ busy_ms: this.#lane.busyMs(performance.now()), conflated: this.#market?.conflated ?? 0 },
    }
  }

  /** Resolves once it listens. */
  async run(order: ToWorker & { type: 'run' }): Promise<void> {
    const { definition, signal } = { definition: this.definition, signal: this.#end.signal }
    const context = contextOf(definition, this.#settings, order, signal)
    this.#context = context
    this.#seq = order.cursors.seq
    await this.#lane.run(() => definition.onStart?.(context))
    await this.#listen(order, context)
  }

  /** From now on its clock calls it. */
  begin(): void {
    if (this.#context) this.#clock(this.#context)
  }

  async stop(): Promise<void> {
    this.#end.abort()
    this.#stream?.close()
    const context = this.#context
    if (context) await this.#lane.run(() => this.definition.onStop?.(context))
  }

  #listen(order: ToWorker & { type: 'run' }, context: ModuleContext): Promise<void> {
    const { definition } = this
    const { onTick, onCandle } = definition
    const topics = (Object.keys(HANDLER_OF) as Heard[]).filter((topic) => definition[HANDLER_OF[topic]])
    if (topics.length === 0 && !onTick && !onCandle) return Promise.resolve()
    const wish = definition.ticks === undefined ? {} : wished(definition.ticks, this.#settings)
    const market = new Market(
      wish,
      {
        ...(onTick && { onTick: (tick) => onTick(tick, context) }),
        ...(onCandle && { onCandle: (candle) => onCandle(candle, context) }),
      },
      this.#lane,
      this.#fail,
      order.cursors.ticks,
    )
    this.#market = market
    const series = definition.candles === undefined ? [] : wished(definition.candles, this.#settings)
    return new Promise((listening) => {
      const client = createClient({ url: order.url, api_key: order.api_key })
      const stream = client.events({
        // A stream needs a topic; what nobody handles is passed over.
        topics: topics.length === 0 ? ['connection'] : topics,
        ...(order.accounts.length === 0 ? {} : { accounts: order.accounts }),
        ...(order.cursors.seq === undefined ? {} : { after: order.cursors.seq }),
        on_market: (message) => market.take(message),
        on_link: ({ live }) => {
          if (live) {
            // From here on: one that dies of its first event has it again in its next life.
            this.#seq ??= stream.last_seq
            listening()
          } else this.#ask(stream, market.ticksRequest(order.accounts))
        },
      })
      this.#stream = stream
      this.#ask(stream, market.ticksRequest(order.accounts))
      this.#ask(stream, market.candlesRequest(series, order.accounts))
      void this.#events(stream, order, context).catch((error) => this.#lost(error, order))
    })
  }

  #ask(stream: LiveStream, request: Parameters<LiveStream['ask']>[0] | null): void {
    if (request !== null) stream.ask(request)
  }

  async #events(stream: LiveStream, order: ToWorker & { type: 'run' }, context: ModuleContext) {
    let careful = order.careful ? CAREFUL_EVENTS : 0
    for await (const event of stream) {
      const handler = this.definition[HANDLER_OF[event.topic as Heard]]
      await this.#lane.run(async () => {
        if (handler === undefined || this.#end.signal.aborted) return
        const durable = isDurable(event)
        if (durable && careful-- > 0) this.#say({ type: 'at', seq: event.seq })
        if (durable) this.at = event.seq
        await handler(event, context)
        this.at = undefined
      })
      // An end that came in the middle leaves the event to the next life.
      if (!this.#end.signal.aborted && isDurable(event)) this.#seq = event.seq
    }
  }

  #clock(context: ModuleContext): void {
    const { every } = this.definition
    if (every === undefined) return
    let running = false
    const turn = () => {
      if (running) return
      running = true
      void this.#lane
        .run(() => every.run(context))
        .catch((error) => this.#fail(error))
        .finally(() => {
          running = false
        })
    }
    const ms = Math.max(0.1, wished(every.seconds, this.#settings)) * 1_000
    const timer = setInterval(turn, ms)
    this.#end.signal.addEventListener('abort', () => clearInterval(timer))
    turn()
  }

  /** The stream ended with an error: of the module, or of the server, which said no. */
  async #lost(error: unknown, { url, api_key }: { url: string; api_key: string }): Promise<void> {
    if (this.#end.signal.aborted) return
    if (!(error instanceof NgtbError)) return this.#fail(error)
    if (error.code === 'NGTB_CURSOR_INVALID') return this.#fail(error, 'rewound')
    const refused = await createClient({ url, api_key })
      .accounts()
      .page()
      .then(
        () => false,
        (reason) => reason instanceof NgtbError && reason.status === 401,
      )
    this.#fail(error, refused ? 'key_gone' : 'thrown')
  }
}

/** The figures of a heartbeat are not told again; everything else is. */
const isDurable = ({ topic, data }: LiveEvent): boolean =>
  (topic as Topic) !== 'connection' || (typeof data.event === 'string' && !data.event.endsWith('heartbeat'))
