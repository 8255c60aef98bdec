// `ngtb module …`: a module to begin with, and which there are.
import { relative, resolve } from 'node:path'
import { SHIPPED, writeStarter } from '@ngtb/modules/host'
import type { Command } from 'commander'
import { localServer } from './client.ts'
import { Misuse } from './failures.ts'
import { withLedger } from './ledger.ts'
import { MODULE_LABEL, moduleKeys } from './modules-beside.ts'
import { group, subcommand } from './options.ts'
import { type Json, moment, say, table } from './output.ts'

export function moduleCommands(program: Command): void {
  const module = group(program, 'module', 'Modules beside the server (ngtb start --module)', 'module list')
  subcommand(module, 'new', 'Write a module to begin with, and its test', 'module new breakout')
    .argument('<name>', 'small letters, digits and "-"')
    .option('--dir <folder>', 'where its folder is made', '.')
    .action(create)
  subcommand(module, 'list', 'The modules that come with it, and those that run', 'module list').action(list)
}

interface NewOptions extends Json {
  dir: string
}

function create(name: string, options: NewOptions): void {
  const folder = resolve(options.dir, name)
  let written: ReturnType<typeof writeStarter>
  try {
    written = writeStarter(folder, name)
  } catch (error) {
    if (error instanceof TypeError) throw new Misuse(`${error.message}.`)
    throw error
  }
  const files = written.files.map((file) => relative('.', file))
  const file = files.find((one) => one.endsWith(`${name}.ts`)) ?? ''
  const test = files.find((one) => one.endsWith('.test.ts')) ?? ''
  say(options, { name, folder, files, linked: written.linked }, () =>
    [
      ...files.map((one) => `  ${one}`),
      '',
      `Test it:  npx tsx --test ${test}`,
      `Run it:   npx ngtb start --module ${file}`,
      'It trades: try it with `npx ngtb sim`. All it can do: docs/guides/write-a-module.md',
    ].join('\n'),
  )
}

interface Running {
  name: string
  key_id: string
  since: string
  last_used_at: string | null
}

async function list(options: Json): Promise<void> {
  const shipped = Object.entries(SHIPPED).map(([name, about]) => ({ name, about }))
  // Only a server that runs has modules; its ledger is not opened for this otherwise.
  const running = localServer() === null ? [] : await runningModules()
  say(options, { shipped, running }, () =>
    [
      table(
        ['shipped', 'what it does'],
        shipped.map(({ name, about }) => [name, about]),
      ),
      '',
      running.length === 0
        ? 'None runs here. Run one: npx ngtb start --module NAME'
        : table(
            ['running', 'key_id', 'since (UTC)', 'last used'],
            running.map(({ name, key_id, since, last_used_at }) => [
              name,
              key_id,
              moment(since),
              moment(last_used_at),
            ]),
          ),
    ].join('\n'),
  )
}

const runningModules = (): Promise<Running[]> =>
  withLedger(async ({ services }) => {
    const iso = (ms: number) => new Date(ms).toISOString()
    const running: Running[] = []
    for await (const { label, key_id, created_at, last_used_at } of moduleKeys(services)) {
      const name = label.slice(MODULE_LABEL.length)
      const last = last_used_at === null ? null : iso(last_used_at)
      if (!name.startsWith('(')) running.push({ name, key_id, since: iso(created_at), last_used_at: last })
    }
    return running
  })
