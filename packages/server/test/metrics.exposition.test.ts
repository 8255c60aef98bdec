// /metrics as Prometheus reads it: the table and what is exposed are the same, the text holds promtool's rules, what
// happened is in it, and who may read it is who may read the status.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { METRICS, type Metric } from '../src/telemetry/metrics.ts'
import { PrometheusMetrics } from '../src/telemetry/registry.ts'
import { OPEN, Scene } from './support/client.ts'
import { UNLIMITED } from './support/doors.ts'
import { type Family, readExposition } from './support/exposition.ts'
import { testServer } from './support/server.ts'

let scene: Scene
beforeAll(async () => {
  scene = await Scene.open({ env: UNLIMITED })
})
afterAll(() => scene.t.stop())

async function scrape(): Promise<Map<string, Family>> {
  const { status, body, headers } = await scene.t.call('webui', 'GET', '/metrics')
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  return readExposition(body)
}

const read = (families: Map<string, Family>, name: string, labels: Record<string, string> = {}) =>
  families
    .get(name.replace(/_(count|sum|bucket)$/, ''))
    ?.samples.find(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
    )?.value

test('each metric of the table is exposed as it stands there, and no other', async () => {
  const families = await scrape()
  expect([...families.keys()].sort()).toEqual(Object.keys(METRICS).sort())
  for (const [name, { kind, about, labels = [] }] of Object.entries(METRICS as Record<string, Metric>)) {
    const family = families.get(name)
    expect([name, family?.type, family?.help]).toEqual([name, kind, about])
    for (const sample of family?.samples ?? [])
      expect([name, ...Object.keys(sample.labels).filter((label) => label !== 'le')]).toEqual([
        name,
        ...labels,
      ])
  }
})

test('what happened is told: a command from created to stored, ticks, what the database did', async () => {
  const before = await scrape()
  const { body } = await scene.create('metrics-1', OPEN)
  await scene.poll()
  await scene.t.call('command', 'POST', '/api/command_response', {
    key: scene.ea,
    body: { command_id: body.command_id, status: 'completed', response: { ticket: 7, retcode: 10009 } },
  })
  const tick = { symbol: 'EURUSD', bid: 1.1, ask: 1.2, timestamp: 1_700_000_000 }
  const batch = await scene.t.call('ticks', 'POST', '/api/ticks/batch', {
    key: scene.ea,
    body: { ticks: [tick, { ...tick, bid: 1.11 }] },
  })
  expect(batch.status).toBe(200)
  const after = await scrape()
  const grew = (name: string, labels: Record<string, string> = {}) =>
    (read(after, name, labels) ?? 0) - (read(before, name, labels) ?? 0)
  expect(grew('ngtb_commands_created_total', { type: 'OPEN_TRADE' })).toBe(1)
  expect(grew('ngtb_command_events_total', { event: 'completed' })).toBe(1)
  for (const hop of ['created_durable', 'durable_delivered', 'delivered_answered', 'answered_stored'])
    expect([hop, grew('ngtb_command_hop_seconds_count', { hop })]).toEqual([hop, 1])
  expect(grew('ngtb_command_duration_seconds_count', { status: 'completed' })).toBe(1)
  expect(grew('ngtb_ticks_stored_total')).toBe(2)
  expect(grew('ngtb_commits_total')).toBeGreaterThan(2)
  expect(read(after, 'ngtb_database_up')).toBe(1)
  expect(read(after, 'ngtb_database_size_bytes')).toBeGreaterThan(1_000_000)
  expect(read(after, 'ngtb_connection_up')).toBe(1)
  expect(read(after, 'ngtb_connections', { state: 'connected' })).toBe(1)
})

test('alerts that stand are told by severity, and no longer when they are cleared', async () => {
  const standing = async (severity: string) => read(await scrape(), 'ngtb_alerts', { severity })
  expect([await standing('critical'), await standing('warning')]).toEqual([0, 0])
  const key = await scene.t.key(['alerts:write'])
  const { status, body } = await scene.t.call('webui', 'POST', '/api/v1/alerts', {
    key,
    body: { text: 'the sky falls', severity: 'critical' },
  })
  expect(status).toBe(201)
  expect([await standing('critical'), await standing('warning')]).toEqual([1, 0])
  await scene.t.call('webui', 'POST', `/api/v1/alerts/${body.alert_id}/clear`, { key, body: {} })
  expect(await standing('critical')).toBe(0)
})

test('who may read the status of the whole may read it, and nobody else', async () => {
  const bound = await scene.t.key(['commands:read'], scene.login)
  const refused = await scene.t.call('webui', 'GET', '/metrics', { key: bound })
  expect([refused.status, refused.headers['content-type']]).toEqual([403, 'application/json; charset=utf-8'])
  expect((await scene.t.call('webui', 'GET', '/metrics', { key: scene.ea })).status).toBe(403)
  const foreign = { headers: { host: 'evil.example' } }
  expect((await scene.t.call('webui', 'GET', '/metrics', foreign)).status).toBe(403)
  const key = await scene.t.key(['commands:read'])
  expect((await scene.t.call('webui', 'GET', '/metrics', { key })).status).toBe(200)
  expect((await scene.t.call('command', 'GET', '/metrics')).status).toBe(404)
})

test('beyond loopback it needs a key', async () => {
  const open = await testServer({ env: { NGTB_BIND: '0.0.0.0', NGTB_INSECURE_HTTP: '1' } })
  try {
    expect((await open.call('webui', 'GET', '/metrics')).status).toBe(401)
    const key = await open.key(['commands:read'])
    expect((await open.call('webui', 'GET', '/metrics', { key })).status).toBe(200)
  } finally {
    await open.stop()
  }
})

describe('the strict reader refuses what promtool refuses', () => {
  const head = '# HELP a_total x\n# TYPE a_total counter\n'
  const histogram = '# HELP h_seconds x\n# TYPE h_seconds histogram\n'
  test.each([
    ['a duplicate', `${head}a_total 1\na_total 2\n`, 'the same series twice'],
    ['no HELP', '# TYPE a_total counter\na_total 1\n', 'TYPE does not follow'],
    ['a counter without _total', '# HELP a x\n# TYPE a counter\na 1\n', 'end in _total'],
    ['milliseconds', '# HELP a_ms x\n# TYPE a_ms gauge\na_ms 1\n', 'base units'],
    ['no type at all', 'a 1\n', 'outside of its family'],
    ['a bad label', `${head}a_total{b='1'} 1\n`, 'not a sample'],
    ['an open last line', `${head}a_total 1`, 'does not end'],
    [
      'buckets that fall',
      `${histogram}h_seconds_bucket{le="1"} 2\nh_seconds_bucket{le="+Inf"} 1\nh_seconds_sum 1\nh_seconds_count 1\n`,
      'below the one',
    ],
    [
      '+Inf that is not the count',
      `${histogram}h_seconds_bucket{le="+Inf"} 1\nh_seconds_sum 1\nh_seconds_count 2\n`,
      'is not the count',
    ],
  ])('%s', (_what, text, rule) => expect(() => readExposition(text)).toThrow(rule))
})

test('a label cannot break out of its line', async () => {
  const metrics = new PrometheusMetrics()
  metrics.show('ngtb_connection_up', [[1, 'a"b\\c\nd']])
  const [sample] = readExposition(await metrics.text()).get('ngtb_connection_up')?.samples ?? []
  expect(sample?.labels.account).toBe('a\\"b\\\\c\\nd')
})
