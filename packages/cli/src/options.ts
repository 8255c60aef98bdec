// Reading what was typed: a command with its example, and arguments that are checked before anything happens.
import { toInt64 } from '@ngtb/protocol'
import { type Command, InvalidArgumentError } from 'commander'
import { Misuse } from './failures.ts'

/** A subcommand with `--json` and one example in its help. */
export function subcommand(parent: Command, name: string, about: string, example: string): Command {
  return parent
    .command(name)
    .description(about)
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', `\nExample:\n  $ npx ngtb ${example}`)
}

/** A group of subcommands, with one example of them: alone it shows its help. */
export const group = (parent: Command, name: string, about: string, example: string): Command =>
  parent.command(name).description(about).addHelpText('after', `\nExample:\n  $ npx ngtb ${example}`)

/** In our own words: commander's speak of "command-argument values". */
const not = (text: string, what: string, rule: string) =>
  new Misuse(`${JSON.stringify(text)} is not ${what}. ${rule}`)

export function login(text: string): string {
  const number = toInt64(text)
  if (number === null) throw not(text, 'an MT5 login', 'An MT5 login is a number from 1 to 2^63−1.')
  return number
}

export function ticket(text: string): string {
  const number = toInt64(text)
  if (number === null) throw not(text, 'a ticket', 'A ticket is a number from 1 to 2^63−1.')
  return number
}

export function volume(text: string): number {
  const lots = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(lots) || lots <= 0) throw not(text, 'a volume', 'A volume is a number above 0.')
  return lots
}

export function side(text: string): 'BUY' | 'SELL' {
  const upper = text.toUpperCase()
  if (upper !== 'BUY' && upper !== 'SELL') throw not(text, 'a side', 'A side is BUY or SELL.')
  return upper
}

/** One of these words, in any case; MetaTrader's own prefix may stand before it. */
export function oneOf<T extends string>(what: string, words: readonly T[], prefix = ''): (text: string) => T {
  return (text) => {
    const upper = text.toUpperCase()
    const bare = upper.startsWith(prefix) ? upper.slice(prefix.length) : upper
    const word = words.find((one) => one === bare)
    if (word === undefined) throw not(text, what, `It is one of ${words.join(', ')}.`)
    return word
  }
}

/** A server's address as it was typed, checked before anything is asked of it. */
export function address(from: string, text: string, example: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new Misuse(`${from} ${JSON.stringify(text)} is not a server address: use ${example} or alike.`)
  return text
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
