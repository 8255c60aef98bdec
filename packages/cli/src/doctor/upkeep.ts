// What decays quietly: the certificate, the rights of the data folder, the newest backup, memory, the built dashboard,
// and whether an alert could reach anybody.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { freemem, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { isDashboardBuilt, readBackupNote } from '@ngtb/server'
import { ago } from '../output.ts'
import { type Finding, fail, ok, type Patient, sentence, warn } from './finding.ts'

const DAY_MS = 86_400_000
const CERTIFICATE_WARN_MS = 21 * DAY_MS
/** A nightly backup that failed once. */
const BACKUP_WARN_MS = 1.5 * DAY_MS
const GB = 1024 ** 3
const MEMORY_WARN = 0.3 * GB

/** @param now ms UTC */
export function checkUpkeep(patient: Patient, now: number): Finding[] {
  return [
    ...checkCertificate(patient, now),
    ...checkFolder(patient),
    checkBackup(patient, now),
    checkMemory(),
    checkDashboard(),
    ...checkAlerts(patient),
  ]
}

/** What EAs and browsers are shown, where TLS is ours. */
export function checkCertificate({ config }: Patient, now: number): Finding[] {
  const { NGTB_TLS_CERT_FILE: cert_file, NGTB_TLS_KEY_FILE: key_file } = config
  if (cert_file === null || key_file === null) return []
  try {
    const certificate = new X509Certificate(readFileSync(cert_file))
    const key = createPrivateKey(readFileSync(key_file))
    if (!certificate.checkPrivateKey(key))
      return [
        fail(
          'tls',
          `${key_file} is not the key of ${cert_file}`,
          'Put the pair there that belongs together.',
        ),
      ]
    return [...validity(certificate, now), ...namesOf(certificate, config.NGTB_PUBLIC_HOST)]
  } catch (error) {
    return [
      fail(
        'tls',
        sentence(error),
        'NGTB_TLS_CERT_FILE and NGTB_TLS_KEY_FILE name PEM files that this user may read.',
      ),
    ]
  }
}

function validity({ validFrom, validTo }: X509Certificate, now: number): Finding[] {
  const end = Date.parse(validTo)
  const renew = 'Renew it, then restart the server: it reads the files at its start.'
  if (now < Date.parse(validFrom))
    return [
      fail('tls', `the certificate is valid from ${validFrom} on`, 'Is the clock of this machine right?'),
    ]
  if (now >= end) return [fail('tls', `the certificate ended on ${validTo}: no EA gets in`, renew)]
  const days = Math.floor((end - now) / DAY_MS)
  const says = `the certificate is good for ${days} days, until ${validTo}`
  return [end - now < CERTIFICATE_WARN_MS ? warn('tls', says, renew) : ok('tls', says)]
}

function namesOf(certificate: X509Certificate, hosts: string | null): Finding[] {
  const strange = (hosts ?? '')
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '' && !(isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)))
  if (strange.length === 0) return []
  return [
    warn(
      'tls',
      `the certificate is not for ${strange.join(', ')} (NGTB_PUBLIC_HOST)`,
      'Get one that names them, or correct NGTB_PUBLIC_HOST: MetaTrader refuses a name that is not in it.',
    ),
  ]
}

/** Secrets that others on this machine may read. */
export function checkFolder({ config }: Patient): Finding[] {
  const folder = resolve(config.NGTB_DATA_DIR)
  if (!existsSync(folder) || process.platform === 'win32') return []
  const open = ['postgres.password', 'run.json', 'backup.json']
    .map((name) => join(folder, name))
    .filter((file) => existsSync(file) && (statSync(file).mode & 0o077) !== 0)
  if (open.length > 0)
    return [
      fail('rights', `others on this machine may read ${open.join(', ')}`, `chmod 600 ${open.join(' ')}`),
    ]
  if ((statSync(folder).mode & 0o022) !== 0)
    return [fail('rights', `others may write into ${folder}`, `chmod go-w ${folder}`)]
  return [ok('rights', `what is secret in ${config.NGTB_DATA_DIR} is for its owner alone`)]
}

export function checkBackup({ config }: Patient, now: number): Finding {
  const note = readBackupNote(config.NGTB_DATA_DIR)
  const remedy =
    'npx ngtb backup DIR --keep 14, each night (docs/operations/backup.md); keep a copy on another machine.'
  if (note === null) return warn('backup', `none was ever made from ${config.NGTB_DATA_DIR}`, remedy)
  const age = now - Date.parse(note.at)
  if (!existsSync(note.file)) return warn('backup', `the newest, ${note.file}, is not there any more`, remedy)
  const says = `the newest was made ${ago(age)}: ${note.file}`
  return age > BACKUP_WARN_MS ? warn('backup', says, remedy) : ok('backup', says)
}

function checkMemory(): Finding {
  const free = available()
  const says = `${(free / GB).toFixed(1)} of ${(totalmem() / GB).toFixed(1)} GB memory are free`
  return free < MEMORY_WARN
    ? warn('memory', says, 'A server and its database want about 0.5 GB; see what else takes it.')
    : ok('memory', says)
}

/** Linux counts what it only keeps to be quick as used. */
function available(): number {
  try {
    const [, kb] = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? []
    return kb === undefined ? freemem() : Number(kb) * 1024
  } catch {
    return freemem()
  }
}

function checkDashboard(): Finding {
  return isDashboardBuilt()
    ? ok('dashboard', 'it is built')
    : warn('dashboard', 'it is not built: port 9905 shows a sentence in its place', 'npm run build:dashboard')
}

/** By channel: the settings that together make it one. */
const CHANNELS = {
  Telegram: ['NGTB_ALERT_TELEGRAM_TOKEN', 'NGTB_ALERT_TELEGRAM_CHATS'],
  webhook: ['NGTB_ALERT_WEBHOOK_URL'],
  'e-mail': ['NGTB_ALERT_SMTP_URL', 'NGTB_ALERT_EMAIL_TO'],
} as const satisfies Record<string, readonly (keyof Patient['config'])[]>

/** Only whether they are set: `ngtb alert test` says whether they arrive. */
export function checkAlerts({ config }: Patient): Finding[] {
  const told = Object.entries(CHANNELS).filter(([, names]) => names.every((name) => config[name]))
  if (told.length > 0)
    return [ok('alerts', `told by ${told.map(([name]) => name).join(', ')}; npx ngtb alert test tries them`)]
  const wants = Object.values(CHANNELS).map((names) => names.join(' and '))
  return [
    warn('alerts', 'no channel is set: they are seen in the log and the dashboard only', wants.join('; or ')),
  ]
}
