// The program: every command group in its place. Only the group that was typed is loaded: a person who closes
// everything in a hurry must not wait for the parts of a server.
import { Command } from 'commander'

type Register = (program: Command) => void

const reads = async (): Promise<Register> => (await import('./reads.ts')).readCommands

const GROUPS: Record<string, () => Promise<Register>> = {
  start: async () => (await import('./start.ts')).startCommand,
  demo: async () => (await import('./demo/index.ts')).demoCommand,
  account: async () => (await import('./account.ts')).accountCommands,
  alert: async () => (await import('./alert.ts')).alertCommands,
  enroll: async () => (await import('./account.ts')).accountCommands,
  ea: async () => (await import('./ea.ts')).eaCommands,
  pair: async () => (await import('./ea.ts')).eaCommands,
  key: async () => (await import('./key.ts')).keyCommands,
  person: async () => (await import('./person.ts')).personCommands,
  command: async () => (await import('./command.ts')).commandCommands,
  module: async () => (await import('./module.ts')).moduleCommands,
  trades: reads,
  why: async () => (await import('./why.ts')).whyCommand,
  status: reads,
  export: async () => (await import('./export.ts')).exportCommands,
  limits: async () => (await import('./limits.ts')).limitsCommands,
  logs: reads,
  orphans: async () => (await import('./orphans.ts')).orphansCommand,
  sim: async () => (await import('./sim.ts')).simCommand,
  backup: async () => (await import('./backup.ts')).backupCommands,
  restore: async () => (await import('./backup.ts')).backupCommands,
  doctor: async () => (await import('./doctor/index.ts')).doctorCommand,
  audit: async () => (await import('./audit.ts')).auditCommands,
  replay: async () => (await import('./replay.ts')).replayCommands,
}

/** @param typed the first word; anything but a group's name loads them all, for help and for misspellings */
export async function createProgram(typed: string | undefined): Promise<Command> {
  const program = new Command('ngtb')
    .description('ngTradingBot: a bridge between Expert Advisors in MetaTrader 5 and everything outside')
    .version('0.1.0')
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, '')) })
    .addHelpText(
      'after',
      '\nExample:\n  $ npx ngtb demo\n\nExit codes: 0 done, 1 not held or refused, 2 misuse',
    )
  const own = typed === undefined || !Object.hasOwn(GROUPS, typed) ? undefined : GROUPS[typed]
  const groups = await Promise.all((own ? [own] : Object.values(GROUPS)).map((load) => load()))
  for (const register of new Set(groups)) register(program)
  return program
}
