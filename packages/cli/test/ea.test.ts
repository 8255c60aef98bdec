import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { firstLine, type Sandbox, sandbox, typed } from './support.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const EA = fileURLToPath(new URL('../../../ea/', import.meta.url))

let box: Sandbox
// biome-ignore lint/suspicious/noExplicitAny: one JSON line
let ready: any

beforeAll(async () => {
  box = sandbox()
  ready = JSON.parse(await firstLine(box.start(['start', '--json', '--any-port'])))
  vi.stubEnv('NGTB_DATA_DIR', join(box.dir, 'data'))
  for (const name of ['NGTB_API_KEY', 'NGTB_URL', 'DATABASE_URL']) vi.stubEnv(name, undefined)
})
afterAll(() => box.close())

describe('ea install', () => {
  const terminal = (name: string) => {
    const folder = join(box.dir, name)
    for (const part of ['Experts', 'Include']) mkdirSync(join(folder, 'MQL5', part), { recursive: true })
    return folder
  }
  const expert = (folder: string) => join(folder, 'MQL5', 'Experts', 'NgTradingBot.mq5')

  test('copies every file of the EA, says so, and does nothing the second time', async () => {
    const folder = terminal('one')
    const first = await typed('ea', 'install', '--terminal', folder, '--json')
    const parts = readdirSync(join(EA, 'Include', 'NgTB')).length
    expect(first).toMatchObject({ code: 0, json: { new: parts + 1, updated: 0, unchanged: 0 } })
    expect(readFileSync(expert(folder))).toEqual(readFileSync(join(EA, 'Experts', 'NgTradingBot.mq5')))
    const again = await typed('ea', 'install', '--terminal', join(folder, 'MQL5'), '--json')
    expect(again.json).toMatchObject({ new: 0, updated: 0, unchanged: parts + 1 })
    const told = await typed('ea', 'install', '--terminal', folder)
    expect(told.stdout).toMatch(/0 new, 0 updated.*\n[\s\S]*compile it \(F7\)/)
  })

  test('keeps beside it what the trader had changed by hand', async () => {
    const folder = terminal('two')
    writeFileSync(expert(folder), '// mine')
    const made = await typed('ea', 'install', '--terminal', folder, '--json')
    expect(made.json).toMatchObject({ updated: 1 })
    expect(readFileSync(`${expert(folder)}.before`, 'utf8')).toBe('// mine')
  })

  test('a folder that is no terminal is refused with the way to find it', async () => {
    const refused = await typed('ea', 'install', '--terminal', join(box.dir, 'nowhere'))
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/holds no folder MQL5.*File > Open Data Folder/)
    expect(existsSync(join(box.dir, 'nowhere'))).toBe(false)
  })
})

describe('pair', () => {
  const connect = (code: string) => {
    const [url = '', api_key = ''] = code.split('#')
    return fetch(`${url}/api/connect`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': api_key },
      body: JSON.stringify({ account: 87654321, broker: 'Somebroker' }),
    })
  }

  test('one code holds address and key; the key of a known login is exchanged, not doubled', async () => {
    const first = await typed('pair', '87654321', '--no-wait', '--json')
    expect(first).toMatchObject({ code: 0, json: { account_number: '87654321', connected: false } })
    const { code, urls } = first.json
    expect(code).toMatch(new RegExp(`^http://127.0.0.1:${ready.ports.command}#ngt_live_[a-z0-9]{12}_.{43}$`))
    expect(urls).toContain(`http://127.0.0.1:${ready.ports.command}`)
    const told = await typed('pair', '87654321', '--no-wait')
    // Any free ports are never four in a row.
    expect(told.stdout).toMatch(/looks for ticks, trades and logs on the three ports behind/)
    const second = await typed('pair', '87654321', '--no-wait', '--json')
    expect(second.json.code).not.toBe(code)
    expect((await connect(second.json.code)).status).toBe(200)
    // Its first use has ended the one before.
    expect((await connect(code)).status).toBe(403)
  })

  test('waits until the EA is there, and says so', async () => {
    const child = box.start(['pair', '87654321'])
    let said = ''
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const code = await new Promise<string>((resolve) => {
      child.stdout?.on('data', (chunk) => {
        said += chunk
        const found = /Input Server\s+(\S+)/.exec(said)?.[1]
        if (found && said.includes('Waiting for the EA')) resolve(found)
      })
    })
    expect((await connect(code)).status).toBe(200)
    expect(await ended).toBe(0)
    expect(said).toMatch(/The EA of 87654321 is there/)
  })

  test('a login that is none, and an EA that never comes', async () => {
    expect((await typed('pair', 'abc')).code).toBe(2)
    const alone = await typed('pair', '87654322', '--minutes', '0.01')
    expect(alone.code).toBe(2)
    expect(alone.stderr).toMatch(/minutes/)
  })
})
