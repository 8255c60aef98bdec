// Every door is built here, once: JSON, limits, key, schema, error envelope. A plane adds only its handlers.
import { readFileSync } from 'node:fs'
import rateLimit from '@fastify/rate-limit'
import {
  COMMANDS,
  describeFirst,
  type Endpoint,
  isCommandType,
  limits,
  type PlaneName,
  Refusal,
} from '@ngtb/protocol'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import Type from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { type Config, ConfigError } from '../config.ts'
import type { Principal } from '../services/keys.ts'
import { authorize } from './auth.ts'
import type { Call, Handlers } from './call.ts'
import { sendRefusal, toRefusal } from './errors.ts'
import type { House } from './house.ts'
import { acceptJsonOnly } from './json-body.ts'
import { type Count, rateCounters } from './rates.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Order of arrival, taken before the body is read (P8). */
    arrival: number
    /** Server time of the arrival: what a native EA's time to live is counted from (P5). */
    arrived_at: number
    /** The body as it came, where it was no JSON and could be read all the same (docs/spec/legacy-ea.md). */
    salvaged: Buffer | null
    /** Why it was none. */
    no_json: Error | null
  }
  interface FastifyContextConfig {
    /** A door of EAs that splice their JSON, alone or beside others. */
    lenient?: 'no' | 'always' | 'else'
  }
}

const HEADERS_TIMEOUT_MS = 5_000
/** For a whole request to arrive: a slow sender must not hold a door open. */
const REQUEST_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 65_000

/** A Fastify instance with the house rules and no routes yet. Building is not listening. */
export async function createPlane(
  house: House,
  request_timeout_ms = REQUEST_TIMEOUT_MS,
): Promise<FastifyInstance> {
  const { config, log, ids } = house
  const app = Fastify({
    logger: false,
    bodyLimit: limits.body_bytes_max,
    requestTimeout: request_timeout_ms,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    trustProxy: config.NGTB_TRUSTED_PROXY ?? false,
    genReqId: () => ids.uuid(),
    // What never becomes a request of a route, such as a path that can't be decoded.
    frameworkErrors: (error, request, reply) => sendRefusal(toRefusal(error, log, request), request, reply),
    // A ServerURL that ends with a slash makes paths of two.
    routerOptions: { maxParamLength: 200, ignoreDuplicateSlashes: true },
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    ...tls(config),
  }) as unknown as FastifyInstance
  acceptJsonOnly(app)
  app.decorateRequest('arrival', 0)
  app.decorateRequest('arrived_at', 0)
  app.decorateRequest('salvaged', null)
  app.decorateRequest('no_json', null)
  app.addHook('onRequest', async (request, reply) => {
    request.arrival = house.arrival()
    request.arrived_at = house.clock.now()
    reply.header('cache-control', 'no-store').header('x-request-id', request.id)
  })
  // What was let in before the stop is answered, and its connection ends with it: no client holds up the stop.
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
  app.setErrorHandler((error, request, reply) => sendRefusal(toRefusal(error, log, request), request, reply))
  app.setNotFoundHandler((request, reply) =>
    sendRefusal(
      new Refusal(
        'NGTB_NOT_FOUND',
        `${request.method} ${request.url.split('?', 1)[0]?.slice(0, 200)} is not served on this port`,
      ),
      request,
      reply,
    ),
  )
  await app.register(rateLimit, { global: false })
  return app
}

function tls(config: Config): { https?: { cert: Buffer; key: Buffer } } {
  if (config.NGTB_TLS_CERT_FILE === null || config.NGTB_TLS_KEY_FILE === null) return {}
  return { https: { cert: pem('NGTB_TLS_CERT_FILE', config), key: pem('NGTB_TLS_KEY_FILE', config) } }
}

function pem(name: 'NGTB_TLS_CERT_FILE' | 'NGTB_TLS_KEY_FILE', config: Config): Buffer {
  try {
    return readFileSync(config[name] ?? '')
  } catch (error) {
    throw new ConfigError(
      `${name}=${config[name]} can not be read: ${(error as Error).message}. Name a PEM file that this user may read.`,
    )
  }
}

/** Mounts a table of endpoints: a missing handler does not compile. */
export function mount<T extends Record<string, Endpoint>, H extends House>(
  app: FastifyInstance,
  plane: PlaneName,
  table: T,
  services: H,
  handlers: Handlers<T, H>,
): void {
  const count = rateCounters(app, services.config)
  for (const name of Object.keys(table) as (keyof T & string)[]) {
    const endpoint = table[name] as Endpoint
    const strict = endpoint.path.startsWith('/api/v1/')
    const body = compile(endpoint.body ?? (strict ? Nothing : undefined))
    const query = compile(endpoint.query ?? (strict ? Nothing : undefined))
    app.route({
      method: endpoint.method,
      url: endpoint.path,
      config: { lenient: LENIENT[endpoint.dialect ?? 'none'] },
      bodyLimit: endpoint.body_bytes_max ?? limits.body_bytes_max,
      // Before the body is read, where the key can't be in it: a stranger's 8 MiB is not worth parsing.
      onRequest: async (request) => {
        if (Array.isArray(endpoint.access) || endpoint.access === 'session')
          principals.set(request, await admitted(endpoint, services, request, undefined, count))
      },
      handler: async (request, reply) => {
        const principal =
          principals.get(request) ?? (await admitted(endpoint, services, request, request.body, count))
        const call: Call<H> = {
          services,
          endpoint,
          plane,
          request,
          reply,
          principal,
          arrival: request.arrival,
          body: check(
            body,
            request.body === undefined && !endpoint.body ? {} : request.body,
            'NGTB_BODY_INVALID',
          ),
          query: check(query, readQuery(endpoint.query, request.query as object), 'NGTB_QUERY_INVALID'),
          params: readParams(request),
        }
        if (endpoint.rate === 'create' && principal)
          await count(closes(call.body) ? 'safety' : 'create', request, principal.key_id)
        return handlers[name](call)
      },
    })
  }
}

/** Where /api/v1 asks for nothing, it takes nothing: unknown fields are refused there. */
const Nothing = Type.Object({}, { additionalProperties: false })

/** What reduces risk has a bucket of its own: opening can't use it up (security: rate limits). */
function closes(body: unknown): boolean {
  const { type, command_type } = body as { type?: string; command_type?: string }
  const name = type ?? command_type ?? ''
  return isCommandType(name) && COMMANDS[name].reduces_risk
}

/** Query values are text; those that the schema calls whole numbers become numbers when they are such. */
function readQuery(schema: Type.TSchema | undefined, query: object): Record<string, unknown> {
  const properties = (schema as { properties?: Record<string, { type?: string }> } | undefined)?.properties
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (String(value).includes('\0'))
        throw new Refusal('NGTB_QUERY_INVALID', `${name.slice(0, 60)} must not contain the NUL character`)
      const whole = typeof value === 'string' && /^[0-9]{1,15}$/.test(value)
      return [name, whole && properties?.[name]?.type === 'integer' ? Number(value) : value]
    }),
  )
}

/** A NUL can be in no name that the ledger keeps, and must not reach its SQL. */
function readParams(request: FastifyRequest): Record<string, string> {
  const params = request.params as Record<string, string>
  if (Object.values(params).some((value) => value.includes('\0')))
    throw new Refusal('NGTB_NOT_FOUND', 'the path contains the NUL character')
  return params
}

const LENIENT = { none: 'no', 'also legacy': 'else', legacy: 'always' } as const
const principals = new WeakMap<FastifyRequest, Principal | null>()

async function admitted(
  endpoint: Endpoint,
  house: House,
  request: FastifyRequest,
  body: unknown,
  count: Count,
): Promise<Principal | null> {
  try {
    const principal = await authorize(endpoint, house, request, body)
    // A login that keeps coming without its key is a stranger like any other.
    // A creation is counted by what it creates, so after its body was read.
    if (principal && endpoint.rate !== 'create') await count(endpoint.rate, request, principal.key_id)
    // What is open and takes a password is knocked at by strangers, too.
    else if (endpoint.access === 'connect' || (endpoint.access === 'open' && endpoint.method === 'POST'))
      await count('keyless', request, request.ip)
    return principal
  } catch (error) {
    if (error instanceof Refusal && (error.http === 401 || error.http === 403)) {
      await count('keyless', request, request.ip)
      house.log.warn('refused at the door', {
        code: error.code,
        method: request.method,
        path: endpoint.path,
        peer: request.ip,
        request_id: request.id,
      })
    }
    throw error
  }
}

/** A schema is compiled once, however many doors or servers of this process ask by it. */
const COMPILED = new WeakMap<Type.TSchema, Validator>()
function compile(schema: Type.TSchema | undefined): Validator | null {
  if (schema === undefined) return null
  const known = COMPILED.get(schema) ?? Compile(schema)
  COMPILED.set(schema, known)
  return known
}

function check(
  validator: Validator | null,
  value: unknown,
  code: 'NGTB_BODY_INVALID' | 'NGTB_QUERY_INVALID',
): unknown {
  if (!validator) return value
  if (value === undefined) throw new Refusal('NGTB_BODY_NOT_JSON', 'the body is empty: send a JSON object')
  if (!validator.Check(value)) throw new Refusal(code, describeFirst(validator.Errors(value)))
  return value
}
