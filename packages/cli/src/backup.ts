// `ngtb backup`, `ngtb restore`: the ledger into one archive while the server works, and back into an empty place.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import {
  BackupError,
  type Manifest,
  makeBackup,
  noteBackup,
  type RestoreReport,
  readConfig,
  readEnvironment,
  restoreBackup,
  verifyArchive,
} from '@ngtb/server'
import type { Command } from 'commander'
import { EXIT, Misuse } from './failures.ts'
import { ACTOR } from './ledger.ts'
import { count as atLeast, subcommand } from './options.ts'
import { count, facts, type Json, moment, say } from './output.ts'
import { progress } from './progress.ts'

interface BackupOptions extends Json {
  verify?: true
  keep?: number
}

/** Ours to delete with --keep: nothing else in the folder is. */
const NAME = /^ngtb-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z\.tar$/

export function backupCommands(program: Command): void {
  subcommand(
    program,
    'backup <target>',
    'The whole ledger into one archive, while the server works; a folder gets a file with the moment in its name',
    'backup /var/backups/ngtb --keep 14',
  )
    .option('--keep <n>', 'of the archives in the folder keep the newest n', atLeast(1))
    .option('--verify', 'make nothing: read an archive, and compare every checksum')
    .action((target: string, options: BackupOptions) =>
      options.verify ? verify(target, options) : backup(target, options),
    )
  subcommand(
    program,
    'restore <file>',
    'An archive into an empty ledger; all of it or nothing',
    'restore /var/backups/ngtb/ngtb-2026-11-28T02-30-00-000Z.tar',
  ).action(restore)
}

async function backup(target: string, options: BackupOptions): Promise<void> {
  const config = readConfig(readEnvironment())
  const folder = existsSync(target) && statSync(target).isDirectory() ? target : null
  if (folder === null && options.keep !== undefined)
    throw new Misuse(
      `--keep counts the archives of a folder, and ${target} is none. Make it, or leave --keep out.`,
    )
  if (folder === null && existsSync(target))
    throw new Misuse(`${target} is there already. Name another file, or a folder.`)
  const file = folder === null ? target : join(folder, nameOf(new Date()))
  const bar = progress('rows ', 0)
  const report = await makeBackup({
    config,
    file,
    onProgress: (_table, rows) => bar.set(rows, rows),
  }).finally(() => bar.end())
  const { manifest, bytes } = report
  noteBackup(config.NGTB_DATA_DIR, { file: resolve(file), at: manifest.at, bytes })
  const removed = folder === null || options.keep === undefined ? [] : tidy(folder, options.keep)
  say(options, { file, bytes, removed, ...headOf(manifest) }, () =>
    [
      facts([...headFacts(file, manifest), ['Size', `${count(bytes)} bytes`]]),
      ...removed.map((name) => `Removed ${name} (--keep ${options.keep}).`),
    ].join('\n'),
  )
}

const nameOf = (now: Date) => `ngtb-${now.toISOString().replaceAll(/[:.]/g, '-')}.tar`

/** Older ones leave only once the new one is there. */
function tidy(folder: string, keep: number): string[] {
  const old = readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
    .slice(0, -keep)
  for (const name of old) rmSync(join(folder, name))
  return old
}

async function verify(file: string, options: Json): Promise<void> {
  const bar = progress(`${basename(file)} `, 0)
  const manifest = await verifyArchive(file, (done, total) => bar.set(done, total)).finally(() => bar.end())
  say(options, { file, verified: true, ...headOf(manifest) }, () =>
    [facts(headFacts(file, manifest)), '', 'Every checksum is right.'].join('\n'),
  )
}

async function restore(file: string, options: Json): Promise<void> {
  const config = readConfig(readEnvironment())
  if (!existsSync(file)) throw new BackupError(`There is no file ${file}.`)
  const bar = progress('restore ', 0)
  const report = await restoreBackup({
    config,
    file,
    actor: ACTOR,
    onProgress: (_step, done, total) => bar.set(done, total),
  }).finally(() => bar.end())
  const { manifest, unknown, audit } = report
  if (audit.problem_count > 0) process.exitCode = EXIT.not_held
  say(
    options,
    { file, ...headOf(manifest), unknown, audit: { events: audit.events, problems: audit.problem_count } },
    () => restoredText(file, report),
  )
}

const restoredText = (file: string, { manifest, unknown, audit }: RestoreReport): string =>
  [
    facts(headFacts(file, manifest)),
    '',
    audit.problem_count === 0
      ? `Restored. The audit trail is whole: ${count(audit.events)} events of ${audit.accounts} accounts.`
      : `Restored, but the audit trail is not whole (${audit.problem_count} problems): npx ngtb audit verify names them.`,
    `Commands that were under way then, and are unknown now: ${unknown}. None is sent again: npx ngtb command list --unknown`,
    'EAs tell their results again at their next connect; until one has, nothing is opened on its account.',
    'What was changed since the backup is as it was: look at npx ngtb key list, account list and person list.',
  ].join('\n')

const headOf = ({ at, schema, newest_seq, accounts, rows, tables }: Manifest) => ({
  at,
  schema,
  newest_seq,
  accounts: accounts.length - 1,
  rows,
  tables: Object.fromEntries(tables.map((table) => [table.name, table.rows])),
})

const headFacts = (file: string, { at, schema, newest_seq, accounts, rows }: Manifest) =>
  [
    ['Archive', file],
    ['Moment', `${moment(at)} UTC`],
    ['Schema', schema],
    ['Accounts', accounts.length - 1],
    ['Rows', count(rows)],
    ['Newest event', count(newest_seq)],
  ] as const
