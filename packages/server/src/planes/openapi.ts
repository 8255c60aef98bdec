// The API's own description: the endpoint tables, told by @fastify/swagger through an instance that never listens.
import swagger from '@fastify/swagger'
import {
  commandEndpoints,
  type Endpoint,
  legacyCommandEndpoints,
  legacyTickEndpoints,
  legacyTradeEndpoints,
  logEndpoints,
  managementEndpoints,
  type PlaneName,
  tickEndpoints,
  tradeEndpoints,
} from '@ngtb/protocol'
import Fastify from 'fastify'
import Type from 'typebox'

const PLANES: [PlaneName, number, Record<string, Endpoint>][] = [
  ['command', 9900, { ...commandEndpoints, ...legacyCommandEndpoints }],
  ['ticks', 9901, { ...tickEndpoints, ...legacyTickEndpoints }],
  ['trades', 9902, { ...tradeEndpoints, ...legacyTradeEndpoints }],
  ['logs', 9903, logEndpoints],
  ['management', 9905, managementEndpoints],
]

const Refused = Type.Object({ status: Type.Literal('error'), error: Type.String(), message: Type.String() })
const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  hint: Type.String(),
  request_id: Type.String(),
})

const IntentName = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[!-~]{1,255}$',
      description: 'the name of the intent (P2); or command_id in the body',
    }),
  ),
})

let described: Promise<object> | undefined

/** OpenAPI 3.1 of all five ports. */
export function openApi(): Promise<object> {
  described ??= describe()
  return described
}

async function describe(): Promise<object> {
  const app = Fastify()
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (data) => JSON.stringify(data))
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'ngTradingBot',
        version: '0.1.0',
        description:
          'Five ports: 9900 commands, 9901 ticks, 9902 trades, 9903 logs, 9905 web and management.',
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'a management key' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-ngt',
            description:
              'a person’s session, from /api/v1/login; `ngt` on plain HTTP. Every request but GET also sends x-csrf-token',
          },
          ea_key: {
            type: 'apiKey',
            in: 'header',
            name: 'X-API-Key',
            description: 'the key that the first /api/connect returned; may travel as api_key in the body',
          },
        },
      },
      tags: PLANES.map(([name, port]) => ({ name, description: `port ${port}` })),
    },
  })
  const told = new Set<string>()
  for (const [plane, port, table] of PLANES)
    for (const [operationId, endpoint] of Object.entries(table)) {
      if (told.has(`${endpoint.method} ${endpoint.path}`)) continue
      told.add(`${endpoint.method} ${endpoint.path}`)
      app.route({
        method: endpoint.method,
        url: endpoint.path,
        schema: schemaOf(plane, port, operationId, endpoint),
        handler: () => ({}),
      })
    }
  await app.ready()
  const document = app.swagger()
  await app.close()
  return document
}

function schemaOf(
  plane: PlaneName,
  port: number,
  operationId: string,
  endpoint: Endpoint,
): Record<string, unknown> {
  const { access, summary, body, query, params, reply, path } = endpoint
  const ea = { ea_key: [] }
  const management = { bearer: [] }
  const session = { session: [] }
  const security =
    access === 'open'
      ? []
      : access === 'ea' || access === 'connect'
        ? [ea]
        : access === 'either'
          ? [ea, management]
          : access === 'session'
            ? [session]
            : Array.isArray(access)
              ? [management, session]
              : [management]
  const refusal = path.startsWith('/api/v1/') ? Problem : Refused
  const answer = reply ?? Type.Object({})
  const named = operationId === 'v1_command_create'
  return {
    operationId,
    summary,
    tags: [plane],
    security,
    description: `Port ${port}.${Array.isArray(access) ? ` Scopes: ${access.join(', ')}.` : ''}`,
    ...(body ? { body } : {}),
    ...(query ? { querystring: query } : {}),
    ...(params ? { params } : {}),
    ...(named ? { headers: IntentName } : {}),
    response: {
      ...(endpoint.creates ? { 201: answer } : {}),
      ...(endpoint.creates && !named ? {} : { 200: answer }),
      '4xx': refusal,
      '5xx': refusal,
    },
  }
}
