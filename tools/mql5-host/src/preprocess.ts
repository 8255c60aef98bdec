// MQL5 host, the text: includes and conditions. The result is one list of tokens; what a condition leaves out
// becomes blank, and of the directives only #define and #undef stay, for the C++ preprocessor.
//
//   X1. A file is included once, however often it is named, as MetaEditor does.
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Findings } from './findings.ts'
import { lex } from './lexer.ts'
import type { RuleId } from './lint/rules.ts'
import { readSource } from './source.ts'
import { lineMark, makeToken, type Token } from './token.ts'

export interface Macro {
  /** Null for one without parentheses. */
  readonly params: readonly string[] | null
  readonly body: string
  /** The compiler's own, as __MQL5__. */
  readonly builtin: boolean
}

export interface Unit {
  readonly tokens: Token[]
  readonly properties: [name: string, value: string][]
  /** The last meaning of each name. */
  readonly macros: Map<string, Macro>
  /** Names that mean different things in different places. */
  readonly unstable: Set<string>
  readonly files: string[]
}

export interface Loading {
  /** Where <…> is looked for: a copy of MQL5\Include. */
  readonly includeDirs?: readonly string[]
}

const BUILTIN_MACROS = ['__MQL5__', '__MQL__', '_RELEASE', '__MQL5BUILD__', '__MQLBUILD__']

export function loadUnit(main: string, findings: Findings, { includeDirs = [] }: Loading = {}): Unit {
  const unit: Unit = { tokens: [], properties: [], macros: new Map(), unstable: new Set(), files: [] }
  for (const name of BUILTIN_MACROS) unit.macros.set(name, { params: null, body: '', builtin: true })
  new Loader(unit, findings, includeDirs).read(path.resolve(main))
  return unit
}

interface Condition {
  live: boolean
  taken: boolean
}

class Loader {
  readonly #unit: Unit
  readonly #findings: Findings
  readonly #includeDirs: readonly string[]

  constructor(unit: Unit, findings: Findings, includeDirs: readonly string[]) {
    this.#unit = unit
    this.#findings = findings
    this.#includeDirs = includeDirs
  }

  read(file: string): void {
    if (this.#unit.files.includes(file)) return
    this.#unit.files.push(file)
    const start = { file, line: 1, column: 1 }
    this.#unit.tokens.push(makeToken('directive', '', start, lineMark(1, file)))
    const conditions: Condition[] = []
    for (const token of lex(readSource(file), file, this.#findings)) {
      const live = conditions.every((condition) => condition.live)
      if (token.kind === 'directive') this.#directive(token, conditions, live)
      else if (live || token.kind === 'line') this.#unit.tokens.push(token)
      else this.#unit.tokens.push(makeToken('space', token.text, token, newLines(token.text)))
    }
    if (conditions.length > 0) this.#findings.add('unbalanced-ifdef', start)
  }

  #directive(token: Token, conditions: Condition[], live: boolean): void {
    const { name, rest } = directiveParts(token.text)
    token.out = newLines(token.text)
    const say = (rule: RuleId, detail = '') => this.#findings.add(rule, token, detail)
    if (name === 'ifdef' || name === 'ifndef') {
      const holds = this.#unit.macros.has(rest) === (name === 'ifdef')
      conditions.push({ live: holds, taken: holds })
    } else if (name === 'else') {
      const last = conditions.at(-1)
      if (last === undefined) say('unbalanced-ifdef')
      else last.live = !last.taken
    } else if (name === 'endif') {
      if (conditions.pop() === undefined) say('unbalanced-ifdef')
    } else if (/^(?:if|elif|pragma|error|warning|line)$/.test(name)) {
      say('unknown-directive', name)
      if (name === 'if') conditions.push({ live: true, taken: true })
    } else if (live) {
      this.#unit.tokens.push(token)
      this.#liveDirective(token, name, rest)
      return
    }
    this.#unit.tokens.push(token)
  }

  #liveDirective(token: Token, name: string, rest: string): void {
    const say = (rule: RuleId, detail = '') => this.#findings.add(rule, token, detail)
    if (name === 'define') this.#define(token, rest)
    else if (name === 'undef') {
      if (this.#unit.macros.delete(rest)) this.#unit.unstable.add(rest)
      token.out = token.text
    } else if (name === 'property') {
      const [, property = '', value = ''] = /^(\w+)\s*(.*)$/.exec(rest) ?? []
      this.#unit.properties.push([property, value.replace(/^"|"$/g, '')])
    } else if (name === 'include') this.#include(token, rest)
    else if (name === 'resource') say('resource')
    else if (name === 'import') say('import')
    else say('unknown-directive', name)
  }

  #define(token: Token, rest: string): void {
    const match = /^([A-Za-z_]\w*)(\(([^)]*)\))?\s*([\s\S]*)$/.exec(rest)
    if (match === null) {
      this.#findings.add('define-name', token)
      return
    }
    const [, name = '', parens, list = '', body = ''] = match
    if (this.#unit.macros.has(name)) this.#unit.unstable.add(name)
    const params = parens === undefined ? null : list.split(',').map((one) => one.trim())
    this.#unit.macros.set(name, { params, body, builtin: false })
    token.out = token.text
  }

  #include(token: Token, rest: string): void {
    const [, angle, quoted] = /^(?:<([^>]+)>|"([^"]+)")/.exec(rest) ?? []
    const named = angle ?? quoted
    if (named === undefined) {
      this.#findings.add('include-name', token)
      return
    }
    // Windows knows both slashes, and doubled ones are one.
    const relative = named.replace(/\\+/g, '/')
    const folders = angle === undefined ? [path.dirname(token.file)] : this.#includeDirs
    if (angle !== undefined) this.#findings.add('include-angle', token, named)
    const found = folders.map((folder) => findFile(folder, relative)).find((hit) => hit !== null)
    if (!found) {
      this.#findings.add('include-missing', token, named)
      return
    }
    if (!found.exact) this.#findings.add('include-case', token, named)
    this.read(path.resolve(found.file))
    this.#unit.tokens.push(makeToken('directive', '', token, `\n${lineMark(token.line, token.file)}`))
  }
}

/** As Windows finds it: without regard to case. */
function findFile(folder: string, relative: string): { file: string; exact: boolean } | null {
  let at = folder
  let exact = true
  for (const part of relative.split('/').filter((one) => one !== '' && one !== '.')) {
    if (part === '..') {
      at = path.dirname(at)
      continue
    }
    if (!existsSync(at)) return null
    const names = readdirSync(at)
    const same = names.includes(part)
    const hit = same ? part : names.find((name) => name.toLowerCase() === part.toLowerCase())
    if (hit === undefined) return null
    exact &&= same
    at = path.join(at, hit)
  }
  return { file: at, exact }
}

function directiveParts(text: string): { name: string; rest: string } {
  const bare = text
    .replace(/\\\r?\n/g, ' ')
    .replace(/("(?:\\.|[^"\\])*")|\/\/.*$|\/\*.*?\*\//g, (_, quoted: string | undefined) => quoted ?? ' ')
    .trim()
  const [, name = '', rest = ''] = /^#\s*(\w*)\s*([\s\S]*)$/.exec(bare) ?? []
  return { name, rest: rest.trim() }
}

const newLines = (text: string): string => text.replace(/[^\n]/g, '')
