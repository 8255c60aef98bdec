// What decays quietly, as the doctor says it: a certificate near its end, a backup that is too old.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noteBackup, readConfig } from '@ngtb/server'
import { afterAll, describe, expect, test } from 'vitest'
import type { Patient } from '../src/doctor/finding.ts'
import { checkAlerts, checkBackup, checkCertificate, checkFolder } from '../src/doctor/upkeep.ts'

const DAY_MS = 86_400_000
const folder = mkdtempSync(join(tmpdir(), 'ngtb-doctor-'))
const [cert, key, other] = ['cert.pem', 'key.pem', 'other.pem'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const patient = (env: Record<string, string> = {}): Patient => ({
  env,
  config: readConfig({ NGTB_DATA_DIR: folder, ...env }),
  running: null,
})
const tls = (over: Record<string, string> = {}) =>
  patient({ NGTB_TLS_CERT_FILE: cert, NGTB_TLS_KEY_FILE: key, ...over })

const openssl = spawnSync('openssl', ['version']).status === 0
if (!openssl)
  console.warn('LEFT OUT: the doctor’s tests of a certificate. Install it: apt-get install openssl')

describe.runIf(openssl)('the certificate', () => {
  test('good, soon over, over, not yet, of another key, for another name, unreadable', () => {
    for (const [file, out] of [
      [key, cert],
      [other, join(folder, 'unused.pem')],
    ] as const)
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-days',
          '90',
        ].concat([
          '-keyout',
          file,
          '-out',
          out,
          '-subj',
          '/CN=ea.example',
          '-addext',
          'subjectAltName=DNS:ea.example',
        ]),
        { stdio: 'ignore' },
      )
    const now = Date.now()
    const at = (days: number, over = {}) => checkCertificate(tls(over), now + days * DAY_MS)[0]
    expect(at(1)).toMatchObject({ state: 'ok', says: expect.stringMatching(/good for 8\d days/) })
    expect(at(80)).toMatchObject({ state: 'warn', remedy: expect.stringMatching(/Renew it/) })
    expect(at(91)).toMatchObject({ state: 'fail', says: expect.stringMatching(/ended on/) })
    expect(at(-2)).toMatchObject({ state: 'fail', remedy: expect.stringMatching(/clock/) })
    expect(at(1, { NGTB_TLS_KEY_FILE: other })).toMatchObject({
      state: 'fail',
      says: expect.stringMatching(/is not the key of/),
    })
    expect(checkCertificate(tls({ NGTB_PUBLIC_HOST: 'ea.example, vpn.example' }), now)[1]).toMatchObject({
      state: 'warn',
      says: expect.stringMatching(/not for vpn\.example /),
    })
    writeFileSync(cert, 'nonsense')
    expect(at(1)).toMatchObject({ state: 'fail', check: 'tls' })
  })
})

test('without TLS of our own there is nothing to say', () => {
  expect(checkCertificate(patient(), Date.now())).toEqual([])
})

test('a backup: none, fresh, too old, gone', () => {
  const file = join(folder, 'a.tar')
  const at = '2026-11-28T02:30:00.000Z'
  const now = Date.parse(at)
  expect(checkBackup(patient(), now)).toMatchObject({
    state: 'warn',
    says: expect.stringMatching(/none was ever/),
  })
  noteBackup(folder, { file, at, bytes: 1 })
  expect(checkBackup(patient(), now)).toMatchObject({
    state: 'warn',
    says: expect.stringMatching(/not there any more/),
  })
  writeFileSync(file, '')
  expect(checkBackup(patient(), now + DAY_MS)).toMatchObject({ state: 'ok' })
  expect(checkBackup(patient(), now + 2 * DAY_MS)).toMatchObject({
    state: 'warn',
    says: expect.stringMatching(/2 days ago/),
  })
})

test('rights and alerts', () => {
  expect(checkFolder(patient())).toMatchObject([{ state: 'ok' }])
  for (const finding of checkAlerts(patient()))
    expect(finding).toMatchObject({ check: 'alerts', state: 'warn' })
})
