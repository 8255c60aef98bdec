// MQL5 host, build: g++, how it is called and what it said.
import { spawn, spawnSync } from 'node:child_process'

export const GPP = 'g++'
export const INSTALL = 'g++ is not installed: apt-get install g++ zlib1g-dev'

const COMMON = [
  '-std=c++20',
  '-O1',
  '-g1',
  '-fno-operator-names',
  '-fwrapv',
  '-fno-diagnostics-show-caret',
  '-fdiagnostics-color=never',
]

/** What MetaEditor warns about, and more; the house ships without one warning (-O1, or g++ sees no missing return). */
export const STRICT_FLAGS: readonly string[] = [
  ...COMMON,
  '-DMQL_STRICT',
  ...'all extra conversion sign-conversion sign-compare float-conversion shadow switch return-type uninitialized'
    .split(' ')
    .map((name) => `-W${name}`),
  ...'maybe-uninitialized unused duplicated-cond logical-op sequence-point'
    .split(' ')
    .map((name) => `-W${name}`),
  // MetaEditor says nothing about a parameter of a handler that is not used.
  '-Wno-unused-parameter',
  '-Wno-misleading-indentation',
  '-Werror',
]

/** For Expert Advisors of others: whatever C++ can run. */
export const LAX_FLAGS: readonly string[] = [...COMMON, '-w', '-Wno-narrowing', '-fpermissive']

/** The runtime is ours: its warnings are held by its own build. */
export const RUNTIME_FLAGS: readonly string[] = [...COMMON, '-Wall', '-Wextra']

export const SANITIZE_FLAGS: readonly string[] = [
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=undefined',
  '-fno-omit-frame-pointer',
]

let version: string | null | undefined

/** The first line of `g++ --version`, or null where there is none. */
export function gppVersion(): string | null {
  if (version === undefined) {
    const asked = spawnSync(GPP, ['--version'], { encoding: 'utf8' })
    version = asked.status === 0 ? (asked.stdout.split('\n')[0] ?? '') : null
  }
  return version
}

export interface GppResult {
  readonly ok: boolean
  readonly said: string
}

export function runGpp(args: readonly string[]): Promise<GppResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(GPP, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    child.once('error', (error) => reject(new Error(`${INSTALL} (${error.message})`)))
    child.once('close', (code) => resolve({ ok: code === 0, said }))
  })
}

/** Runs the jobs, never more than `limit` at once, and answers in their order. */
export async function inParallel<T, R>(
  jobs: readonly T[],
  limit: number,
  run: (job: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(jobs.length)
  const queue = jobs.entries()
  const work = async () => {
    for (const [index, job] of queue) results[index] = await run(job)
  }
  await Promise.all(Array.from({ length: Math.min(limit, jobs.length) }, work))
  return results
}
