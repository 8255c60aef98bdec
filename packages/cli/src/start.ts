// `ngtb start`: the server in the foreground, until a signal.
import { resolve } from 'node:path'
import { openLog, type RunningServer, readConfig, readEnvironment, startServer } from '@ngtb/server'
import type { Command } from 'commander'
import { ALLOW_WHERE, allowLists, allowText, enrolmentText } from './addresses.ts'
import { lifetime } from './lifetime.ts'
import { subcommand } from './options.ts'
import { facts, type Json, remark, say } from './output.ts'
import { setupLink } from './person.ts'

interface StartOptions extends Json {
  anyPort?: boolean
}

export function startCommand(program: Command): void {
  subcommand(program, 'start', 'Start the server; Ctrl-C stops it', 'start --json')
    .option('--any-port', 'any free ports instead of the configured ones')
    .action(start)
}

async function start(options: StartOptions): Promise<void> {
  const env = readEnvironment()
  const log = await openLog(readConfig(env), options.json ? 2 : 1)
  const starting = startServer({ env, log, any_port: options.anyPort ?? false })
  // A signal during the start waits for it: half a start would leave a database behind.
  const life = lifetime(async () => {
    const server = await starting.catch(() => null)
    if (server === null) return
    await server.stop()
    await log.close()
    if (!options.json) remark(`Stopped; data is in ${resolve(server.config.NGTB_DATA_DIR)}`)
  })
  const server = await starting.catch(async (error) => {
    await life.end()
    throw error
  })
  if (life.signal.aborted) return
  const { ports, url, database_url } = server
  const first = await server.server.services.people.firstLink()
  const setup_link = first && setupLink(url, first.token)
  say(options, { event: 'ready', ports, url, database_url, ...(setup_link && { setup_link }) }, () =>
    readyText(server, setup_link),
  )
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

/** Where it is, without its password: a terminal is read by others. */
function databaseText(configured: string | null, database_url: string): string {
  const { hostname, port, pathname } = new URL(database_url)
  return `${configured === null ? 'embedded PostgreSQL' : 'DATABASE_URL'}, ${hostname}:${port || 5432}${pathname}`
}
