// Depth "core": the services are asked by their methods, with the bodies that the wire has. What a door adds — JSON,
// keys, rates — is in the play at depth "door" (fastify-doors.ts).
import {
  type BarsBody,
  commandEndpoints,
  type Endpoint,
  type LimitsBody,
  Refusal,
  type SettleBody,
  type Tick,
  type TradeClosedBody,
  type TradeModifiedBody,
  type TradeOpenedBody,
  type TradesSyncBody,
  tickEndpoints,
  tradeEndpoints,
} from '@ngtb/protocol'
import {
  type Desk,
  eaCalls,
  eaTradeCalls,
  type Services,
  sessionOf,
  type WantedCommand,
} from '@ngtb/server/parts'
import { Compile, type Validator } from 'typebox/compile'
import type { Ask, Doors, Told } from './doors.ts'

interface Asked {
  readonly services: Services
  readonly desk: Desk
  readonly actor: string
  readonly arrived_at: number
  readonly arrival: number
  readonly ask: Ask
}

type Route = (asked: Asked, body: never, name: string) => Promise<object>

/** By path; `:id` is what stands before the last word. */
const ROUTES: Readonly<Record<string, Route>> = {
  '/api/connect': eaCalls.connect,
  '/api/heartbeat': eaCalls.heartbeat,
  '/api/get_commands': eaCalls.getCommands,
  '/api/command_response': eaCalls.commandResponse,
  '/api/command_responses': eaCalls.commandResponses,
  '/api/disconnect': eaCalls.disconnect,
  '/api/trades/sync': (asked, body: TradesSyncBody) => {
    const { services, desk, actor, arrival } = asked
    const session = sessionOf(body)
    return session
      ? eaTradeCalls.snapshot(asked, body, session)
      : services.tradeSync.sync(desk, body.trades, arrival, actor)
  },
  '/api/trades/opened': async ({ services, desk, actor }, body: TradeOpenedBody) => {
    await services.tradeEvents.opened(desk, body, actor)
    return { status: 'success' }
  },
  '/api/trades/closed': async ({ services, desk, actor }, body: TradeClosedBody) => {
    await services.tradeEvents.closed(desk, body, actor)
    return { status: 'success' }
  },
  '/api/trades/modified': async ({ services, desk, actor }, body: TradeModifiedBody) => {
    await services.tradeEvents.modified(desk, body, actor)
    return { status: 'success' }
  },
  '/api/events': eaTradeCalls.events,
  '/api/ticks/batch': (
    { services, desk, actor },
    body: { ticks: Tick[]; batch_id: string; run: string; first_seq: number },
  ) =>
    services.intake.ingest({
      ...{ account_id: desk.account_id, ticks: body.ticks, batch_id: body.batch_id, actor },
      numbers: { run: body.run, first_seq: body.first_seq, opened: null },
    }),
  '/api/bars': ({ services, desk, actor }, body: BarsBody) =>
    services.bars.save(desk.account_id, body, actor),
  create: async ({ services, desk, ask }, body: CreateBody) => {
    const created = await services.commands.create(desk, wantedOf(services, desk, body, ask.idempotency_key))
    return { ...created.command, replayed: created.replayed }
  },
  batch: async (
    { services, desk },
    { commands }: { commands: (CreateBody & { idempotency_key?: string })[] },
  ) => {
    const wanted = commands.map((one) => wantedOf(services, desk, one, one.idempotency_key))
    const created = await services.commands.createAll(desk, wanted)
    return { commands: created.map(({ command, replayed }) => ({ ...command, replayed })) }
  },
  settle: async ({ services, desk, actor }, body: SettleBody, id) =>
    services.commands.settle(desk, id, body, actor),
  cancel: async ({ services, desk, actor }, _: never, id) => services.commands.cancel(desk, id, actor),
  limits: async ({ services, desk, actor }, body: LimitsBody) => {
    await services.limits.set(desk, body, actor)
    return services.limits.view(desk)
  },
  show: async ({ services, desk }, _: never, id) => (await services.queries.command(desk, id)).command,
}

interface CreateBody {
  readonly type: string
  readonly payload: unknown
  readonly command_id?: string
  readonly ttl_ms?: number
  readonly priority?: string
}

function wantedOf(services: Services, desk: Desk, body: CreateBody, key: string | undefined): WantedCommand {
  const { type, payload, ttl_ms, priority } = body
  const command_id = body.command_id ?? services.ids.commandId(desk.account_id, key ?? '')
  return { type, payload, ttl_ms, priority, command_id, origin: 'key:strategy' }
}

const LIMITS = /^\/api\/v1\/accounts\/(\d+)\/limits$/
const V1 = /^\/api\/v1\/accounts\/(\d+)\/commands(?:\/([^/]+))?(?:\/(cancel|settle))?$/

/** The route of a path, and the command that it names. */
function routeOf({ path, method }: Ask): { route: Route | undefined; login: string | null; name: string } {
  const limited = LIMITS.exec(path)?.[1]
  if (limited !== undefined) return { route: ROUTES.limits, login: limited, name: '' }
  const [, login = null, name = '', verb] = V1.exec(path) ?? []
  if (login === null) return { route: ROUTES[path], login, name: '' }
  const key = verb ?? (name === '' ? 'create' : name === 'batch' ? 'batch' : method === 'GET' ? 'show' : '')
  return { route: ROUTES[key], login, name }
}

const CHECKS: ReadonlyMap<string, Validator> = new Map(
  Object.values({ ...commandEndpoints, ...tickEndpoints, ...tradeEndpoints } as Record<
    string,
    Endpoint
  >).flatMap(({ path, body }) => (body ? [[path, Compile(body)] as const] : [])),
)

export interface DeskDoorsParts {
  /** ms from a request's beginning to its end: a long list comes in pieces. */
  takes(ask: Ask): number
  onMistake(error: unknown, ask: Ask): void
}

export class DeskDoors implements Doors {
  readonly #services: Services
  readonly #parts: DeskDoorsParts

  constructor(services: Services, parts: DeskDoorsParts) {
    this.#services = services
    this.#parts = parts
  }

  async answer(ask: Ask): Promise<Told> {
    const services = this.#services
    const arrived_at = services.clock.now()
    const arrival = services.arrival()
    const ms = this.#parts.takes(ask)
    if (ms > 0) await new Promise<void>((resolve) => void services.timers.after(ms, resolve))
    try {
      const { route, login, name } = routeOf(ask)
      if (!route) throw new Refusal('NGTB_NOT_FOUND', ask.path)
      if (CHECKS.get(ask.path)?.Check(ask.body) === false) throw new Refusal('NGTB_BODY_INVALID', ask.path)
      const desk =
        login === null ? services.desks.get(ask.key.account_id) : await services.desks.byNumber(login)
      // A strategy's key is bound to its account (P15): another one is not there for it.
      if (desk?.account_id !== ask.key.account_id) throw new Refusal('NGTB_ACCOUNT_UNKNOWN', ask.path)
      const actor = `key:${ask.key.role}${ask.key.account_id}`
      const asked: Asked = { services, desk, actor, arrived_at, arrival, ask }
      return { http: 200, body: { ...(await route(asked, ask.body as never, name)) }, retry_after_ms: null }
    } catch (error) {
      if (!(error instanceof Refusal)) this.#parts.onMistake(error, ask)
      return refused(error instanceof Refusal ? error : new Refusal('NGTB_INTERNAL'))
    }
  }
}

const refused = ({ http, code, message, retry_after_s, more }: Refusal): Told => ({
  http,
  body: { status: 'error', error: code, message, ...more },
  retry_after_ms: retry_after_s === undefined ? null : retry_after_s * 1000,
})
