// MQL5 host, lint: all checks of a unit. Pure TypeScript: no compiler is needed.
import type { Reader } from '../parse/reader.ts'
import type { TopLevel } from '../parse/tree.ts'
import type { Spec } from '../spec.ts'
import { lintDeclarations, lintMissingBodies } from './declarations.ts'
import type { House } from './scope.ts'
import { collect, TypeMaker } from './symbols.ts'
import { lintTokens } from './tokens.ts'

export interface LintOptions {
  /** Allow pointers, which the house does not ship. */
  readonly pointers: boolean
}

export function lintUnit(
  reader: Reader,
  nodes: readonly TopLevel[],
  spec: Spec,
  { pointers }: LintOptions,
): void {
  lintTokens(reader)
  lintMacros(reader)
  const symbols = collect(reader, nodes, spec)
  const house: House = { reader, spec, symbols, types: new TypeMaker(reader, spec, symbols), pointers }
  lintDeclarations(house, nodes)
  lintMissingBodies(house, nodes)
}

/** A macro that hides a declaration hides it from lint and from the emitter too. */
function lintMacros(reader: Reader): void {
  for (const [name, { body, builtin }] of reader.unit.macros) {
    if (builtin) continue
    const declares = /^(?:class|struct|enum)\b|^\w+\s+\w+\s*(?:\[[^\]]*\]\s*)?(?:=|;|$)/.test(body)
    const first = /^\w+/.exec(body)?.[0] ?? ''
    if (!declares || !(reader.types.has(first) || /^(?:class|struct|enum)$/.test(first))) continue
    const at = reader.tokens.findIndex(({ text }) => text === name)
    reader.say('macro-declares', Math.max(0, at), name)
  }
}
