// The real program in its own process, on a data folder of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { run } from '../src/run.ts'

const BIN = fileURLToPath(new URL('../bin/ngtb.mjs', import.meta.url))

/** The folder of a sandbox knows no packages. */
const TSX = import.meta.resolve('tsx')

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
  /** Of `--json`: throws unless stdout is exactly one JSON value. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever shape it expects
  json: any
}

export interface Sandbox {
  readonly dir: string
  run(args: string[], env?: Record<string, string>): Promise<Ended>
  start(args: string[], env?: Record<string, string>): ChildProcess
  /** A TypeScript file in a process of its own. */
  script(file: string, args: string[], env?: Record<string, string>): ChildProcess
  /** Ends what was started, and removes the folder. */
  close(): Promise<void>
}

export function sandbox(): Sandbox {
  const dir = mkdtempSync(join(tmpdir(), 'ngtb-cli-'))
  // Root's PostgreSQL runs as a lesser user, who must be able to enter.
  chmodSync(dir, 0o755)
  const children = new Set<ChildProcess>()
  const spawned = (words: string[], env: Record<string, string>) => {
    const child = spawn(process.execPath, words, {
      cwd: dir,
      env: { PATH: process.env.PATH ?? '', TMPDIR: dir, NGTB_DATA_DIR: join(dir, 'data'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.add(child)
    child.once('exit', () => children.delete(child))
    return child
  }
  const start: Sandbox['start'] = (args, env = {}) => spawned([BIN, ...args], env)
  return {
    dir,
    start,
    script: (file, args, env = {}) => spawned(['--import', TSX, file, ...args], env),
    run: (args, env) => ended(start(args, env)),
    async close() {
      await Promise.all([...children].map((child) => stop(child)))
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function ended(child: ChildProcess): Promise<Ended> {
  const out = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    out.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    out.stderr += chunk
  })
  const [code] = await once(child, 'close')
  return {
    code,
    ...out,
    get json() {
      return JSON.parse(out.stdout)
    },
  }
}

/**
 * Types a command in this process, for what needs no process of its own. One at a time: the screen is caught.
 * Reads the data folder and the environment that `vi.stubEnv` set.
 */
export async function typed(...args: string[]): Promise<Ended> {
  const out = { stdout: '', stderr: '' }
  const catching = (name: 'stdout' | 'stderr') =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      out[name] += String(text)
      return true
    })
  const spies = [catching('stdout'), catching('stderr')]
  try {
    await run(['node', 'ngtb', ...args])
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  const code = Number(process.exitCode ?? 0)
  process.exitCode = undefined
  return {
    code,
    ...out,
    get json() {
      return JSON.parse(out.stdout)
    },
  }
}

export async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  const exit = once(child, 'exit')
  child.kill(signal)
  const [code] = await exit
  return code
}

/** The first line of stdout. */
export async function firstLine(child: ChildProcess): Promise<string> {
  let text = ''
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said += chunk
  })
  for await (const chunk of child.stdout ?? []) {
    text += chunk
    if (text.includes('\n')) return text.slice(0, text.indexOf('\n'))
  }
  throw new Error(`it ended without a line; it said: ${said}`)
}

/** Waits until stderr has said it. */
export async function said(child: ChildProcess, what: RegExp): Promise<void> {
  let text = ''
  for await (const chunk of child.stderr ?? []) {
    text += chunk
    if (what.test(text)) return
  }
  throw new Error(`it ended without saying ${what}; it said: ${text}`)
}

/** Processes whose command line names this folder. */
export const processesOf = (dir: string): string[] =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(dir))
