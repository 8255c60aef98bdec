// The program: every command group in its place.
import { Command } from 'commander'
import { accountCommands } from './account.ts'
import { auditCommands } from './audit.ts'
import { commandCommands } from './command.ts'
import { demoCommand } from './demo/index.ts'
import { doctorCommand } from './doctor/index.ts'
import { keyCommands } from './key.ts'
import { readCommands } from './reads.ts'
import { simCommand } from './sim.ts'
import { startCommand } from './start.ts'

export function createProgram(): Command {
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
  startCommand(program)
  demoCommand(program)
  accountCommands(program)
  keyCommands(program)
  commandCommands(program)
  readCommands(program)
  simCommand(program)
  doctorCommand(program)
  auditCommands(program)
  return program
}
