// The build: dist/web, every file named by its content and compressed once. The server only hands it out.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

export default defineConfig({
  plugins: [react(), styled(), compressed()],
  resolve: {
    alias: [{ find: /^typebox(?:\/.*)?$/, replacement: join(import.meta.dirname, 'no-schemas.ts') }],
  },
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would be data: URLs, which the page's policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the first page needs is one file: each more is one more thing to wait for.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:9905', '/ws': { target: 'ws://127.0.0.1:9905', ws: true } } },
})

/** @mantine/core's classes, as its files and ours have them. */
const classesIn = (text: string): ReadonlySet<string> => new Set(text.match(/\bm_[0-9a-f]{6,8}\b/g))

/** @throws for a component of Mantine whose styles ui/mantine.css leaves out */
function styled(): Plugin {
  return {
    name: 'styled',
    apply: 'build',
    generateBundle(_, bundle) {
      const texts = (ext: string) =>
        Object.values(bundle)
          .filter(({ fileName }) => fileName.endsWith(ext))
          .map((file) => (file.type === 'chunk' ? file.code : String(file.source)))
          .join()
      const here = classesIn(texts('.css'))
      const used = classesIn(texts('.js'))
      const folder = join(import.meta.dirname, '../../node_modules/@mantine/core/styles')
      for (const file of readdirSync(folder).filter((name) => name.endsWith('.layer.css'))) {
        const missing = [...classesIn(readFileSync(join(folder, file), 'utf8'))].filter(
          (name) => used.has(name) && !here.has(name),
        )
        if (missing.length > 0) this.error(`src/ui/mantine.css needs ${file}: ${missing.join(', ')}`)
      }
    },
  }
}

/** Beside each text file the same as gzip. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir = 'dist/web' }) {
      for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
        if (!entry.isFile() || !/\.(?:js|css|html|svg)$/.test(entry.name)) continue
        const path = join(entry.parentPath, entry.name)
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
      }
    },
  }
}
