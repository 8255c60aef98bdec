// The lab's ears: command line arguments of the tools, checked, with a sentence for each mistake.
import { parseArgs } from 'node:util'

/** A misuse: its message says what would be right; the tool ends with exit code 2. */
export class Misuse extends Error {
  override readonly name = 'Misuse'
}

/** Asked for, so no mistake. */
class Help extends Misuse {}

export interface NumberOption {
  readonly default: number
  readonly min: number
  readonly max: number
  readonly about: string
}

export interface Wanted<N extends string> {
  readonly tool: string
  readonly numbers: Readonly<Record<N, NumberOption>>
  readonly texts?: Readonly<Record<string, string>>
  readonly flags?: Readonly<Record<string, string>>
}

export interface Given<N extends string> {
  readonly numbers: Readonly<Record<N, number>>
  readonly texts: Readonly<Record<string, string | undefined>>
  readonly flags: Readonly<Record<string, boolean>>
}

/** @throws {Misuse} for a strange option, a value out of bounds, or --help */
export function readArguments<N extends string>(argv: readonly string[], wanted: Wanted<N>): Given<N> {
  const { numbers, texts = {}, flags = {} } = wanted
  const option = (names: object, type: 'string' | 'boolean') =>
    Object.fromEntries(Object.keys(names).map((name) => [name, { type }]))
  const options = {
    ...option(numbers, 'string'),
    ...option(texts, 'string'),
    ...option({ ...flags, help: '' }, 'boolean'),
  }
  let values: Record<string, string | boolean | (string | boolean)[] | undefined>
  try {
    values = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new Misuse(`${(error as Error).message.split('\n', 1)[0]}\n${usage(wanted)}`)
  }
  if (values.help) throw new Help(usage(wanted))
  return {
    numbers: Object.fromEntries(
      (Object.entries(numbers) as [N, NumberOption][]).map(([name, rule]) => [
        name,
        numberOf(name, values[name], rule),
      ]),
    ) as Record<N, number>,
    texts: Object.fromEntries(Object.keys(texts).map((name) => [name, values[name] as string | undefined])),
    flags: Object.fromEntries(Object.keys(flags).map((name) => [name, values[name] === true])),
  }
}

function numberOf(name: string, given: unknown, rule: NumberOption): number {
  if (given === undefined) return rule.default
  const value = Number(given)
  if (String(given).trim() === '' || !Number.isFinite(value) || value < rule.min || value > rule.max)
    throw new Misuse(`--${name} ${given} is not a number from ${rule.min} to ${rule.max}: ${rule.about}`)
  return value
}

function usage<N extends string>({ tool, numbers, texts = {}, flags = {} }: Wanted<N>): string {
  const rows = [
    ...(Object.entries(numbers) as [string, NumberOption][]).map(
      ([name, rule]) => `  --${name} N   ${rule.about} (${rule.default})`,
    ),
    ...Object.entries(texts).map(([name, about]) => `  --${name} TEXT   ${about}`),
    ...Object.entries(flags).map(([name, about]) => `  --${name}   ${about}`),
  ]
  return [`usage: ${tool} -- [options]`, ...rows].join('\n')
}

/** A load is for one's own machine: a flood over a network would be an attack, whoever meant it. */
export function loopbackUrl(text: string): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new Misuse(`--url ${text} is not a URL: give the server's web port, e.g. http://127.0.0.1:9905`)
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host !== 'localhost' && host !== '::1' && !/^127\.\d+\.\d+\.\d+$/.test(host))
    throw new Misuse(
      `--url ${text} is another machine. Load is only put on this one: use 127.0.0.1, or run the tool over there.`,
    )
  if (url.protocol !== 'http:') throw new Misuse(`--url ${text}: the load tools speak plain http only`)
  return url
}

const GRACE_MS = 5_000

/** Runs a tool: its number is the exit code; a Misuse is a sentence and 2, any other mistake its stack and 1. */
export async function runTool(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work()
  } catch (error) {
    process.exitCode = error instanceof Help ? 0 : error instanceof Misuse ? 2 : 1
    console.error(error instanceof Misuse ? error.message : error)
    // A mistake of the tool's own may have left children that hold it: they end with its channels to them.
    if (process.exitCode === 1) setTimeout(() => process.exit(), GRACE_MS)
  }
}
