// `npm run conform -- --mutants`: each seeded bug in processes of its own; its dialogues must fail, and for the bug.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { openLedger } from '@ngtb/server'
import { misplanted, mutantEnvironment } from '../../support/mutant.ts'
import type { Role } from '../language/dialogue.ts'
import { filesOf } from '../library.ts'
import type { SeededBug } from './bug.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

export interface MutantsWanted {
  readonly bugs: readonly { readonly role: Role; readonly bug: SeededBug }[]
  readonly print: (line: string) => void
}

/** @returns how many were caught, and the names of those that were not */
export async function tryMutants({
  bugs,
  print,
}: MutantsWanted): Promise<{ caught: number; missed: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'ngtb-mutants-'))
  chmodSync(folder, 0o755) // PostgreSQL may have to run as another user
  // One database for all of them: every play has accounts of its own.
  const ledger = bugs.some(({ role }) => role === 'server')
    ? await openLedger({ NGTB_DATA_DIR: join(folder, 'data') })
    : null
  const cleanUp = async () => {
    await ledger?.close()
    rmSync(folder, { recursive: true, force: true })
  }
  const interrupted = (signal: NodeJS.Signals) =>
    void cleanUp().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143))
  process.once('SIGINT', interrupted)
  process.once('SIGTERM', interrupted)
  const missed: string[] = []
  try {
    for (const { role, bug } of bugs) {
      const verdict = misplanted(bug) ?? (await survives(role, bug, ledger?.database_url ?? null))
      if (verdict === null) print(`caught    ${role} ${bug.name} (${bug.caught_by.join(', ')})`)
      else {
        missed.push(bug.name)
        print(`SURVIVED  ${role} ${bug.name}\n${verdict}`)
      }
    }
  } finally {
    process.off('SIGINT', interrupted)
    process.off('SIGTERM', interrupted)
    await cleanUp()
  }
  return { caught: bugs.length - missed.length, missed }
}

/** Null: every dialogue that should fail did. */
async function survives(role: Role, bug: SeededBug, database_url: string | null): Promise<string | null> {
  const files = bug.caught_by.map((number) => fileOf(role, number))
  const { code, text } = await conform(['--patience', '10', ...files], bug, database_url)
  const passed = files.filter((file) => text.includes(`ok        ${role} ${file.split('/').at(-1)}`))
  if (passed.length > 0) return `  it passed: ${passed.join(', ')}`
  const failed = files.filter((file) => text.includes(`FAILED    ${role} ${file.split('/').at(-1)}`))
  if (code !== 1 || failed.length !== files.length)
    return `  its run broke (exit ${code}):\n${text.slice(-2_000)}`
  return null
}

function fileOf(role: Role, number: string): string {
  const file = filesOf(role).find((one) => one.split('/').at(-1)?.startsWith(`${number}_`))
  if (file === undefined) throw new Error(`there is no ${role} dialogue ${number}`)
  return file
}

function conform(
  args: readonly string[],
  bug: SeededBug,
  database_url: string | null,
): Promise<{ code: number | null; text: string }> {
  const env = mutantEnvironment(bug)
  if (database_url !== null) env.LAB_DATABASE_URL = database_url
  const child = spawn(process.execPath, ['--import', TSX, MAIN, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const hear = (chunk: Buffer) => {
    text += chunk.toString()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, text }))
  })
}
