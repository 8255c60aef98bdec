// Reading what was typed: a command with its example, and arguments that are checked before anything happens.
import { toInt64 } from '@ngtb/protocol'
import { type Command, InvalidArgumentError } from 'commander'

/** A subcommand with `--json` and one example in its help. */
export function subcommand(parent: Command, name: string, about: string, example: string): Command {
  return parent
    .command(name)
    .description(about)
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', `\nExample:\n  $ npx ngtb ${example}`)
}

/** A group of subcommands: alone it shows its help. */
export const group = (parent: Command, name: string, about: string): Command =>
  parent.command(name).description(about)

export function login(text: string): string {
  const number = toInt64(text)
  if (number === null) throw new InvalidArgumentError('An MT5 login is a number from 1 to 2^63−1.')
  return number
}

export function ticket(text: string): string {
  const number = toInt64(text)
  if (number === null) throw new InvalidArgumentError('A ticket is a number from 1 to 2^63−1.')
  return number
}

/** A number not below `min`; `whole` for counts. */
export function number(min: number, whole = false): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!Number.isFinite(value) || value < min || (whole && !Number.isSafeInteger(value)))
      throw new InvalidArgumentError(`It is not ${whole ? 'a whole number' : 'a number'} from ${min}.`)
    return value
  }
}

export const count = (min = 1) => number(min, true)

/** For options that may be given several times. */
export const collect = (text: string, before: string[] = []): string[] => [...before, text]
