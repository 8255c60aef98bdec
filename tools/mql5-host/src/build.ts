// MQL5 host, build: from a .mq5 to a program. The runtime's objects and the precompiled header are made once and
// kept in a cache, named by what they are made of; an object that is there is right.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Finding, tell } from './findings.ts'
import { fixPointers } from './fixits.ts'
import {
  gppVersion,
  INSTALL,
  inParallel,
  LAX_FLAGS,
  RUNTIME_FLAGS,
  runGpp,
  SANITIZE_FLAGS,
  STRICT_FLAGS,
} from './gcc.ts'
import { enumsHeader } from './spec.ts'
import { translate } from './translate.ts'

export interface BuildOptions {
  readonly sanitize?: boolean
  /** Findings are told and do not stop the build; g++ is asked to be generous. For EAs of others. */
  readonly lax?: boolean
  readonly pointers?: boolean
  readonly includeDirs?: readonly string[]
  readonly cacheDir?: string
  /** Where the runtime's sources are. */
  readonly runtimeDir?: string
}

export interface BuildResult {
  readonly ok: boolean
  readonly findings: readonly Finding[]
  /** What g++ said; empty when it was content. */
  readonly compiler: string
  readonly arrows: number
}

export const RUNTIME_FOLDER = fileURLToPath(new URL('../runtime/', import.meta.url))
const PARALLEL = 2

export const defaultCacheDir = (): string =>
  process.env.MQL5_HOST_CACHE ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'ngtb-mql5-host')

/** Findings that leave nothing sensible to compile, in lax mode too. */
const FATAL = new Set(['include-missing', 'comment-open', 'double-quote', 'braces-unbalanced'])

export async function buildEa(main: string, out: string, options: BuildOptions = {}): Promise<BuildResult> {
  const made = translate(main, options)
  const findings = made.findings.sorted()
  const stop = options.lax ? findings.some(({ rule }) => FATAL.has(rule)) : findings.length > 0
  if (stop) return { ok: false, findings, compiler: '', arrows: 0 }
  const runtime = await prepareRuntime(options)
  const cpp = `${out}.cpp`
  mkdirSync(path.dirname(path.resolve(out)), { recursive: true })
  writeFileSync(cpp, made.cpp)
  const arrows = await wanted(options, cpp, runtime)
  const object = `${out}.o`
  const compiled = await runGpp([...runtime.flags, ...runtime.includes, '-c', cpp, '-o', object])
  if (!compiled.ok) return { ok: false, findings, compiler: compiled.said, arrows }
  const linked = await runGpp([
    ...runtime.sanitize,
    object,
    ...runtime.objects,
    '-o',
    out,
    '-lz',
    '-lpthread',
  ])
  rmSync(object, { force: true })
  return { ok: linked.ok, findings, compiler: linked.ok ? '' : linked.said, arrows }
}

async function wanted({ lax, pointers }: BuildOptions, cpp: string, runtime: Runtime): Promise<number> {
  if (!lax && !pointers) return 0
  return (await fixPointers(cpp, runtime.plainIncludes)).changed
}

/** Only whether strict g++ accepts it: no program is made. */
export async function checkEa(main: string, work: string, options: BuildOptions = {}): Promise<BuildResult> {
  const made = translate(main, options)
  const runtime = await prepareRuntime(options)
  const cpp = path.join(work, `${path.basename(main, '.mq5')}.cpp`)
  mkdirSync(work, { recursive: true })
  writeFileSync(cpp, made.cpp)
  const arrows = await wanted(options, cpp, runtime)
  const { ok, said } = await runGpp([...runtime.flags, ...runtime.includes, '-c', cpp, '-o', '/dev/null'])
  return { ok, findings: made.findings.sorted(), compiler: said, arrows }
}

export interface Runtime {
  readonly flags: readonly string[]
  readonly sanitize: readonly string[]
  readonly includes: readonly string[]
  readonly plainIncludes: readonly string[]
  readonly objects: readonly string[]
}

const preparing = new Map<string, Promise<Runtime>>()

/** The objects of the runtime and the precompiled header; made when the cache has none of these sources. */
export function prepareRuntime(options: BuildOptions = {}): Promise<Runtime> {
  const { sanitize = false, lax = false, cacheDir = defaultCacheDir(), runtimeDir = RUNTIME_FOLDER } = options
  const key = JSON.stringify([sanitize, lax, cacheDir, runtimeDir])
  let runtime = preparing.get(key)
  if (runtime === undefined) {
    runtime = prepare({ sanitize, lax, cacheDir, runtimeDir })
    preparing.set(key, runtime)
    runtime.catch(() => preparing.delete(key))
  }
  return runtime
}

async function prepare(
  options: Required<Pick<BuildOptions, 'sanitize' | 'lax' | 'cacheDir' | 'runtimeDir'>>,
) {
  const version = gppVersion()
  if (version === null) throw new Error(INSTALL)
  const { runtimeDir } = options
  const names = existsSync(runtimeDir) ? readdirSync(runtimeDir).sort() : []
  const headers = names.filter((name) => name.endsWith('.h'))
  const sources = names.filter((name) => name.endsWith('.cpp'))
  if (sources.length === 0) throw new Error(`there is no runtime in ${runtimeDir}`)
  const enums = enumsHeader()
  const read = (name: string) => readFileSync(path.join(runtimeDir, name), 'utf8')
  const common = digest([version, enums, ...headers.map((name) => name + read(name))])
  const generated = path.join(options.cacheDir, `spec-${common}`)
  put(path.join(generated, 'enums.gen.h'), (file) => writeFileSync(file, enums))
  const sanitize = options.sanitize ? SANITIZE_FLAGS : []
  const include = [`-I${runtimeDir}`, `-I${generated}`]
  const objects = await inParallel(sources, PARALLEL, async (name) => {
    const flags = [...RUNTIME_FLAGS, ...sanitize]
    const hash = digest([common, read(name), ...flags])
    const file = path.join(options.cacheDir, `${path.basename(name, '.cpp')}-${hash}.o`)
    await make(file, [...flags, ...include, '-c', path.join(runtimeDir, name)])
    return file
  })
  const flags = [...(options.lax ? LAX_FLAGS : STRICT_FLAGS), ...sanitize]
  const header = path.join(options.cacheDir, `header-${digest([common, ...flags])}`, 'mql5.h')
  // As a system header it is not warned about: the EA is what is judged.
  const system = ['-isystem', runtimeDir, '-isystem', generated]
  put(header, (file) => writeFileSync(file, `#include ${JSON.stringify(path.join(runtimeDir, 'mql5.h'))}\n`))
  await make(`${header}.gch`, [...flags, ...system, '-x', 'c++-header', header])
  return {
    flags,
    sanitize,
    includes: ['-isystem', path.dirname(header), ...system],
    plainIncludes: system,
    objects,
  }
}

const digest = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20)

async function make(file: string, args: readonly string[]): Promise<void> {
  if (existsSync(file)) return
  const draft = draftOf(file)
  const { ok, said } = await runGpp([...args, '-o', draft])
  if (!ok) throw new Error(`the runtime does not compile:\n${said}`)
  renameSync(draft, file)
}

function put(file: string, write: (file: string) => void): void {
  if (existsSync(file)) return
  const draft = draftOf(file)
  write(draft)
  renameSync(draft, file)
}

/** Two builds at once do not see each other's half-written files. */
function draftOf(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true })
  return `${file}.${process.pid}`
}

export const tellAll = (findings: readonly Finding[]): string => findings.map(tell).join('\n')
