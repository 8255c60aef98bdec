// Modules that throw, spin, leak and flood: each ends alone and is started again, and commands are delivered meanwhile.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type House, openHouse, QUICK, until } from './modules/house.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

/** An order of these tests is never too late, however busy the machine is. */
const ttl_ms = 600_000
const [ONE, TWO] = ['11111111', '22222222']
let house: House
beforeAll(async () => {
  house = await openHouse({ NGTB_RATE_CREATE: '10', NGTB_LOG_LEVEL: 'error' })
  await house.ea(ONE)
  await house.ea(TWO)
})
afterAll(() => house.stop())

test('four bad modules: each is started again with backoff, the good one lives, every command is delivered', async () => {
  const client = await house.client(ONE)
  const beside = await house.modules({
    ...{ good: {}, throws: {}, spins: {}, leaks: { memory_mb: 192 } },
    floods: { accounts: TWO, requests_per_s: 2_000 },
  })
  const of = (name: string) => beside.host.status().find((one) => one.asked === name)
  await until(() => of('good')?.state === 'running')
  const { pid } = of('good') ?? {}
  // Orders go on as long as there is trouble; each opens.
  let opened = 0
  const trouble = () => {
    const enough = { throws: 2, spins: 1, leaks: 1 }
    const bad = Object.entries(enough).every(([name, times]) => (of(name)?.restarts ?? 0) >= times)
    const flooded = house.said(/^flood: taken [1-9]\d*, refused [1-9]/).length > 0
    return !(bad && flooded && opened >= 10)
  }
  while (trouble()) {
    const order = await client.openTrade({ symbol: 'EURUSD', order_type: 'BUY', volume: 0.01, ttl_ms })
    const outcome = await order.settled()
    expect(outcome).toMatchObject({ kind: 'completed', ticket: expect.any(String) })
    const { ticket = '' } = outcome.kind === 'completed' ? outcome : {}
    expect(await (await client.closeTrade({ ticket })).settled()).toMatchObject({ kind: 'completed' })
    opened++
  }
  // What each died of is said, and that it waits longer each time.
  expect(house.said(/^module throws failed: planted\. It is started again in 0\.2 s/)).not.toEqual([])
  expect(house.said(/^module throws failed: planted\. It is started again in 0\.4 s/)).not.toEqual([])
  expect(house.said(/^module spins gave no sign of life for 6 s/)).not.toEqual([])
  expect(house.said(/^module leaks took \d+ MB of memory; 192 MB are allowed/)).not.toEqual([])
  // The others were not touched; the flood met the ordinary limit and is no reason to end it.
  expect(of('good')).toMatchObject({ pid, restarts: 0, state: 'running' })
  expect(of('floods')).toMatchObject({ restarts: 0, state: 'running' })
  await beside.stop()
  expect(beside.host.status().map(({ state }) => state)).toEqual(Array(5).fill('ended'))
})

test('its key is its own: shown by its name, with its scopes, ended with it; a revoked one keeps it down', async () => {
  const { keys } = house.running.server.services
  const alive = async () =>
    (await keys.list({ limit: 100, after: null })).items.filter(
      ({ label, revoked_at }) => label.startsWith('module:') && revoked_at === null,
    )
  expect(await alive()).toEqual([])
  const first = await house.modules({ good: {}, witness: { accounts: ONE } })
  const status = () => first.host.status()
  await until(() => status().every(({ state }) => state === 'running'))
  const made = await alive()
  expect(made.map(({ label }) => label).sort()).toEqual(['module:(host)', 'module:good', 'module:witness'])
  const witness = made.find(({ label }) => label === 'module:witness')
  expect(witness).toMatchObject({ account_id: 1 })
  expect(witness?.scopes).not.toContain('commands:open')
  await keys.revoke(witness?.key_id ?? '', 'test')
  await until(() => status()[1]?.state === 'ended')
  expect(status()[1]?.last_end).toMatch(/failed/)
  expect(house.said(/^module witness .* stays down until the server is started again/)).not.toEqual([])
  expect(status()[0]?.state).toBe('running')
  // As a server that was killed leaves them: the next start ends what nobody asks for any more.
  const second = await house.modules({ witness: {} })
  await until(() => second.host.status()[0]?.state === 'running')
  expect((await alive()).map(({ label }) => label).sort()).toEqual(['module:(host)', 'module:witness'])
  await second.stop()
  await first.stop()
  expect(await alive()).toEqual([])
})

test('a slow module gets the newest tick and is told; wrong files and settings say what to change', async () => {
  const ea = await house.ea('33333333')
  const beside = await house.modules({
    ...{ slow: { accounts: '33333333' }, good: { speed: 3 } },
    ...{ [`${import.meta.dirname}/support.ts`]: {}, witness: { accounts: '44444444' } },
  })
  const end = (at: number) => beside.host.status()[at]?.last_end ?? ''
  let bid = 1.1
  await until(() => {
    bid = Number((bid + 0.00001).toFixed(5))
    ea.price(bid)
    return house.said(/^slow EURUSD behind$/)[0]
  })
  await until(() => house.said(/^module slow is slow: \d+ ticks were passed over/)[0])
  await until(() => /there is no setting speed; it has none/.test(end(1)))
  await until(() => /write `export default defineModule/.test(end(2)))
  await until(() => /there is no account with the login 44444444 yet/.test(end(3)))
  await beside.stop()
})

test('the alert of a module that could not be loaded ends when it runs, by whatever name it is then called', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ngtb-mended-'))
  const source = join(folder, 'mended.mjs')
  writeFileSync(source, 'export default 7')
  const client = await house.client(ONE)
  const beside = await house.modules({ [source]: {} }, { ...QUICK, stable_ms: 500 })
  const raised = async (state: 'open' | 'cleared') =>
    (await client.alerts.list({ state, limit: 100 }).all()).filter(({ name }) => name === `module:${source}`)
  await until(async () => (await raised('open')).length > 0)
  writeFileSync(
    source,
    `export default { name: 'mended', scopes: ['commands:read'], [Symbol.for('ngtb.module')]: true }`,
  )
  await until(async () => (await raised('cleared')).length > 0)
  expect(await raised('open')).toEqual([])
  await beside.stop()
  rmSync(folder, { recursive: true })
})
