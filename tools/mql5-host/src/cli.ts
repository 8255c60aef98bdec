// MQL5 host, `mqlc`: lint, emit, build and run from the command line.
// Exit codes: 0 all is well, 1 something was found (or the EA failed), 2 the command is not understood.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type BuildOptions, buildEa } from './build.ts'
import { tell } from './findings.ts'
import { type Translation, translate } from './translate.ts'

const USAGE = `mqlc lint FILE… [--pointers] [-I DIR]          what is wrong in the .mq5 files; needs no compiler
mqlc emit FILE -o OUT.cpp [--lax] [--pointers] [-I DIR]   the C++ that is compiled
mqlc build FILE -o PROGRAM [--sanitize] [--lax] [--pointers] [-I DIR]
mqlc run FILE [--sanitize] [--lax] [--pointers] [-I DIR] [-- OPTIONS OF THE HOST]

--lax       findings are told and stop nothing: for Expert Advisors of others
--pointers  allow pointers, which the house does not ship
--sanitize  with AddressSanitizer and UndefinedBehaviorSanitizer
Exit code: 0 all is well, 1 something was found or the EA failed, 2 the command is not understood.`

class Misuse extends Error {}

interface Order {
  readonly files: readonly string[]
  readonly hostArgs: readonly string[]
  readonly out: string | undefined
  readonly options: BuildOptions & { readonly lax: boolean }
}

export async function main(argv: readonly string[]): Promise<number> {
  try {
    const [word = '', ...rest] = argv
    const command = COMMANDS[word]
    if (word === '--help' || word === 'help') {
      console.log(USAGE)
      return 0
    }
    if (command === undefined)
      throw new Misuse(word === '' ? 'say what to do' : `there is no command "${word}"`)
    return await command(readOrder(rest))
  } catch (error) {
    if (!(error instanceof Misuse)) {
      console.error(`mqlc: ${(error as Error).message}`)
      return 1
    }
    console.error(`mqlc: ${error.message}\n\n${USAGE}`)
    return 2
  }
}

function readOrder(argv: readonly string[]): Order {
  const cut = argv.indexOf('--')
  const own = cut === -1 ? argv : argv.slice(0, cut)
  const { values, positionals } = parsed(own)
  if (positionals.length === 0) throw new Misuse('name a .mq5 file')
  for (const file of positionals) if (!existsSync(file)) throw new Misuse(`there is no file ${file}`)
  const { lax = false, pointers = false, sanitize = false, include = [], out } = values
  return {
    files: positionals,
    hostArgs: cut === -1 ? [] : argv.slice(cut + 1),
    out,
    options: { lax, pointers: pointers || lax, sanitize, includeDirs: include },
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string', short: 'o' },
        include: { type: 'string', short: 'I', multiple: true },
        lax: { type: 'boolean' },
        pointers: { type: 'boolean' },
        sanitize: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new Misuse((error as Error).message)
  }
}

const COMMANDS: Readonly<Record<string, ((order: Order) => Promise<number>) | undefined>> = {
  async lint({ files, options }) {
    let found = 0
    for (const file of files) found += tellFindings(translate(file, options), options.lax)
    console.error(
      `mqlc: ${files.length} file${files.length === 1 ? '' : 's'}, ${found} finding${found === 1 ? '' : 's'}`,
    )
    return found === 0 || options.lax ? 0 : 1
  },
  async emit(order) {
    const { file, out, options } = single(order)
    const made = translate(file, options)
    const found = tellFindings(made, options.lax)
    if (found > 0 && !options.lax) return 1
    writeFileSync(out, made.cpp)
    return 0
  },
  async build(order) {
    const { file, out, options } = single(order)
    return (await build(file, out, options)) ? 0 : 1
  },
  async run({ files, hostArgs, options }) {
    const folder = mkdtempSync(path.join(tmpdir(), 'mql5-host-'))
    try {
      const program = path.join(folder, 'ea')
      if (!(await build(onlyOne(files), program, options))) return 1
      const sandbox = hostArgs.includes('--sandbox') ? [] : ['--sandbox', path.join(folder, 'sandbox')]
      return await attached(program, [...sandbox, ...hostArgs])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function onlyOne(files: readonly string[]): string {
  const [file] = files
  if (file === undefined || files.length > 1) throw new Misuse('this command takes one file')
  return file
}

function single({ files, out, options }: Order) {
  const file = onlyOne(files)
  if (out === undefined) throw new Misuse('say where to: -o OUT')
  return { file, out, options }
}

function tellFindings({ findings }: Translation, lax: boolean): number {
  const sorted = findings.sorted()
  for (const finding of sorted) console.error((lax ? 'note: ' : '') + tell(finding))
  return sorted.length
}

async function build(file: string, out: string, options: Order['options']): Promise<boolean> {
  const result = await buildEa(file, out, options)
  for (const finding of result.findings) console.error((options.lax ? 'note: ' : '') + tell(finding))
  if (result.compiler !== '') console.error(result.compiler.trimEnd())
  return result.ok
}

function attached(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code === 0 ? 0 : 1))
  })
}
