// The wide program at full size and by several seeds, plainly and with AddressSanitizer and UBSan.
import path from 'node:path'
import { expect, test } from 'vitest'
import { buildEa, Host } from '../src/index.ts'
import { describeWithCompiler, workFolder } from '../test/support/compiler.ts'
import { wideProgram, writeWideProgram } from '../test/wide/program.ts'

const ROUNDS = 5
const folder = workFolder()
const seeds = (process.env.WIDE_SEEDS ?? '1,2').split(',').map(Number)

describeWithCompiler('thousands of lines', () => {
  for (const seed of seeds)
    for (const sanitize of [false, true])
      test(`seed ${seed}${sanitize ? ', with sanitizers' : ''}`, async () => {
        const program = wideProgram(seed, ROUNDS)
        expect(program.main.split('\n').length).toBeGreaterThan(3_000)
        const home = path.join(folder, `${seed}-${sanitize}`)
        const file = writeWideProgram(home, program)
        const out = path.join(home, 'wide')
        const built = await buildEa(file, out, { pointers: true, sanitize })
        expect([built.findings, built.compiler, built.ok]).toEqual([[], '', true])
        const host = new Host(out, { sandbox: path.join(home, 'sandbox'), args: ['--run-ms', '20000'] })
        expect(await host.exit).toBe(0)
        expect(host.prints.join('\n')).toMatch(/wide \d+ ok, 0 failed/)
        expect([...host.of('diag'), ...host.of('critical'), host.errors]).toEqual([''])
      })
})
