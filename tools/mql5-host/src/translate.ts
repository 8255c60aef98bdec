// MQL5 host: one .mq5 with its includes, from files to findings and C++.
import { emit } from './emit/emit.ts'
import { Findings } from './findings.ts'
import { lintUnit } from './lint/lint.ts'
import { Reader } from './parse/reader.ts'
import { readUnit } from './parse/unit.ts'
import { type Loading, loadUnit } from './preprocess.ts'
import { theSpec } from './spec.ts'

export interface Translation {
  readonly findings: Findings
  readonly cpp: string
  readonly files: readonly string[]
  readonly functions: number
}

export interface Translating extends Loading {
  /** Allow pointers, which the house does not ship. */
  readonly pointers?: boolean
}

export function translate(main: string, options: Translating = {}): Translation {
  const findings = new Findings()
  const spec = theSpec()
  const unit = loadUnit(main, findings, options)
  const reader = new Reader(unit, spec, findings)
  const nodes = readUnit(reader)
  lintUnit(reader, nodes, spec, { pointers: options.pointers ?? false })
  const cpp = emit(reader, nodes)
  const functions = nodes.filter((node) => node.kind === 'function').length
  return { findings, cpp, files: unit.files, functions }
}
