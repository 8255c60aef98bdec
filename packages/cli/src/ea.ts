// `ngtb ea install` and `ngtb pair`: the EA's files into a terminal, and the terminal to its server.
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Ledger, PortNumbers } from '@ngtb/server'
import type { Command } from 'commander'
import { ALLOW_WHERE } from './addresses.ts'
import { Misuse, NotHeld } from './failures.ts'
import { ACTOR, withLedger } from './ledger.ts'
import { count, group, login, subcommand } from './options.ts'
import { facts, type Json, say } from './output.ts'

const EA = fileURLToPath(new URL('../../../ea/', import.meta.url))
/** What goes where, below MQL5: the EA looks for its parts beside its own folder. */
const PARTS = ['Experts', 'Include'] as const
const LOOK_EVERY_MS = 500

interface PairOptions extends Json {
  host?: string
  broker: string
  minutes: number
  wait: boolean
}

export function eaCommands(program: Command): void {
  const ea = group(program, 'ea', 'The Expert Advisor for MetaTrader 5', 'ea install --terminal DIR')
  subcommand(
    ea,
    'install',
    'Copy the EA’s files into a terminal',
    'ea install --terminal "C:\\Users\\me\\AppData\\Roaming\\MetaQuotes\\Terminal\\D0E8209F77C8CF37"',
  )
    .requiredOption('--terminal <dir>', 'its data folder: in the terminal, File > Open Data Folder')
    .action((options: Json & { terminal: string }) => install(options))
  subcommand(program, 'pair', 'Show the code for one login’s EA, and wait until it is there', 'pair 12345678')
    .argument('<login>', 'the MT5 login', login)
    .option('--host <name>', 'how the terminal reaches this server (default: this machine)')
    .option('--broker <name>', 'the broker, as it shall be shown', '')
    .option('--minutes <n>', 'how long to wait', count(), 10)
    .option('--no-wait', 'show the code, and do not wait')
    .action((number: string, options: PairOptions) => withLedger((ledger) => pair(ledger, number, options)))
}

async function install(options: Json & { terminal: string }): Promise<void> {
  const mql5 = await mql5Of(options.terminal)
  const files = await Promise.all(
    (await filesOf(EA)).map(async (file) => ({ file, outcome: await copy(file, mql5) })),
  )
  const of = (outcome: string) => files.filter((one) => one.outcome === outcome).length
  const made = { folder: mql5, files, new: of('new'), updated: of('updated'), unchanged: of('unchanged') }
  say(options, made, () =>
    [
      facts([
        ['Folder', mql5],
        ['Files', `${made.new} new, ${made.updated} updated, ${made.unchanged} as they were`],
      ]),
      '',
      'In MetaEditor (F4 in the terminal): open Experts/NgTradingBot.mq5, compile it (F7).',
      'Then `npx ngtb pair LOGIN` shows the code for its input Server.',
    ].join('\n'),
  )
}

/** The folder MQL5 of a terminal: given itself, or the data folder that it lies in. */
async function mql5Of(folder: string): Promise<string> {
  const isFolder = (path: string) =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    )
  if (await isFolder(join(folder, 'MQL5'))) return join(folder, 'MQL5')
  if ((await isFolder(join(folder, 'Experts'))) && (await isFolder(join(folder, 'Include')))) return folder
  throw new Misuse(
    `${folder} holds no folder MQL5: give the terminal's data folder (in the terminal: File > Open Data Folder).`,
  )
}

const filesOf = async (folder: string): Promise<string[]> =>
  (
    await Promise.all(
      PARTS.map(async (part) => {
        const found = await readdir(join(folder, part), { recursive: true, withFileTypes: true })
        return found
          .filter((entry) => entry.isFile() && /\.mq[5h]$/.test(entry.name))
          .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
      }),
    )
  )
    .flat()
    .sort()

async function copy(file: string, mql5: string): Promise<'new' | 'updated' | 'unchanged'> {
  const to = join(mql5, file)
  const ours = await readFile(join(EA, file))
  const there = await readFile(to).catch(() => null)
  if (there?.equals(ours)) return 'unchanged'
  await mkdir(join(to, '..'), { recursive: true })
  // What the trader changed by hand is not lost.
  if (there) await cp(to, `${to}.before`)
  await writeFile(to, ours)
  return there ? 'updated' : 'new'
}

async function pair(ledger: Ledger, number: string, options: PairOptions): Promise<void> {
  const { services } = ledger
  const began = services.clock.now()
  const { account_id, api_key } = await services.pairing.key(number, options.broker, ACTOR)
  const { ways, ports, in_a_row } = services.pairing.ways(options.host)
  const { host, server_url, urls } = ways[0]
  const code = `${server_url}#${api_key}`
  const text = [
    facts([
      ['Login', number],
      ['Input Server', code],
    ]),
    '',
    'The code is shown only now: it holds the key. Whoever has it can speak for this account’s EA.',
    '',
    `${ALLOW_WHERE}, and add`,
    ...urls.map((url) => `  ${url}`),
    `  ${host}`,
    ...(in_a_row ? [] : apart(ports)),
  ].join('\n')
  if (!options.wait) {
    say(options, { account_number: number, code, urls, connected: false }, () => text)
    return
  }
  if (options.json !== true) console.log(`${text}\n\nWaiting for the EA …`)
  const until = began + options.minutes * 60_000
  while (services.clock.now() < until) {
    const seen = (await services.store.load(account_id))?.connection?.last_seen_at ?? 0
    if (seen >= began) {
      const made = { account_number: number, code, urls, connected: true }
      say(options, made, () => `The EA of ${number} is there: npx ngtb status`)
      return
    }
    await sleep(LOOK_EVERY_MS)
  }
  throw new NotHeld(
    `The EA of ${number} did not connect within ${options.minutes} minutes.`,
    'Is Algo Trading on, is the EA on a chart, are the URLs allowed? The code above stays good.',
  )
}

/** Its one URL names the first port: the EA looks for the others right behind it. */
function apart({ command, ticks, trades, logs }: PortNumbers): string[] {
  return [
    '',
    `The EA looks for ticks, trades and logs on the three ports behind ${command}; this server has them on ${ticks}, ${trades} and ${logs}.`,
    'Set PORT_TICKS, PORT_TRADES and PORT_LOGS so that they follow PORT_COMMAND, and start it again.',
  ]
}
