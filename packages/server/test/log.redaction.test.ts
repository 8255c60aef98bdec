// What must never stand in a log is planted in it, in every way that it could get there; none is found. And the files
// of the log are rotated, and kept to their number.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'
import { logTo, openLog } from '../src/platform/log.ts'
import { until } from './support/wait.ts'

const KEY_SECRET = 'Zk3_9x-QwErTyUiOpAsDfGhJkLzXcVbNm1234567890'
const KEY = `ngt_live_abcdef123456_${KEY_SECRET}`
const SECRETS = {
  key: KEY_SECRET,
  password: 'correct horse battery',
  cookie: 'q8fJ2mNvT4xYzW1bKs7LpR',
  totp: 'JBSWY3DPEHPK3PXP',
  telegram: '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1',
  link: 'h7Gk29sLmQwXz81c',
  basic: 'dXNlcjpzZWNyZXQtd29yZA==',
  database: 'pg-pass-word-77',
} as const

function lines(): { log: ReturnType<typeof logTo>; text: () => string } {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  })
  return { log: logTo('info', stream), text: () => text }
}

/** Each way in which a secret gets into a line. */
const PLANTED: [how: string, message: string, details: Record<string, unknown>][] = [
  ['a field', 'x', { api_key: KEY, password: SECRETS.password, secret: SECRETS.totp }],
  ['deep', 'x', { a: { b: [{ c: { Authorization: `Bearer ${KEY}`, totp_secret: SECRETS.totp } }] } }],
  [
    'headers',
    'x',
    { headers: { cookie: `ngt=${SECRETS.cookie}`, 'set-cookie': [`__Host-ngt=${SECRETS.cookie}; Path=/`] } },
  ],
  [
    'names of ours',
    'x',
    { telegram_token: SECRETS.telegram, TELEGRAM_BOT_TOKEN: SECRETS.telegram, setup_link: SECRETS.link },
  ],
  ['camel case', 'x', { apiKey: KEY, privateKey: SECRETS.password, newPassword: SECRETS.password }],
  ['a sentence', `the key ${KEY} was refused`, { why: `Authorization: Bearer ${KEY}` }],
  ['a sentence about a password', `password: ${SECRETS.cookie} is wrong, totp=${SECRETS.totp}`, {}],
  ['JSON in a sentence', 'x', { body: `{"api_key":"${KEY}","token":"${SECRETS.link}"}` }],
  ['a cookie in a sentence', `got ngt=${SECRETS.cookie}; and __Host-ngt=${SECRETS.cookie}`, {}],
  ['a one-time link', `open http://127.0.0.1:9905/#/setup?token=${SECRETS.link} once`, {}],
  ['Telegram’s address', `POST https://api.telegram.org/bot${SECRETS.telegram}/sendMessage failed`, {}],
  ['basic', `sent Basic ${SECRETS.basic}`, {}],
  ['an address', `postgres://ngtb:${SECRETS.database}@db:5432/x is away`, {}],
  ['TOTP’s address', 'x', { uri: `otpauth://totp/x?secret=${SECRETS.totp}&issuer=y` }],
  ['an error', 'x', { error: new Error(`failed with ${KEY}`) }],
  [
    'a map and a set',
    'x',
    { map: new Map([['token', SECRETS.link]]), set: new Set([`token=${SECRETS.link}`]) },
  ],
  ['the name of a field', 'x', { [KEY]: 1 }],
]

test.each(PLANTED)('%s', (_how, message, details) => {
  const { log, text } = lines()
  for (const say of [log.info, log.warn, log.error]) say(message, details)
  expect(text().split('\n')).toHaveLength(4)
  for (const [name, secret] of Object.entries(SECRETS))
    expect([name, text().includes(secret)]).toEqual([name, false])
})

test('what is no secret is left as it is', () => {
  const { log, text } = lines()
  const facts = {
    ...{
      command_id: '0b0e2d80-6f0c-4b5e-9c5e-1f4f8b1f2a3b',
      ticket: '7',
      code: 'NGTB_KEY_INVALID',
      retcode: 10009,
    },
    ...{ key_id: 'abcdef123456', session_id: 5, path: '/api/v1/accounts/1/commands', peer: '127.0.0.1' },
    ...{
      at: new Date(0),
      journal_id: 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
      symbol: 'EURUSD',
      nothing: null,
    },
  }
  log.warn('refused at the door: EURUSD 12:30:05 1.08512', facts)
  expect(JSON.parse(text())).toMatchObject({
    ...{ ...facts, at: '1970-01-01T00:00:00.000Z' },
    ...{ level: 40, msg: 'refused at the door: EURUSD 12:30:05 1.08512' },
  })
})

test('a circle, a deep hole and a long text end somewhere, and nothing that is logged is changed', () => {
  const { log, text } = lines()
  const circle: Record<string, unknown> = { name: 'circle', password: 'hunter22' }
  circle.self = circle
  log.info('x', { circle, long: 'y'.repeat(100_000) })
  expect(text().length).toBeLessThan(40_000)
  expect(circle.password).toBe('hunter22')
})

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

test('NGTB_LOG_FILE: rotated by size, at most so many files, readable by their owner alone, nothing lost at the end', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ngtb-log-'))
  folders.push(folder)
  const config = readConfig({
    ...{ NGTB_LOG_FILE: join(folder, 'logs', 'server.log'), NGTB_LOG_FILE_MB: '1', NGTB_LOG_FILES: '3' },
  })
  const log = await openLog(config)
  const files = () => readdirSync(join(folder, 'logs'))
  for (let round = 1; round <= 5; round++) {
    for (let n = 0; n < 40; n++) log.info('filled', { round, n, filling: 'z'.repeat(30_000), api_key: KEY })
    // A new file is begun once the old one is written.
    await until(async () => files().includes(`server.${round + 1}.log`))
  }
  log.info('the last word')
  await log.close()
  const names = files()
  expect(names.length).toBeLessThanOrEqual(3)
  expect(names.length).toBeGreaterThan(1)
  const texts = names.map((name) => readFileSync(join(folder, 'logs', name), 'utf8'))
  expect(texts.some((text) => text.includes('the last word'))).toBe(true)
  expect(texts.join('')).not.toContain(KEY_SECRET)
  for (const name of names) expect(statSync(join(folder, 'logs', name)).mode & 0o077).toBe(0)
})

test('a log file that can not be written stops the start, with the name of the setting', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ngtb-log-'))
  folders.push(folder)
  writeFileSync(join(folder, 'file'), '')
  const config = readConfig({ NGTB_LOG_FILE: join(folder, 'file', 'server.log') })
  await expect(openLog(config)).rejects.toThrow(ConfigError)
  await expect(openLog(config)).rejects.toThrow(
    /NGTB_LOG_FILE=.*server.log can not be written: .*Name a file in a folder/,
  )
})
