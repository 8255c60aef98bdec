// Every setting is checked at start; a wrong one stops it with a sentence that names variable and remedy.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, readConfig, SETTINGS } from '../src/config.ts'

interface Row {
  readonly kind: string
  readonly default: unknown
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly string[]
}
const rows = Object.entries(SETTINGS) as [string, Row][]
const complaint = (env: Record<string, string>): string => {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return 'accepted'
}

test('an empty environment gives the published defaults, and an empty value is no value', () => {
  const config = readConfig({})
  for (const [name, { default: value }] of rows) expect(config[name as keyof typeof config]).toBe(value)
  expect(readConfig(Object.fromEntries(rows.map(([name]) => [name, ' '])))).toEqual(config)
  expect(config).toMatchObject({ loopback: true, enrolment: 'first-connect', HEARTBEAT_TIMEOUT: 60 })
})

for (const [name, { kind, min, max, choices }] of rows) {
  const wrong: string[] = []
  if (kind === 'int' || kind === 'port' || kind === 'number')
    wrong.push('abc', 'NaN', 'Infinity', '1e999', '0x', '1,5', String((max ?? 0) + 1), String((min ?? 0) - 1))
  if (kind === 'int' || kind === 'port') wrong.push('1.5')
  if (kind === 'flag') wrong.push('maybe', '2')
  if (choices) wrong.push('other')
  if (wrong.length > 0)
    test(`${name}: a wrong value is refused by name, with what would be right`, () => {
      for (const text of wrong) {
        const said = complaint({ [name]: text })
        expect(said).toContain(`${name}=${text}`)
        expect(said).toMatch(/from .+ to .+ default is|Set |Use one of/)
      }
    })
}

test('HEARTBEAT_TIMEOUT and MAX_HEARTBEAT_AGE_SEC are one setting: either, or both alike', () => {
  expect(readConfig({ HEARTBEAT_TIMEOUT: '90' })).toMatchObject({
    HEARTBEAT_TIMEOUT: 90,
    MAX_HEARTBEAT_AGE_SEC: 90,
  })
  expect(readConfig({ MAX_HEARTBEAT_AGE_SEC: '90' })).toMatchObject({
    HEARTBEAT_TIMEOUT: 90,
    MAX_HEARTBEAT_AGE_SEC: 90,
  })
  expect(readConfig({ MAX_HEARTBEAT_AGE_SEC: '90', HEARTBEAT_TIMEOUT: '90' })).toMatchObject({
    HEARTBEAT_TIMEOUT: 90,
  })
  expect(complaint({ MAX_HEARTBEAT_AGE_SEC: '90', HEARTBEAT_TIMEOUT: '91' })).toMatch(
    /HEARTBEAT_TIMEOUT=91 and MAX_HEARTBEAT_AGE_SEC=90.*Remove one/,
  )
  expect(complaint({ MAX_HEARTBEAT_AGE_SEC: '20' })).toMatch(/HEARTBEAT_INTERVAL_SEC=30.*Raise/)
})

test('an unknown NGTB_ name is a spelling mistake; other programs’ names are theirs', () => {
  expect(complaint({ NGTB_BINT: '0.0.0.0' })).toMatch(/NGTB_BINT is not a setting.*NGTB_BIND\?/)
  expect(complaint({ NGTB_URL: 'x', NGTB_API_KEY: 'y', PATH: 'z', PORT: '1' })).toBe('accepted')
})

test('a bind beyond loopback names its three ways out, and each of them is one', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ngtb-tls-'))
  const pem = path.join(folder, 'pem')
  fs.writeFileSync(pem, 'x')
  for (const NGTB_BIND of ['0.0.0.0', '::', '192.168.1.5']) {
    const said = complaint({ NGTB_BIND })
    for (const way of ['NGTB_TLS_CERT_FILE', 'NGTB_TRUSTED_PROXY', 'NGTB_INSECURE_HTTP=1'])
      expect(said).toContain(way)
    expect(readConfig({ NGTB_BIND, NGTB_INSECURE_HTTP: '1' })).toMatchObject({
      loopback: false,
      enrolment: 'closed',
    })
    expect(complaint({ NGTB_BIND, NGTB_TRUSTED_PROXY: '10.0.0.0/24' })).toBe('accepted')
    expect(complaint({ NGTB_BIND, NGTB_TLS_CERT_FILE: pem, NGTB_TLS_KEY_FILE: pem })).toBe('accepted')
  }
  fs.rmSync(folder, { recursive: true })
  for (const NGTB_BIND of ['127.0.0.1', '127.9.9.9', '::1', 'localhost'])
    expect(complaint({ NGTB_BIND })).toBe('accepted')
  expect(complaint({ NGTB_BIND: 'my-host' })).toMatch(/NGTB_BIND=my-host.*Use/)
  expect(complaint({ NGTB_TLS_CERT_FILE: pem })).toMatch(/belong together/)
  expect(complaint({ NGTB_TRUSTED_PROXY: 'somewhere' })).toMatch(/NGTB_TRUSTED_PROXY=somewhere.*Use/)
})

test('five ports, none of them twice', () => {
  expect(complaint({ PORT_TICKS: '9900' })).toMatch(/PORT_TICKS=9900.*own/)
  expect(complaint({ PORT_TICKS: '0', PORT_LOGS: '0' })).toBe('accepted')
})
