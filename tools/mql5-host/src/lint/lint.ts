// MQL5 host, lint: all checks of a unit. Pure TypeScript: no compiler is needed.
import type { Reader } from '../parse/reader.ts'
import type { TopLevel } from '../parse/tree.ts'
import type { Spec } from '../spec.ts'
import { lintTokens } from './tokens.ts'

export interface LintOptions {
  readonly pointers: boolean
}

export function lintUnit(reader: Reader, nodes: readonly TopLevel[], spec: Spec, options: LintOptions): void {
  lintTokens(reader)
  void nodes
  void spec
  void options
}
