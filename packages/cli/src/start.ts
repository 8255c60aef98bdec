// `ngtb start`: the server in the foreground, until a signal.
import { resolve } from 'node:path'
import { type Log, openLog, type RunningServer, readConfig, readEnvironment, startServer } from '@ngtb/server'
import type { Command } from 'commander'
import { ALLOW_WHERE, allowLists, allowText, enrolmentText } from './addresses.ts'
import { lifetime } from './lifetime.ts'
import type { Beside, ModuleOptions } from './modules-beside.ts'
import { collect, subcommand } from './options.ts'
import { facts, type Json, remark, say } from './output.ts'
import { setupLink } from './person.ts'

interface StartOptions extends Json, ModuleOptions {
  anyPort?: boolean
}

export function startCommand(program: Command): void {
  subcommand(program, 'start', 'Start the server; Ctrl-C stops it', 'start --json')
    .option('--any-port', 'any free ports instead of the configured ones')
    .option(
      '--module <file>',
      'a module beside the server: a file, or a name of `ngtb module list`; repeatable (also NGTB_MODULES)',
      collect,
    )
    .option('--set <module.name=value>', 'a setting of a module; repeatable', collect)
    .option(
      '--module-settings <file>',
      'settings of modules in JSON: { "MODULE": { … } } (also NGTB_MODULE_SETTINGS)',
    )
    .action(start)
}

async function start(options: StartOptions): Promise<void> {
  const env = readEnvironment()
  const log = await openLog(readConfig(env), options.json ? 2 : 1)
  const modules = await wantedModules(options, env)
  const starting = startServer({ env, log, any_port: options.anyPort ?? false })
  let beside: Promise<Beside> | undefined
  // A signal during the start waits for it: half a start would leave a database behind.
  const life = lifetime(async () => {
    const server = await starting.catch(() => null)
    if (server === null) return
    await (await beside)?.stop()
    await server.stop()
    await log.close()
    if (!options.json) remark(`Stopped; data is in ${resolve(server.config.NGTB_DATA_DIR)}`)
  })
  const server = await starting.catch(async (error) => {
    await life.end()
    throw error
  })
  if (life.signal.aborted) return
  beside = modules?.start(server, log)
  await beside
  const { ports, url, database_url } = server
  const first = await server.server.services.people.firstLink()
  const setup_link = first && setupLink(url, first.token)
  const said = { event: 'ready', ports, url, database_url: withoutPassword(database_url) }
  say(options, { ...said, ...(setup_link && { setup_link }) }, () => readyText(server, setup_link))
}

/** Loaded only where modules are asked for. A misspelt one stops the start before it begins. */
async function wantedModules(options: ModuleOptions, env: ReturnType<typeof readEnvironment>) {
  const asked = options.module ?? options.set ?? options.moduleSettings ?? (env.NGTB_MODULES || undefined)
  if (asked === undefined) return null
  const { moduleRequests, modulesBeside } = await import('./modules-beside.ts')
  const requests = moduleRequests(options, env)
  const start = (server: RunningServer, log: Log) => modulesBeside(server, requests, log)
  return { start }
}

function readyText({ config, ports, url, database_url }: RunningServer, setup_link: string | null): string {
  return [
    'ngTradingBot is ready.',
    '',
    facts([
      ['Commands', `port ${ports.command}`],
      ['Ticks', `port ${ports.ticks}`],
      ['Trades', `port ${ports.trades}`],
      ['EA logs', `port ${ports.logs}`],
      ['Dashboard', url],
      ['Enrolment', enrolmentText(config)],
      ['Data folder', config.NGTB_DATA_DIR],
      ['Database', databaseText(config.DATABASE_URL, database_url)],
    ]),
    '',
    `${ALLOW_WHERE}:`,
    allowText(allowLists(config, ports)),
    '',
    ...(setup_link ? firstAdminText(setup_link) : []),
    'A key for your programs: npx ngtb key create --scope admin · All in order? npx ngtb doctor',
    '',
  ].join('\n')
}

/** While there is nobody who may log in as admin; each start prints a new one. */
const firstAdminText = (link: string): string[] => [
  'There is no admin yet. Whoever opens this link becomes one; it is good once, for 24 hours:',
  `  ${link}`,
  '',
]

/** What is printed is kept by whoever collects it; run.json, which is its owner's alone, has it whole. */
function withoutPassword(database_url: string): string {
  const url = new URL(database_url)
  url.password = ''
  return url.href
}

/** Where it is, without its password: a terminal is read by others. */
function databaseText(configured: string | null, database_url: string): string {
  const { hostname, port, pathname } = new URL(database_url)
  return `${configured === null ? 'embedded PostgreSQL' : 'DATABASE_URL'}, ${hostname}:${port || 5432}${pathname}`
}
