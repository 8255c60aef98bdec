// The programs of the rig: each is a bundle, in which bugs may be planted.
import { fileURLToPath } from 'node:url'
import { bundle } from '../../support/bundle.ts'
import type { Mutant } from '../../support/mutant.ts'

export const PROGRAMS = ['server', 'ea', 'plain-ea', 'broker', 'guard'] as const
export type ProgramName = (typeof PROGRAMS)[number]
export type Programs = Readonly<Record<ProgramName, string>>

/** @returns the path of each program in `folder` */
export async function bundlePrograms(folder: string, bugs: readonly Mutant[] = []): Promise<Programs> {
  const source = (name: ProgramName) => fileURLToPath(new URL(`../programs/${name}.ts`, import.meta.url))
  const paths = await bundle(PROGRAMS.map(source), folder, bugs)
  return Object.fromEntries(PROGRAMS.map((name, at) => [name, paths[at]])) as Programs
}
