// With g++: what strict C++ must refuse, what the run must show, and what is right builds without a warning and runs.
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { buildEa, checkEa, Host, inParallel, prepareRuntime } from '../src/index.ts'
import { describeWithCompiler, workFolder } from './support/compiler.ts'
import { type BadFile, badFiles, goodFiles } from './support/corpus.ts'
import { wideProgram, writeWideProgram } from './wide/program.ts'

const PARALLEL = 2
const BUILD_MS = 900_000
const folder = workFolder()
const bad = badFiles()

async function run(file: string, options = {}, args: readonly string[] = ['--run-ms', '400']): Promise<Host> {
  const program = path.join(folder, path.basename(file, '.mq5'))
  const built = await buildEa(file, program, options)
  expect(built.findings).toEqual([])
  expect(built.compiler).toBe('')
  const host = new Host(program, { sandbox: `${program}.sandbox`, args })
  await host.exit
  return host
}

describeWithCompiler('with g++', () => {
  // Once for all; the cache keeps it for the next run.
  beforeAll(async () => {
    await prepareRuntime()
  }, BUILD_MS)

  test(
    'what lint leaves to strict g++ is refused by it',
    async () => {
      const files = bad.filter(({ by }) => by === 'g++')
      const said = await inParallel(files, PARALLEL, async ({ file }) => checkEa(file, folder))
      const wrong = files.filter(({ says }, at) => {
        const one = said[at]
        return one === undefined || one.ok || !one.compiler.includes(says)
      })
      expect(wrong.map(({ name }) => name)).toEqual([])
    },
    BUILD_MS,
  )

  test(
    'what only the run can show is shown by it',
    async () => {
      const files = bad.filter(({ by }) => by === 'run')
      const shown = await inParallel(files, PARALLEL, async (one) => shows(one, await run(one.file)))
      expect(files.filter((_, at) => shown[at] !== true).map(({ name }) => name)).toEqual([])
    },
    BUILD_MS,
  )

  test(
    'good files build without a warning and say ok',
    async () => {
      const files = goodFiles()
      const hosts = await inParallel(files, PARALLEL, (file) =>
        run(file, {}, ['--run-ms', '1500', '--tick-ms', '20']),
      )
      expect(files.filter((_, at) => !hosts[at]?.prints.includes('ok'))).toEqual([])
      for (const host of hosts) expect([...host.of('diag'), ...host.of('critical')]).toEqual([])
    },
    BUILD_MS,
  )

  test(
    'the wide program, pointers included, finds nothing wrong',
    async () => {
      const file = writeWideProgram(path.join(folder, 'wide'), wideProgram(1, 1))
      const host = await run(file, { pointers: true }, ['--run-ms', '5000'])
      expect(host.prints.filter((text) => text.startsWith('FAIL'))).toEqual([])
      expect(host.prints.join('\n')).toMatch(/wide \d{3,} ok, 0 failed\n[\s\S]*bye 0/)
      expect([...host.of('diag'), ...host.of('critical'), host.errors]).toEqual([''])
      expect(await host.exit).toBe(0)
    },
    BUILD_MS,
  )

  test(
    'lax builds what strict refuses',
    async () => {
      const file = bad.find(({ name }) => name === 'number_to_string.mq5')?.file ?? ''
      const out = path.join(folder, 'lax')
      expect((await buildEa(file, out)).ok).toBe(false)
      const built = await buildEa(file, out, { lax: true })
      expect(built.findings.map(({ rule }) => rule)).toEqual(['number-to-string'])
      expect([built.compiler, built.ok]).toEqual(['', true])
    },
    BUILD_MS,
  )

  test(
    'the driver: waiting, commands, the end and the kill',
    async () => {
      const file = goodFiles().find((name) => name.endsWith('smallest.mq5')) ?? ''
      const program = path.join(folder, 'driven')
      expect((await buildEa(file, program)).ok).toBe(true)
      const host = new Host(program, { sandbox: path.join(folder, 'driven.sandbox') })
      await host.waitForPrint('ok')
      expect(await host.command('state')).toBeTypeOf('object')
      expect(await host.stop(1)).toBe(0)
      expect(host.of('end')).toHaveLength(1)
      await expect(host.waitForPrint('never')).rejects.toThrow(/had ended/)
      const killed = new Host(program, { sandbox: path.join(folder, 'killed.sandbox') })
      await killed.waitForPrint('ok')
      await expect(killed.waitForPrint('never', 50)).rejects.toThrow(/nothing of the kind in 50 ms/)
      expect(await killed.kill()).toBe(null)
      expect(killed.of('end')).toEqual([])
    },
    BUILD_MS,
  )
})

async function shows({ says }: BadFile, host: Host): Promise<boolean> {
  if (says === 'critical') return (await host.exit) === 70 && host.of('critical').length === 1
  return says === 'poison' ? host.prints.includes('poison') : host.of(says).length > 0
}
