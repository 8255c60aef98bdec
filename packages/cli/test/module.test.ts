// `ngtb module` and what `ngtb start` says of modules: a new one is tested and started as its README says.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test, vi } from 'vitest'
import { moduleRequests } from '../src/modules-beside.ts'
import { type House, openHouse, QUICK, until } from './modules/house.ts'
import { typed } from './support.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })
const dir = mkdtempSync(join(tmpdir(), 'ngtb-module-'))
let house: House | undefined
afterAll(async () => {
  await house?.stop()
  rmSync(dir, { recursive: true, force: true })
})

test('a new module’s own test passes; started, it trades at the broker', async () => {
  const made = await typed('module', 'new', 'breakout', '--dir', dir, '--json')
  expect(made).toMatchObject({ code: 0, json: { name: 'breakout', linked: true } })
  const folder = join(dir, 'breakout')
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/^# breakout\n/)
  const words = ['--import', import.meta.resolve('tsx'), '--test', join(folder, 'breakout.test.ts')]
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined }
  const { stdout } = await promisify(execFile)(process.execPath, words, { env })
  expect(stdout).toMatch(/pass 4/)

  house = await openHouse()
  const ea = await house.ea('12345678')
  const beside = await house.modules({ [join(folder, 'breakout.ts')]: { fast: 2, slow: 4 } }, QUICK)
  await until(() => beside.host.status()[0]?.state === 'running')
  let bid = 1.1
  const moves = (step: number) => {
    bid = Number((bid + step).toFixed(5))
    ea.price(bid)
  }
  await until(() => {
    moves(0.0001)
    return ea.broker.positions().length === 1
  })
  expect(ea.broker.positions()[0]).toMatchObject({ symbol: 'EURUSD', direction: 'BUY', volume: 0.01 })
  await until(() => {
    moves(-0.0001)
    return ea.broker.positions().length === 0
  })
  await beside.stop()
})

test('misuse is a sentence, before anything is started', async () => {
  expect(await typed('module', 'new', 'breakout', '--dir', dir)).toMatchObject({ code: 2, stdout: '' })
  expect((await typed('module', 'new', 'My Module')).stderr).toMatch(
    /"My Module" is not 1 to 40 small letters/,
  )
  const bad = join(dir, 'settings.json')
  writeFileSync(bad, '[]')
  const cases: [string[], RegExp][] = [
    [['--module', 'no-such.ts'], /There is no module no-such\.ts: give a file, or one of connection-monitor/],
    [['--module', 'trailing-stop', '--set', 'distance=5'], /--set "distance=5" is not MODULE\.SETTING=VALUE/],
    [['--set', 'trailing-stop.distance_points=5'], /settings for trailing-stop, but no module of this name/],
    [['--module-settings', join(dir, 'none.json')], /There is no file .*none\.json/],
    [['--module', 'trailing-stop', '--module-settings', bad], /is not \{ "MODULE"/],
  ]
  for (const [args, says] of cases) {
    const ended = await typed('start', '--any-port', ...args)
    expect(ended, args.join(' ')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(says) })
  }
})

test('modules come from the command line and from the environment, each once, with their settings', () => {
  const file = join(dir, 'good.json')
  writeFileSync(file, '{ "trailing-stop": { "magic": 7, "step_points": 5 } }')
  const asked = { module: ['trailing-stop'], set: ['trailing-stop.step_points=9'] }
  const env = { NGTB_MODULES: ' trailing-stop, connection-monitor ', NGTB_MODULE_SETTINGS: file }
  expect(moduleRequests(asked, env)).toMatchObject([
    { asked: 'trailing-stop', settings: { magic: 7, step_points: 9 } },
    { asked: 'connection-monitor', settings: {} },
  ])
})

test('the list names those that come with it', async () => {
  vi.stubEnv('NGTB_DATA_DIR', join(dir, 'nowhere'))
  const { json } = await typed('module', 'list', '--json')
  vi.unstubAllEnvs()
  expect(json.shipped.map(({ name }: { name: string }) => name)).toEqual([
    ...['connection-monitor', 'trailing-stop', 'daily-loss-guard'],
  ])
  expect(json.running).toEqual([])
})
