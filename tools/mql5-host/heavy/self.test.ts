// The runtime's own self tests: EAs that check the language, files, the broker, events, the network and restarts.
// An EA prints "DO command" for what only the driver can do, and "NAME pass=N fail=0" at its end.
//
//   S1. A check that is gone is a fault too: as many pass as stand in the table, or more.
//   S2. What was built once is run from the same program; a killed EA is started again with the same account.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildEa, Host, inParallel } from '../src/index.ts'
import { describeWithCompiler, workFolder } from '../test/support/compiler.ts'
import { CORPUS } from '../test/support/corpus.ts'

interface SelfTest {
  readonly name: string
  readonly checks: number
  readonly args?: readonly string[]
  readonly inputs?: Readonly<Record<string, string | number>>
  readonly allow?: readonly string[]
}

const NO_FEED = ['--no-feed']
const TESTS: readonly SelfTest[] = [
  { name: 'SelfTest', checks: 169, inputs: { InpName: 'from host', InpCount: 7, InpTf: 16388 } },
  { name: 'FileTest', checks: 80, args: NO_FEED },
  { name: 'BrokerTest', checks: 188, args: NO_FEED },
  { name: 'NettingTest', checks: 21, args: [...NO_FEED, '--netting'] },
  { name: 'EventTest', checks: 11, args: NO_FEED },
  { name: 'NetTest', checks: 50, args: NO_FEED, allow: ['http://127.0.0.1', 'ftp://127.0.0.1'] },
]
/** Its checks are counted over all of its lives. */
const RESTART = { name: 'RestartTest', checks: 14, killed: 4 }
/** The whole of one runs for seconds; a loaded machine is slower. */
const END_MS = 60_000
const LIMIT_MS = 120_000

const folder = workFolder()
const program = (name: string) => path.join(folder, name)

/** Starts a built self test and does what it asks for. */
function start({ name, args = [], inputs = {}, allow = [] }: Omit<SelfTest, 'checks'>): Host {
  const host = new Host(program(name), { sandbox: `${program(name)}.box`, args, inputs, allow })
  host.listen(({ ev, text = '' }) => {
    if (ev === 'print' && text.startsWith('DO ')) host.send(text.slice('DO '.length))
  })
  return host
}

const failed = (host: Host): string[] => host.prints.filter((text) => text.startsWith('FAIL'))
/** Commands that the host did not understand. */
const refused = (host: Host): unknown[] =>
  host.of('reply').filter(({ data }) => typeof data === 'object' && data !== null && 'error' in data)

function passed(host: Host, name: string): number {
  const line = host.prints.find((text) => text.startsWith(`${name.toLowerCase()} pass=`)) ?? ''
  const [, pass = '0', fail = '?'] = /pass=(\d+) fail=(\d+)$/.exec(line) ?? []
  expect([line, fail]).toEqual([line, '0'])
  return Number(pass)
}

describeWithCompiler('self tests of the runtime', () => {
  let server: ChildProcess | undefined
  let port = 0

  beforeAll(async () => {
    const names = [...TESTS, RESTART].map(({ name }) => name)
    const built = await inParallel(names, 2, (name) =>
      buildEa(path.join(CORPUS, 'self', `${name}.mq5`), program(name)),
    )
    expect(built.map(({ ok, compiler, findings }) => [ok, compiler, findings])).toEqual(
      names.map(() => [true, '', []]),
    )
    server = spawn(process.execPath, [path.join(CORPUS, 'self', 'netserver.mjs'), '0'])
    if (server.stdout === null) throw new Error('the server of NetTest has no stdout')
    const [said] = (await once(server.stdout, 'data')) as [Buffer]
    port = Number(/listening on (\d+)/.exec(said.toString())?.[1])
    expect(port).toBeGreaterThan(0)
  }, 900_000)

  afterAll(() => {
    server?.kill()
  })

  for (const self of TESTS)
    test(
      `${self.name}: ${self.checks} checks`,
      async () => {
        const inputs = self.name === 'NetTest' ? { InpPort: port } : (self.inputs ?? {})
        const host = start({ ...self, inputs })
        await host.waitFor(({ ev }) => ev === 'end', END_MS)
        expect(await host.exit).toBe(0)
        expect([...failed(host), ...refused(host), host.errors]).toEqual([''])
        expect(passed(host, self.name)).toBeGreaterThanOrEqual(self.checks)
      },
      LIMIT_MS,
    )

  test(
    `${RESTART.name}: killed ${RESTART.killed} times, and nothing is lost`,
    async () => {
      const again = { name: RESTART.name, args: [...NO_FEED, '--broker', path.join(folder, 'account')] }
      const hosts = [start(again)]
      while ((await hosts.at(-1)?.exit) === 137 && hosts.length <= RESTART.killed) hosts.push(start(again))
      const codes = await Promise.all(hosts.map(({ exit }) => exit))
      expect(codes).toEqual([...Array<number>(RESTART.killed).fill(137), 0])
      expect(hosts.flatMap((host) => [...failed(host), host.errors]).join('')).toBe('')
      const phases = hosts.flatMap(({ prints }) => prints.filter((text) => text.includes(' pass=')))
      const sum = phases.reduce(
        (all, text) => all + Number(/ pass=(\d+) fail=0$/.exec(text)?.[1] ?? Number.NaN),
        0,
      )
      expect([sum >= RESTART.checks, phases]).toEqual([true, phases])
    },
    LIMIT_MS,
  )
})
