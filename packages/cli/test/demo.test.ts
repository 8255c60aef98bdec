import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { firstLine, processesOf, type Sandbox, sandbox, stop } from './support.ts'

// Each step is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let box: Sandbox
beforeEach(() => {
  box = sandbox()
})
afterEach(() => box.close())

const foldersLeft = () => readdirSync(box.dir).filter((name) => name.startsWith('ngtb-demo-'))

/** A market that wanders, with equal milliseconds and trailing zeros in it. */
function tickFile(lines: number): string {
  const rows = Array.from({ length: lines }, (_, at) => {
    const bid = 1.1212 + Math.round(40 * Math.sin(at / 37)) / 100_000
    return `${1_577_916_000_000 + Math.floor(at / 3) * 51},${bid.toFixed(6)},${(bid + 0.0001).toFixed(6)}`
  })
  const file = join(box.dir, 'eurusd-test.csv')
  writeFileSync(file, `time_utc_ms,bid,ask\n${rows.join('\n')}\n`)
  return file
}

const verdictOf = async (...more: string[]) => {
  const { code, json } = await box.run([
    'demo',
    '--any-port',
    '--fast',
    '--json',
    '--ticks',
    tickFile(1_500),
    ...more,
  ])
  expect(json.checks.filter((check: { held: boolean }) => !check.held)).toEqual([])
  expect(json).toMatchObject({ verdict: 'held', ticks: 1_500, symbol: 'EURUSD' })
  expect(code).toBe(0)
  expect(foldersLeft()).toEqual([])
  expect(processesOf(box.dir)).toEqual([])
}

test('the fast demo holds its verdict and leaves nothing behind', () => verdictOf())
test('also with a plain EA', () => verdictOf('--plain'))

const stepsOf = async (...more: string[]) => {
  const demo = box.start(['demo', '--any-port', '--json', ...more])
  const { steps } = JSON.parse(await firstLine(demo)) as { steps: { step: string; result: string }[] }
  expect(await stop(demo)).toBe(0)
  expect(foldersLeft()).toEqual([])
  expect(processesOf(box.dir)).toEqual([])
  return steps
}

test("the demo shows an order's life, and an EA that dies in the middle of one; it ends whole at SIGTERM", async () => {
  const steps = await stepsOf()
  expect(steps.map(({ step }) => step)).toEqual([
    'server',
    'EA connected',
    'ticks stored',
    'order opened',
    'modified',
    'order placed',
    'and cancelled',
    'part closed',
    'EA killed',
    'EA restarted',
    'found again',
    'all closed',
    'trade table',
  ])
  const said = new Map(steps.map(({ step, result }) => [step, result]))
  expect(said.get('EA connected')).toMatch(/native, epoch 1: .* by push/)
  expect(said.get('EA restarted')).toMatch(/epoch 2/)
  expect(said.get('found again')).toMatch(/found at the broker by its tag; carried out once/)
})

test('with --plain it shows what a plain EA does', async () => {
  expect((await stepsOf('--plain')).map(({ step }) => step)).toEqual([
    'server',
    'EA connected',
    'ticks stored',
    'order opened',
    'modified',
    'closed',
    'trade table',
  ])
})

test('nothing stays of a demo that was killed', async () => {
  const demo = box.start(['demo', '--any-port', '--json'])
  await firstLine(demo)
  await stop(demo, 'SIGKILL')
  for (let left = 100; left > 0 && (foldersLeft().length > 0 || processesOf(box.dir).length > 0); left--)
    await pause(100)
  expect(foldersLeft()).toEqual([])
  expect(processesOf(box.dir)).toEqual([])
})

test('a file that is not one of ticks is told with its line', async () => {
  const file = join(box.dir, 'eurusd-bad.csv')
  writeFileSync(file, 'time_utc_ms,bid,ask\n1577916000065,1.12,1.13\nnonsense\n')
  const ended = await box.run(['demo', '--any-port', '--fast', '--ticks', file])
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^line 3 is not/) })
})

test('the demo says at its end that nothing stays', async () => {
  const ended = await box.run(['demo', '--any-port', '--seconds', '0'])
  expect(ended).toMatchObject({ code: 0, stderr: 'Ended; temporary folder removed\n' })
})
