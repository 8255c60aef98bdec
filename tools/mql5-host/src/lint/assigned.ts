// MQL5 host, lint: a local variable that some way through the function reads before any way gave it a value. g++ at
// the level that we compile with takes such a variable for whatever suits it, and says nothing.
//
//   A1. Where it is not known whether a call writes, it does; where a loop runs, it runs once.
import type { Block, Range, Statement, Variables } from '../parse/tree.ts'
import type { House } from './scope.ts'

interface State {
  readonly assigned: boolean
  /** The statement can be left at its end. */
  readonly open: boolean
}

interface Watch {
  readonly house: House
  readonly name: string
  /** Where it was read without a value; -1 as long as it was not. */
  read: number
}

/** At a declaration without a value: answers where it is read too early, or -1. */
export function readsTooEarly(house: House, name: string, after: readonly Statement[]): number {
  const watch: Watch = { house, name, read: -1 }
  walkAll(watch, after, false)
  return watch.read
}

function walkAll(watch: Watch, statements: readonly Statement[], assigned: boolean): State {
  let state: State = { assigned, open: true }
  for (const statement of statements) {
    if (!state.open) return state
    state = walk(watch, statement, state.assigned)
  }
  return state
}

function walk(watch: Watch, node: Statement, before: boolean): State {
  switch (node.kind) {
    case 'block':
      return walkBlock(watch, node, before)
    case 'variables':
      return { assigned: declared(watch, node, before), open: true }
    case 'expression':
    case 'delete':
      return { assigned: scan(watch, node.value, before), open: true }
    case 'return':
      return { assigned: scan(watch, node.value, before), open: false }
    case 'break':
    case 'continue':
      return { assigned: before, open: false }
    case 'if': {
      const start = scan(watch, node.condition, before)
      const then = walk(watch, node.then, start)
      const otherwise =
        node.otherwise === null ? { assigned: start, open: true } : walk(watch, node.otherwise, start)
      return joined([then, otherwise])
    }
    case 'while': {
      const start = scan(watch, node.condition, before)
      const body = walk(watch, node.body, start)
      const endless = watch.house.reader.is('true', node.condition.from)
      return { assigned: start || (endless && body.assigned), open: true }
    }
    case 'do': {
      const body = walk(watch, node.body, before)
      return { assigned: scan(watch, node.condition, body.assigned || !body.open), open: true }
    }
    case 'for': {
      const first = node.first === null ? before : walk(watch, node.first, before).assigned
      const start = scan(watch, node.condition, first)
      const body = walk(watch, node.body, start)
      scan(watch, node.step, body.assigned || !body.open)
      return { assigned: start, open: true }
    }
    case 'switch':
      return walkSwitch(watch, node, before)
    default:
      return { assigned: before, open: true }
  }
}

/** A name of its own in a block hides the watched one. */
function walkBlock(watch: Watch, { statements }: Block, before: boolean): State {
  const hides = statements.some(
    (one) =>
      one.kind === 'variables' && one.items.some(({ name }) => watch.house.reader.is(watch.name, name)),
  )
  return hides ? { assigned: true, open: true } : walkAll(watch, statements, before)
}

function declared(watch: Watch, { items }: Variables, before: boolean): boolean {
  let assigned = before
  for (const { init, args, dims } of items) {
    for (const dim of dims) assigned = scan(watch, dim, assigned)
    if (args !== null) assigned = scan(watch, args, assigned)
    if (init !== null) assigned = scan(watch, init.value, assigned)
  }
  return assigned
}

const joined = (ways: readonly State[]): State => {
  const open = ways.filter((way) => way.open)
  return { assigned: open.every((way) => way.assigned), open: open.length > 0 }
}

function walkSwitch(watch: Watch, node: Statement & { kind: 'switch' }, before: boolean): State {
  const start = scan(watch, node.condition, before)
  if (node.body.kind !== 'block') return walk(watch, node.body, start)
  const ends: State[] = []
  let state: State = { assigned: start, open: false }
  let hasDefault = false
  for (const one of node.body.statements) {
    if (one.kind === 'case') {
      hasDefault ||= one.value === null
      state = { assigned: state.open ? state.assigned && start : start, open: true }
    } else if (state.open) {
      if (one.kind === 'break') ends.push(state)
      state = walk(watch, one, state.assigned)
      // A break further in: what it knew is not followed.
      if (one.kind !== 'break' && holdsBreak(one))
        ends.push({ assigned: state.assigned || !state.open, open: true })
    }
  }
  if (state.open) ends.push(state)
  if (!hasDefault) ends.push({ assigned: start, open: true })
  return joined(ends)
}

function holdsBreak(node: Statement): boolean {
  if (node.kind === 'break') return true
  if (node.kind === 'block') return node.statements.some(holdsBreak)
  return (
    node.kind === 'if' && (holdsBreak(node.then) || (node.otherwise !== null && holdsBreak(node.otherwise)))
  )
}

/** Looks at each place of the name in an expression; answers whether it has a value afterwards. */
function scan(watch: Watch, { from, to }: Range, before: boolean): boolean {
  const { house, name } = watch
  const { reader } = house
  let assigned = before
  for (let at = from; at < to && !assigned; at++) {
    if (reader.unit.macros.get(reader.text(at))?.builtin === false) return true
    if (!reader.is(name, at) || reader.is('.', at - 1) || reader.is('::', at - 1)) continue
    if (reader.is('=', at + 1)) {
      // The right side comes first: `a=a+1`.
      scan(watch, { from: at + 2, to }, false)
      assigned = true
    } else if (mayBeWritten(house, at)) assigned = true
    else {
      if (watch.read < 0) watch.read = at
      assigned = true
    }
  }
  return assigned
}

/** An argument of its own of a call whose parameter is, or may be, a reference. */
function mayBeWritten({ reader, symbols, spec }: House, at: number): boolean {
  if (!/^[(,]$/.test(reader.text(at - 1)) || !/^[),]$/.test(reader.text(at + 1))) return false
  let open = at - 1
  let index = 0
  for (let depth = 0; open >= 0; open--) {
    const text = reader.text(open)
    if (reader.token(open).kind !== 'sign') continue
    if (text === ')' || text === ']' || text === '}') depth++
    else if (text === '(' || text === '[' || text === '{') {
      if (depth === 0) break
      depth--
    } else if (text === ',' && depth === 0) index++
  }
  const callee = reader.token(open - 1)
  if (!reader.is('(', open) || callee.kind !== 'word') return false
  if (/^(?:if|while|switch|return|for|sizeof)$/.test(callee.text) || reader.isType(open - 1)) return false
  if (reader.is('.', open - 2) || reader.is('::', open - 2)) return true
  const own = symbols.functions.get(callee.text)
  if (own !== undefined) return own.some(({ params }) => params[index]?.reference !== false)
  const ways = spec.functions.get(callee.text)
  return ways === undefined || ways.some(({ params }) => params[index]?.reference === true)
}
