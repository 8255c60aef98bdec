// Makes the bundles: our own packages and typebox, which are a thousand files, in a few; other packages stay where they
// are. It appears whole or not at all: the manifest is renamed into its place.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { hashOf, homeIn, manifestIn } from './launch.mjs'

/** What was replaced may still be read by a process that has just begun. */
const KEPT_MS = 3_600_000
const INSIDE = /^(@ngtb\/|typebox\b|#|\.|\/)/
const SOURCE = /[\\/]packages[\\/][^\\/]+[\\/]src[\\/].*\.ts$/
/** What decides, besides the sources, what becomes of them. */
const ALSO = ['package-lock.json', 'packages/server/src/launch/bundle.mjs']

/**
 * @param {Record<string, string>} programs where each begins, from the root
 * @returns {Promise<string>} the folder in which each program is a file `NAME.mjs`
 */
export async function bundlePrograms(root, programs) {
  const home = homeIn(root)
  mkdirSync(home, { recursive: true })
  const folder = mkdtempSync(join(home, 'programs-'))
  try {
    chmodSync(folder, 0o755) // root may have made it, and a lesser user run it
    const read = new Map(ALSO.map((source) => [source, readFileSync(join(root, source))]))
    await build({
      entryPoints: Object.fromEntries(
        Object.entries(programs).map(([name, path]) => [name, join(root, path)]),
      ),
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      // What is loaded when it is needed stays so, with the packages behind it.
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      sourcemap: 'linked',
      sourcesContent: false,
      plugins: [inPlace(root, read)],
      logLevel: 'silent', // a failure is thrown with the same words
    })
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.mjs')))
      read.set(relative(root, join(folder, name)), readFileSync(join(folder, name)))
    const manifest = { folder: basename(folder), files: [...read.keys()], hash: hashOf(read) }
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
    renameSync(join(folder, 'manifest.json'), manifestIn(root))
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
  sweep(home, folder)
  return folder
}

/** A bundle lies elsewhere, but its parts must find their neighbours: migrations, pages, the EA. */
const inPlace = (root, read) => ({
  name: 'in place',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'entry-point' || INSIDE.test(path) ? undefined : { path, external: true },
    )
    onLoad({ filter: SOURCE }, ({ path }) => {
      const contents = readFileSync(path)
      read.set(relative(root, path), contents)
      const here = JSON.stringify(pathToFileURL(path).href)
      return { contents: contents.toString('utf8').replaceAll('import.meta.url', here), loader: 'ts' }
    })
  },
})

function sweep(home, newest) {
  for (const name of readdirSync(home).filter((one) => one.startsWith('programs-'))) {
    const folder = join(home, name)
    if (folder !== newest && Date.now() - statSync(folder).mtimeMs > KEPT_MS)
      rmSync(folder, { recursive: true, force: true })
  }
}
