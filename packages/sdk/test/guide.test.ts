// The guide's snippets are one program that compiles.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

async function compiled(program: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'ngtb-guide-'))
  try {
    await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
    await writeFile(join(dir, 'package.json'), '{"type": "module"}')
    await writeFile(join(dir, 'guide.ts'), program)
    const compilerOptions = { noEmit: true, composite: false, emitDeclarationOnly: false, types: ['node'] }
    const config = { extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, include: ['guide.ts'] }
    await writeFile(join(dir, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
    const told = promisify(execFile)(process.execPath, [tsc, '-p', dir], { cwd: dir })
    return await told.then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    )
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

test('docs/guides/write-a-strategy.md', async () => {
  const page = await readFile(join(ROOT, 'docs', 'guides', 'write-a-strategy.md'), 'utf8')
  const snippets = [...page.matchAll(/^```ts compiled\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? '')
  expect(snippets.length).toBeGreaterThan(6)
  const program = snippets.join('\n')
  expect(await compiled(program)).toBe('')
  // A check that finds nothing must be able to find something.
  expect(await compiled(program.replaceAll('NGTB_RISK_CLOSED', 'NGTB_RISK_CLOZED'))).toMatch(
    /NGTB_RISK_CLOZED/,
  )
})

test('docs/guides/write-a-module.md', async () => {
  const page = await readFile(join(ROOT, 'docs', 'guides', 'write-a-module.md'), 'utf8')
  const [module = ''] = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? '')
  expect(module).toContain('export default defineModule({')
  expect(await compiled(module)).toBe('')
  expect(await compiled(module.replace("'commands:open'", "'commands:opne'"))).toMatch(/commands:opne/)
})
