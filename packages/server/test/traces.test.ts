// One trace of a command, from the SDK to the EA's answer: real SDK, real server, a native EA with a clock of its own,
// and a receiver of OTLP/HTTP in JSON. The server is another one between delivery and answer: the trace goes on.
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from '@ngtb/sdk'
import { trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../src/config.ts'
import { silentLog } from '../src/platform/log.ts'
import { openTracing, type Tracing } from '../src/platform/tracing.ts'
import { LOGIN, OPEN, Scene } from './support/client.ts'
import { UNLIMITED } from './support/doors.ts'
import { NativeHand } from './support/native-ea.ts'
import { freshDatabase, testServer } from './support/server.ts'
import { until } from './support/wait.ts'

interface Span {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
}

const spans: Span[] = []
const asked: string[] = []
let receiver: HttpServer
let endpoint: string
beforeAll(async () => {
  receiver = createServer((request, reply) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      asked.push(`${request.url} ${request.headers['x-tenant'] ?? ''}`)
      for (const resource of JSON.parse(text).resourceSpans)
        for (const scope of resource.scopeSpans) spans.push(...scope.spans)
      reply.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
})
afterAll(() => void receiver.close())

const named = (name: string): Span => {
  const found = spans.find((span) => span.name === name)
  if (!found) throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(', ')}`)
  return found
}

const parentOf = (name: string) =>
  spans.find(({ spanId }) => spanId === named(name).parentSpanId)?.name ?? null

const env = () => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/`,
  OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b',
})
const traced = async (): Promise<Tracing> => {
  const tracing = await openTracing(readConfig(env()), silentLog)
  if (!tracing) throw new Error('the OpenTelemetry packages are not installed')
  return tracing
}

test('from the SDK to the EA’s answer, across a restart of the server', async () => {
  const provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }))],
  })
  trace.setGlobalTracerProvider(provider)
  const database = await freshDatabase()
  const first = await traced()
  const before = await testServer({ ...{ database, env: UNLIMITED }, tracer: first.tracer, listen: true })
  const scene = await Scene.at(before)
  const ea = new NativeHand(scene)
  await ea.connect()
  await ea.poll()
  const { port } = before.server.planes.webui.server.address() as AddressInfo
  const client = createClient({
    url: `http://127.0.0.1:${port}`,
    api_key: scene.admin,
    account: Number(LOGIN),
  })
  const { command_id } = await client.openTrade({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.1 })
  await client.close()
  expect((await ea.commands()).map(({ id }) => id)).toEqual([command_id])
  await before.server.stop()
  await before.store.close()
  await first.close()

  const second = await traced()
  const after = await testServer({ ...{ database, env: UNLIMITED }, tracer: second.tracer })
  const again = new NativeHand(scene.on(after))
  again.journal_id = ea.journal_id
  again.epoch = ea.epoch
  again.highest_command_no = 1
  // The same process of the EA: 80 ms there, 30 of them at the broker.
  again.mono_ms = 2_080
  const times = { received_at_ms: 2_000, order_sent_at_ms: 2_010, executed_at_ms: 2_040 }
  const said = { command_no: 1, attempt: 1, evidence: 'journal', ...times }
  const answer = await again.answer(command_id, 'completed', { ticket: '7', retcode: 10009 }, said)
  expect(answer.body).toMatchObject({ status: 'success', command_id })
  const shown = (await scene.on(after).show(command_id)).body
  // Read from the ledger behind the command's back: told once the reading is done.
  await until(async () => {
    await second.flush()
    return spans.some(({ name }) => name === 'command completed')
  })
  await after.stop()
  await second.close()
  await provider.shutdown()

  expect(new Set(spans.map((span) => span.traceId)).size).toBe(1)
  expect(named('send a command').parentSpanId ?? '').toBe('')
  expect(parentOf('command asked for')).toBe('send a command')
  expect(parentOf('command handed out')).toBe('command asked for')
  expect(parentOf('command at the EA')).toBe('command asked for')
  expect(parentOf('order at the broker')).toBe('command at the EA')
  expect(parentOf('command completed')).toBe('command asked for')
  for (const { startTimeUnixNano, endTimeUnixNano } of spans)
    expect(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano)).toBe(true)
  expect(asked).toContain('/v1/traces a b')

  // And the same way as hops: they sum to the whole.
  const hops: { to: string; ms: number; uncertainty_ms?: number }[] = shown.hops
  expect(hops.map(({ to }) => to)).toEqual([
    'delivered',
    'ea_received',
    'order_sent',
    'executed',
    'completed',
  ])
  const whole = Date.parse(shown.completed_at) - Date.parse(shown.created_at)
  expect(hops.reduce((sum, { ms }) => sum + ms, 0)).toBe(whole)
  expect(hops.filter(({ uncertainty_ms }) => uncertainty_ms !== undefined)).toHaveLength(4)
})

test('without a tracer a caller’s traceparent is kept with the command; a broken one costs nothing', async () => {
  const t = await testServer({ env: UNLIMITED })
  try {
    const scene = await Scene.at(t)
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const made = async (key: string, header: string) => {
      const headers = { 'idempotency-key': key, traceparent: header }
      const created = await t.call('webui', 'POST', scene.path, { key: scene.admin, body: OPEN, headers })
      expect(created.status).toBe(201)
      return (await scene.show(created.body.command_id)).body.events[0].data.trace
    }
    expect(await made('kept', traceparent)).toBe(traceparent)
    expect(
      await made('of-two', `00-11111111111111111111111111111111-2222222222222222-01, ${traceparent}`),
    ).toBe(traceparent)
    for (const broken of [
      'x',
      '00-00000000000000000000000000000000-b7ad6b7169203331-01',
      traceparent.toUpperCase(),
    ])
      expect(await made(broken, broken)).toBeUndefined()
  } finally {
    await t.stop()
  }
})

test('a receiver that is away, or refuses, is nobody’s trouble', async () => {
  const config = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  const tracing = await openTracing(config, silentLog)
  tracing?.tracer.startSpan('nobody hears it').end()
  await tracing?.close()
  expect(await openTracing(readConfig({}), silentLog)).toBeNull()
})
