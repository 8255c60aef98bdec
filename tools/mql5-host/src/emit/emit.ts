// MQL5 host, emit: a parsed unit as C++ for the runtime (runtime/mql5.h, api.h). Tokens are rewritten in place and
// put together again; #line keeps messages of g++ on the lines of the .mq5.
//
//   E1. Announcements of types come first, prototypes before the first body, bodies of classes last. A prototype
//       that names a type inside of a class comes after that class.
//   E2. A body stays in its class when it is a template, or uses a macro that means different things.
import type { Reader } from '../parse/reader.ts'
import type { Block, ClassDef, EnumDef, Fn, Statement, TopLevel } from '../parse/tree.ts'
import { enumToString } from '../spec.ts'
import { lineMark } from '../token.ts'
import { rewriteVariables } from './declarations.ts'
import { prototype, rewriteFunction, rewriteMethod } from './functions.ts'
import { rewriteTokens } from './tokens.ts'

const HANDLERS = [
  'OnInit',
  'OnDeinit',
  'OnTick',
  'OnTimer',
  'OnTrade',
  'OnTradeTransaction',
  'OnChartEvent',
] as const

interface Work {
  readonly reader: Reader
  readonly announced: string[]
  readonly prototypes: string[]
  readonly moved: string[]
  readonly enums: { readonly type: string; readonly members: readonly { name: string }[] }[]
  readonly handlers: Set<string>
  /** The first thing that owns a body. */
  anchor: number | null
}

export function emit(reader: Reader, nodes: readonly TopLevel[]): string {
  rewriteTokens(reader)
  const work: Work = {
    reader,
    announced: [],
    prototypes: [],
    moved: [],
    enums: [],
    handlers: new Set(),
    anchor: null,
  }
  for (const node of nodes) rewriteTopLevel(work, node)
  place(work, nodes)
  const code = reader.unit.tokens.map((token) => token.before + token.out).join('')
  const made = work.enums.map(({ type, members }) => enumToString(type, members))
  return [
    '#include "mql5.h"',
    'namespace ea {',
    'using namespace mql;',
    code,
    lineMark(1, 'generated').trimEnd(),
    ...made,
    ...work.moved,
    lineMark(1, 'generated').trimEnd(),
    initFunction(work.handlers),
    '}',
    mainFunction(work.handlers),
    '',
  ].join('\n')
}

function initFunction(handlers: ReadonlySet<string>): string {
  // A lambda with `auto`, because only in a template is the other branch not compiled.
  const call =
    'return [](auto f) { if constexpr (std::is_void_v<decltype(f())>) { f(); return 0; } ' +
    'else return static_cast<int>(f()); }(OnInit);'
  return `static int init_() { ${handlers.has('OnInit') ? call : 'return 0;'} }`
}

function mainFunction(handlers: ReadonlySet<string>): string {
  const rest = HANDLERS.slice(1).map((name) => {
    if (!handlers.has(name)) return 'nullptr'
    return name === 'OnDeinit' ? '[](int r) { ea::OnDeinit(r); }' : `&ea::${name}`
  })
  const all = ['&ea::init_', ...rest].join(', ')
  return `int main(int c, char **v) {\n  mql::handlers = { ${all} };\n  return mql::host_main(c, v);\n}`
}

/** Announcements before the first token, prototypes before the first body. */
function place({ reader, announced, prototypes, anchor }: Work, nodes: readonly TopLevel[]): void {
  const put = (at: number, lines: readonly string[]) => {
    const token = reader.token(at)
    const text = lines.length === 0 ? '' : `\n${lines.join('\n')}\n${lineMark(token.line, token.file)}`
    token.before = text + token.before
  }
  const ends = new Map<string, number>()
  for (const node of nodes)
    if (node.kind === 'class' && !node.announced) ends.set(reader.text(node.name), node.to)
  const early: string[] = []
  for (const line of prototypes) {
    const needs = [...line.matchAll(/(\w+)::/g)].flatMap(([, name = '']) => ends.get(name) ?? [])
    if (needs.length === 0 || anchor === null) early.push(line)
    else put(Math.max(...needs, anchor), [line])
  }
  if (anchor !== null) put(anchor, early)
  put(0, announced)
}

function rewriteTopLevel(work: Work, node: TopLevel): void {
  const { reader } = work
  if (node.kind === 'variables') rewriteVariables(reader, node)
  else if (node.kind === 'class') rewriteClass(work, node)
  else if (node.kind === 'enum') rewriteEnum(work, node)
  else if (node.kind === 'input-group') reader.replace(node, '')
  else if (node.kind === 'function-type') {
    // Prototypes may name it.
    work.announced.push(reader.out(node))
    reader.replace(node, '')
  } else if (node.kind === 'function') {
    if (node.body !== null) {
      work.anchor ??= node.from
      rewriteBody(reader, node.body)
      if (node.place === 'global') {
        work.prototypes.push(prototype(reader, node))
        if (/^On[A-Z]/.test(node.title)) work.handlers.add(node.title)
      }
    }
    rewriteFunction(reader, node)
  }
}

function rewriteClass(work: Work, node: ClassDef): void {
  const { reader } = work
  const word = node.word === 'interface' ? 'struct' : node.word
  const at = node.name - 1
  reader.token(at).out = word
  const template = node.template === null ? '' : `${reader.out(node.template)} `
  if (node.outer === null) work.announced.push(`${template}${word} ${reader.text(node.name)};`)
  const move = node.template === null && !usesUnstable(reader, node)
  // A template keeps its bodies: what they call must be announced before them.
  if (!move && node.members.some((member) => member.kind === 'function' && member.body !== null))
    work.anchor ??= node.from
  for (const member of node.members) {
    if (member.kind === 'variables') rewriteVariables(reader, member)
    else if (member.kind === 'class') rewriteClass(work, member)
    else if (member.kind === 'enum') rewriteEnum(work, member)
    else rewriteMember(work, member, node, move)
  }
}

function rewriteMember(work: Work, fn: Fn, owner: ClassDef, move: boolean): void {
  if (fn.body !== null) rewriteBody(work.reader, fn.body)
  const moved = rewriteMethod(work.reader, fn, owner, move && fn.template === null)
  if (moved !== null) work.moved.push(moved)
}

function usesUnstable(reader: Reader, { from, to }: ClassDef): boolean {
  const { unstable } = reader.unit
  if (unstable.size === 0) return false
  for (let at = from; at < to; at++) if (unstable.has(reader.text(at))) return true
  return false
}

function rewriteEnum(work: Work, node: EnumDef): void {
  const { reader } = work
  if (node.name === null) return
  const name = reader.token(node.name)
  name.out = `${name.text} : int`
  const members = node.members.map((member) => ({ name: reader.text(member.name) }))
  if (node.outer === null) {
    work.announced.push(`enum ${name.text} : int; string EnumToString(${name.text} v);`)
    work.enums.push({ type: name.text, members })
    return
  }
  const type = `${node.outer}::${name.text}`
  work.enums.push({ type, members })
  work.prototypes.push(`string EnumToString(${type} v);`)
}

function rewriteBody(reader: Reader, block: Block): void {
  for (const statement of block.statements) rewriteStatement(reader, statement)
}

function rewriteStatement(reader: Reader, node: Statement): void {
  if (node.kind === 'variables') rewriteVariables(reader, node)
  else if (node.kind === 'block') rewriteBody(reader, node)
  else if (node.kind === 'if') {
    rewriteStatement(reader, node.then)
    if (node.otherwise !== null) rewriteStatement(reader, node.otherwise)
  } else if (node.kind === 'for') {
    if (node.first !== null) rewriteStatement(reader, node.first)
    rewriteStatement(reader, node.body)
  } else if (node.kind === 'while' || node.kind === 'do' || node.kind === 'switch')
    rewriteStatement(reader, node.body)
}
