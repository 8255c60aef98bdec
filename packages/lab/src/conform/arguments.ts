// `npm run conform`: what may be asked for, and a sentence for what may not.
import { parseArgs } from 'node:util'
import type { PlaneName } from '@ngtb/protocol'
import { loopbackUrl, Misuse } from '../support/arguments.ts'

const USAGE = `usage: npm run conform [-- options] [FILE …]
  (nothing)            all dialogues, against a server and an EA of its own
  --url URL            the server dialogues, against a running server (its web port: http://127.0.0.1:9905)
  --ports A,B,C,D,E    its ports: commands, ticks, trades, logs, web (9900,9901,9902,9903,9905)
  --api-key KEY        a management key that may create commands on every account
  --admin-key KEY      an admin key: accounts are added with it; without one, EAs enrol by their first connect
  --ea                 the EA dialogues: prints the port on which this plays server; point your EA at it
  --mql5               the EA dialogues, with the shipped EA in the MQL5 host (needs g++)
  --mirror             with --mql5: the simulated EA plays them, too, and both must have done and said the same
  --sanitize           that one built with the address and undefined-behaviour sanitizers
  --bench FILE         the EA dialogues, with an EA put up by this module (conform/ea/bench.ts: BenchMaker)
  --listen PORT        that port; ticks, trades and logs are the next three (with --ea; else any free ports)
  --account LOGIN      the login of that EA (12345678)
  --jobs N             dialogues at a time (8)
  --patience SECONDS   the longest that anything may take (30)
  --mutants            plant each seeded bug in a run of its own: its dialogues must fail
  FILE                 a path, or a part of a name: only these`

const OPTIONS = {
  url: { type: 'string' },
  ports: { type: 'string' },
  'api-key': { type: 'string' },
  'admin-key': { type: 'string' },
  ea: { type: 'boolean' },
  mql5: { type: 'boolean' },
  sanitize: { type: 'boolean' },
  mirror: { type: 'boolean' },
  bench: { type: 'string' },
  listen: { type: 'string' },
  account: { type: 'string' },
  jobs: { type: 'string' },
  patience: { type: 'string' },
  mutants: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

export interface Arguments {
  /** A running server; null: one of its own. */
  readonly server: { host: string; ports: Record<PlaneName, number> } | null
  readonly api_key: string | null
  readonly admin_key: string | null
  /** An EA from outside is waited for. */
  readonly foreign_ea: boolean
  /** The shipped EA in the MQL5 host, plain or with sanitizers; null: not that one. */
  readonly mql5: { readonly sanitize: boolean } | null
  /** The simulated EA beside the shipped one. */
  readonly mirror: boolean
  /** A module that puts up an EA. */
  readonly bench: string | null
  readonly listen: number | null
  readonly login: number
  readonly jobs: number
  readonly patience_ms: number
  readonly mutants: boolean
  readonly files: readonly string[]
}

/** @throws {Misuse} */
export function readConformArguments(argv: readonly string[]): Arguments {
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(argv)
  } catch (error) {
    throw new Misuse(`${(error as Error).message.split('\n', 1)[0]}\n${USAGE}`)
  }
  const { values, positionals } = parsed
  if (values.help === true) throw new Misuse(USAGE)
  if ([values.url, values.ea, values.bench, values.mql5].filter(Boolean).length > 1)
    throw new Misuse('--url tries a server, --ea, --mql5 and --bench an EA: one at a time')
  if (values.sanitize === true && values.mql5 !== true) throw new Misuse('--sanitize belongs to --mql5')
  if (values.mirror === true && values.mql5 !== true) throw new Misuse('--mirror belongs to --mql5')
  if (values.listen !== undefined && values.ea !== true) throw new Misuse('--listen belongs to --ea')
  return {
    server: values.url === undefined ? null : serverOf(values.url, values.ports),
    api_key: values['api-key'] ?? null,
    admin_key: values['admin-key'] ?? null,
    foreign_ea: values.ea === true,
    mql5: values.mql5 === true ? { sanitize: values.sanitize === true } : null,
    mirror: values.mirror === true,
    bench: values.bench ?? null,
    listen: values.listen === undefined ? null : number('--listen', values.listen, 1, 65_532),
    login: number('--account', values.account ?? '12345678', 1, Number.MAX_SAFE_INTEGER),
    jobs: number('--jobs', values.jobs ?? '8', 1, 64),
    patience_ms: number('--patience', values.patience ?? '30', 1, 3_600) * 1_000,
    mutants: values.mutants === true,
    files: positionals,
  }
}

const parse = (argv: readonly string[]) =>
  parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: true })

function serverOf(url: string, ports: string | undefined): Arguments['server'] {
  const { hostname, port } = loopbackUrl(url)
  const management = Number(port || 80)
  const listed = ports?.split(',').map((one) => number('--ports', one, 1, 65_535)) ?? [
    9900,
    9901,
    9902,
    9903,
    management,
  ]
  const [command, ticks, trades, logs, web] = listed
  if (listed.length !== 5 || !command || !ticks || !trades || !logs || !web)
    throw new Misuse('--ports takes five numbers: commands, ticks, trades, logs, web')
  return { host: hostname, ports: { command, ticks, trades, logs, management: web } }
}

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new Misuse(`${name} ${text} is not a number from ${min} to ${max}`)
  return value
}
