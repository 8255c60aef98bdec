// MQL5 host, lint: which statements are reached, and whether a function ends by a return.
import type { Reader } from '../parse/reader.ts'
import type { Block, Range, Statement } from '../parse/tree.ts'

/** Can the statement be left at its end? Says what is never reached. */
export function completes(reader: Reader, node: Statement): boolean {
  switch (node.kind) {
    case 'block':
      return blockCompletes(reader, node)
    case 'return':
    case 'break':
    case 'continue':
      return false
    case 'if': {
      const then = completes(reader, node.then)
      const otherwise = node.otherwise === null || completes(reader, node.otherwise)
      return then || otherwise
    }
    case 'while':
    case 'do':
    case 'for': {
      const body = completes(reader, node.body)
      const endless = isTrue(reader, node.condition, node.kind === 'for')
      // do { … return … } while(x): the condition is not reached.
      if (node.kind === 'do' && !body && !leaves(node.body, ['break', 'continue'])) return false
      return !endless || leaves(node.body, ['break'])
    }
    case 'switch':
      return switchCompletes(reader, node.body)
    default:
      return true
  }
}

function blockCompletes(reader: Reader, { statements }: Block): boolean {
  let open = true
  for (const statement of statements) {
    if (!open && statement.kind !== 'case' && statement.kind !== 'empty') {
      reader.say('unreachable', statement.from)
      return false
    }
    if (statement.kind === 'case') open = true
    open = completes(reader, statement)
  }
  return open
}

function switchCompletes(reader: Reader, body: Statement): boolean {
  if (body.kind !== 'block') return true
  const hasDefault = body.statements.some((node) => node.kind === 'case' && node.value === null)
  const end = blockCompletes(reader, body)
  checkFallThrough(reader, body)
  return end || !hasDefault || leaves(body, ['break'])
}

/** Silent second look: what is never reached was said already. */
const ends = (reader: Reader, node: Statement): boolean => !completes(reader, node)

function checkFallThrough(reader: Reader, { statements }: Block): void {
  statements.forEach((node, index) => {
    const before = statements[index - 1]
    if (node.kind !== 'case' || before === undefined || before.kind === 'case') return
    if (!ends(reader, before)) reader.say('falls-through', node.from)
  })
}

function isTrue(reader: Reader, { from, to }: Range, emptyIsTrue: boolean): boolean {
  if (to <= from) return emptyIsTrue && from > 0
  return to - from === 1 && (reader.is('true', from) || reader.is('1', from))
}

/** A break or continue that belongs to the loop or switch around `node`. */
function leaves(node: Statement, words: readonly string[]): boolean {
  switch (node.kind) {
    case 'break':
    case 'continue':
      return words.includes(node.kind)
    case 'block':
      return node.statements.some((one) => leaves(one, words))
    case 'if':
      return leaves(node.then, words) || (node.otherwise !== null && leaves(node.otherwise, words))
    case 'switch':
      return words.includes('continue') && leaves(node.body, ['continue'])
    default:
      return false
  }
}
