// A page, walked as its reader does: a folder of his own, and what he types typed.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '@ngtb/cli'
import type { RunFile } from '@ngtb/server'
import type { Block } from './blocks.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const BIN = join(ROOT, 'packages/cli/bin/ngtb.mjs')
const TSX = import.meta.resolve('tsx')
const LINE_MS_MAX = 180_000

/** These stay, and are ready when they have said so. */
const STAYING: readonly [RegExp, RegExp][] = [
  [/npx ngtb start\b/, /ngTradingBot is ready/],
  [/npx ngtb sim\b/, /EAs? connected/],
]
/** A command of ours alone, without anything that a shell would read. */
const BARE = /^npx ngtb (?!start\b|sim\b)[\w ./:,=@-]+$/
/** The published ports, and those that a guide gives a second server. */
const PLANES: Readonly<Record<string, keyof RunFile['ports']>> = {
  0: 'command',
  1: 'ticks',
  2: 'trades',
  3: 'logs',
  5: 'webui',
}

export interface WalkOptions {
  readonly database_url: string
  /** Of a program that starts a server itself. */
  readonly other_database_url?: string
}

export class Walk {
  readonly dir = mkdtempSync(join(tmpdir(), 'ngtb-guide-'))
  readonly #env: Record<string, string>
  readonly #other: Record<string, string>
  readonly #staying = new Map<string, ChildProcess>()
  /** The newest that was said: what a reader puts in for TICKET. */
  #ticket = ''
  /** Everything that was said, for a test to look at. */
  said = ''

  constructor({ database_url, other_database_url = database_url }: WalkOptions) {
    chmodSync(this.dir, 0o755)
    mkdirSync(join(this.dir, 'bin'))
    const node = JSON.stringify(process.execPath)
    this.#program(
      'npx',
      `case "$1" in
      ngtb) shift; exec ${node} ${JSON.stringify(BIN)} "$@";;
      tsx) shift; exec ${node} --import ${JSON.stringify(TSX)} "$@";;
      *) echo "npx $1: not known here" >&2; exit 2;;
    esac`,
    )
    // A script of the repository, from wherever it is typed.
    this.#program(
      'npm',
      `PATH=${JSON.stringify(process.env.PATH ?? '')} exec npm --prefix ${JSON.stringify(ROOT)} "$@"`,
    )
    symlinkSync(join(ROOT, 'node_modules'), join(this.dir, 'node_modules'))
    symlinkSync(join(ROOT, 'examples'), join(this.dir, 'examples'))
    writeFileSync(join(this.dir, 'package.json'), '{"type": "module"}')
    const any_port = Object.fromEntries(
      ['COMMAND', 'TICKS', 'TRADES', 'LOGS', 'WEBUI'].map((name) => [`PORT_${name}`, '0']),
    )
    const common = { PATH: `${join(this.dir, 'bin')}:${process.env.PATH}`, TMPDIR: this.dir, HOME: this.dir }
    this.#env = { ...common, ...any_port, NGTB_DATA_DIR: join(this.dir, '.ngtb'), DATABASE_URL: database_url }
    this.#other = {
      ...{ ...common, ...any_port, NGTB_DATA_DIR: join(this.dir, '.ngtb-other') },
      DATABASE_URL: other_database_url,
    }
  }

  /** The server that runs here. */
  get server(): RunFile {
    return JSON.parse(readFileSync(join(this.dir, '.ngtb', 'run.json'), 'utf8')) as RunFile
  }

  get api_key(): string {
    return this.#env.NGTB_API_KEY ?? ''
  }

  async take(block: Block): Promise<void> {
    const { language, words, text } = block
    const file = words.find((word) => word.startsWith('file='))?.slice('file='.length)
    if (file !== undefined) return writeFileSync(join(this.dir, file), `${text}\n`)
    if (!words.includes('run')) return
    if (words.includes('stopped')) await this.stop()
    if (language === 'ts') return this.#typescript(block)
    for (const line of linesOf(text)) await this.type(line, `${block.page}:${block.line}`)
  }

  /** One line, as it is typed. Staying programs are ready when this resolves. */
  async type(typed: string, where = ''): Promise<string> {
    const line = this.#here(typed)
    const staying = STAYING.find(([program]) => program.test(line))
    if (staying && this.#staying.has(staying[0].source)) return ''
    const text = BARE.test(line)
      ? await this.#inProcess(line, `${where} ${typed}`)
      : await this.#spawned(line, staying ?? null, `${where} ${typed}`)
    this.#env.NGTB_API_KEY = /\bngt_live_\w{12}_[\w-]{43}\b/.exec(text)?.[0] ?? this.api_key
    this.#ticket = /\bticket (\d+)/i.exec(text)?.[1] ?? this.#ticket
    return text
  }

  async #spawned(line: string, staying: (typeof STAYING)[number] | null, what: string): Promise<string> {
    const child = spawn('bash', ['-c', line], {
      cwd: this.dir,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    if (staying) this.#staying.set(staying[0].source, child)
    return this.#heard(child, staying?.[1] ?? null, what)
  }

  /** The same program in this process: to start one for each line takes most of a test's time. */
  async #inProcess(line: string, what: string): Promise<string> {
    const { cwd, env, exitCode } = { cwd: process.cwd(), env: { ...process.env }, exitCode: process.exitCode }
    const writes = { stdout: process.stdout.write, stderr: process.stderr.write }
    let text = ''
    const hear = (chunk: unknown) => {
      text += String(chunk)
      return true
    }
    try {
      process.chdir(this.dir)
      for (const name of Object.keys(env))
        if (/^(?:NGTB|PORT|DATABASE|REDIS)_/.test(name)) delete process.env[name]
      Object.assign(process.env, this.#env)
      process.exitCode = 0
      process.stdout.write = hear
      process.stderr.write = hear
      await run(['node', 'ngtb', ...line.split(/\s+/).slice(2)])
      this.said += text
      const code = Number(process.exitCode ?? 0)
      if (code !== 0) throw new Error(`${what}\nended with ${code}; it said:\n${text}`)
      return text
    } finally {
      Object.assign(process.stdout, { write: writes.stdout })
      Object.assign(process.stderr, { write: writes.stderr })
      process.exitCode = exitCode
      for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
      Object.assign(process.env, env)
      process.chdir(cwd)
    }
  }

  /** Ends what runs in the background, the newest first. */
  async stop(): Promise<void> {
    for (const [name, child] of [...this.#staying].reverse()) {
      this.#staying.delete(name)
      if (child.exitCode !== null || child.pid === undefined) continue
      const ended = once(child, 'exit')
      process.kill(-child.pid, 'SIGTERM')
      await ended
    }
  }

  async close(): Promise<void> {
    await this.stop()
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 })
  }

  /** The ports that are free here, in place of those that are written. */
  #here(line: string): string {
    return line
      .replace(/\bTICKET\b/g, this.#ticket)
      .replace(/\b(PORT_\w+)=\d+/g, '$1=0')
      .replace(/\b(localhost|127\.0\.0\.1):1?990([01235])\b/g, (_, host, digit) => {
        const plane = PLANES[String(digit)] ?? 'webui'
        return `${host}:${this.server.ports[plane]}`
      })
  }

  async #typescript({ page, line, text, words }: Block): Promise<void> {
    const name = `block-${line}.ts`
    writeFileSync(join(this.dir, name), text)
    const child = spawn(process.execPath, ['--import', TSX, name], {
      cwd: this.dir,
      env: words.includes('alone') ? this.#other : { ...this.#env, NGTB_URL: this.server.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    await this.#heard(child, null, `${page}:${line}`)
  }

  /** @param ready what it says when it stays; null: it ends by itself, with 0 */
  async #heard(child: ChildProcess, ready: RegExp | null, what: string): Promise<string> {
    let text = ''
    const limit = setTimeout(() => child.kill('SIGKILL'), LINE_MS_MAX)
    const done = new Promise<void>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        text += chunk
        this.said += chunk
        if (ready?.test(text)) resolve()
      }
      child.stdout?.on('data', hear)
      child.stderr?.on('data', hear)
      child.once('close', (code, signal) =>
        code === 0 && ready === null
          ? resolve()
          : reject(new Error(`${what}\nended with ${code ?? signal}; it said:\n${text}`)),
      )
    })
    await done.finally(() => clearTimeout(limit))
    this.said += '\n' // curl ends without one
    return text
  }

  #program(name: string, text: string): void {
    writeFileSync(join(this.dir, 'bin', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  }
}

/** Without remarks; a line that ends with a backslash goes on. */
const linesOf = (text: string): string[] =>
  text
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s+)# .*$/, '').trim())
    .filter((line) => line !== '')
