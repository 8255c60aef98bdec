// Tidy: the house rules that a machine can hold (docs/STYLE.md). Reads every file of the repository once.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { importComplaints } from './check-imports.ts'
import { lockfileComplaints, pageComplaints, readmeComplaints } from './check-repo.ts'
import { LINES_WARN, lineCount, textComplaints } from './check-text.ts'
import { readSource } from './source.ts'

export interface Findings {
  readonly complaints: string[]
  /** Not wrong yet: files that grow towards the limit. */
  readonly warnings: string[]
  readonly files: number
}

const CLOSED = new Set(['node_modules', 'dist', 'coverage', '.git', '.ngtb'])

/** The paths of all files below `root` that belong to the repository, with slashes, sorted. */
export function filesOf(root: string, folder = ''): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const below = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) return CLOSED.has(entry.name) ? [] : filesOf(root, below)
      return entry.isFile() ? [below] : []
    })
    .sort()
}

export function tidy(root: string): Findings {
  const paths = filesOf(root)
  const complaints = readmeComplaints(paths)
  const warnings: string[] = []
  for (const file of paths) {
    const findings = judge(file, () => readFileSync(path.join(root, file), 'utf8'))
    complaints.push(...findings.complaints)
    warnings.push(...findings.warnings)
  }
  return { complaints, warnings, files: paths.length }
}

/** One file; `read` is asked only for what tidy knows. */
export function judge(file: string, read: () => string): Omit<Findings, 'files'> {
  if (file === 'package-lock.json') return { complaints: lockfileComplaints(file, read()), warnings: [] }
  if (file.endsWith('.md')) return { complaints: pageComplaints(file, read()), warnings: [] }
  if (!/\.tsx?$/.test(file) || file.endsWith('.d.ts')) return { complaints: [], warnings: [] }
  const source = readSource(file, read())
  const lines = lineCount(source)
  return {
    complaints: [...importComplaints(source), ...textComplaints(source)],
    warnings: lines > LINES_WARN ? [`${file}: ${lines} lines`] : [],
  }
}
