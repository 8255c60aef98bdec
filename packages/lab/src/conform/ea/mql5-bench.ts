// The shipped EA itself, in the MQL5 host: its broker lives in the host, there before the EA and after its death.
//
//   M1. The dialogue decides about each order when it comes: OrderSend waits until the fault is set.
//   M2. A death is SIGKILL; the account goes on from its file, and so does what was on its way to the broker.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Host, type HostEvent } from '@ngtb/mql5-host'
import type { Json, Part } from '../language/dialogue.ts'
import { LeftOut } from '../outcome.ts'
import type { BenchBroker, EaBench, EaWanted, OrderSeen, Overseer, Plan, World } from './bench.ts'

const QUOTES = ['tick EURUSD 1.09 1.09008', 'tick GBPUSD 1.27 1.27012'] as const
/** A partial fill needs a filling mode that allows one. */
const IOC = 'symbol EURUSD; fill=ioc'
const LATENCY_MS = 1
/** Of the first run of the machine; each restart of it is a day later. */
const FIRST_BOOT = 1_000_000

/** @param program the EA, built */
export const mql5Maker =
  (program: string) =>
  (world: World, wanted: EaWanted, overseer: Overseer, login: string): Promise<EaBench> =>
    mql5Bench(program, world, wanted, overseer, login)

async function mql5Bench(
  program: string,
  world: World,
  wanted: EaWanted,
  overseer: Overseer,
  login: string,
): Promise<EaBench> {
  if (!wanted.native) throw new LeftOut('the shipped EA is a native one')
  const folder = mkdtempSync(join(tmpdir(), 'ngtb-mql5-'))
  const machine = new Machine(join(folder, 'terminal', 'MQL5', 'Files', 'NgTB'), login)
  const put = () => held(program, folder, world, wanted, login, machine.boot)
  const netting = wanted.margin_mode === 'netting'
  let host = put()
  oversee(host, overseer, netting)
  return {
    login,
    broker: brokerOf(() => host),
    async start() {
      // The machine may have been restarted since the host was put up.
      if (machine.rebooted) {
        await host.kill()
        host = put()
        oversee(host, overseer, netting)
        machine.rebooted = false
      }
      await host.command('begin')
    },
    async kill() {
      await host.kill()
      host = put()
      oversee(host, overseer, netting)
    },
    machine: (verb, said) => machine.do(verb, said),
    async close() {
      await host.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The terminal with its account; the EA waits for `begin`. */
function held(
  program: string,
  folder: string,
  { host, ports, api_key }: World,
  wanted: EaWanted,
  login: string,
  boot: number,
): Host {
  const at = (port: number) => `http://${host}:${port}`
  const planes = [ports.command, ports.ticks, ports.trades, ports.logs]
  return new Host(program, {
    sandbox: join(folder, 'terminal'),
    allow: ['http://127.0.0.1', '127.0.0.1'],
    // The EA looks for its four ports one behind the other.
    map: Object.fromEntries(planes.map((port, index) => [at(ports.command + index), at(port)])),
    inputs: {
      Server: `${at(ports.command)}#${api_key}`,
      Push: wanted.push,
      TimerMs: 10,
      PollMs: wanted.poll_interval_ms,
      HeartbeatMs: wanted.heartbeat_ms,
      SettleMs: wanted.settle_ms,
      RequestMs: 5_000,
      BootMinuteFixed: boot,
    },
    args: [
      ...['--login', login, '--server', 'Conformance-Demo', '--broker', join(folder, 'broker.log')],
      ...['--latency', String(LATENCY_MS), '--timer-gran', '10', '--no-feed', '--hold', '--commission', '0'],
      ...(wanted.margin_mode === 'netting' ? ['--netting'] : []),
      ...[...QUOTES, IOC, 'ask on'].flatMap((command) => ['--do', command]),
    ],
  })
}

/** M1. */
function oversee(host: Host, overseer: Overseer, netting: boolean): void {
  let whole = false
  host.listen((event) => {
    if (event.ev === 'ask')
      void isWhole(host, event, netting).then((all) => {
        whole = all
        for (const fault of faultsOf(overseer.plan(actionOf(event)))) host.send(fault)
        host.send('go')
      })
    if (event.ev === 'answer') overseer.seen(seenOf(event, whole))
  })
}

/** Does it close all of its position? The dialogues say so by `volume=null`; netting knows no such order. */
async function isWhole(host: Host, { position, volume }: HostEvent, netting: boolean): Promise<boolean> {
  if (netting) return false
  const state = await host.command('state').catch(() => null)
  const { positions = [] } = (state ?? {}) as { positions?: readonly Record<string, unknown>[] }
  return positions.some((one) => one.ticket === position && one.volume === volume)
}

/** What a plan is in the host's own words. */
function faultsOf(plan: Plan): string[] {
  switch (plan.kind) {
    case 'done':
      return []
    case 'refuse':
      return [`reject ${plan.retcode} 1`]
    case 'ambiguous':
      if (plan.effect_after_ms === null) return [`losereq 1 ${plan.retcode}`]
      return [
        plan.effect_after_ms > 0
          ? `late 1 ${plan.effect_after_ms} ${plan.retcode}`
          : `loseresp 1 ${plan.retcode}`,
      ]
    case 'partial':
      return [`partial ${plan.ratio} 1`]
    case 'placed':
      return [plan.deal_after_ms === null ? 'losereq 1 10008' : `late 1 ${plan.deal_after_ms} 10008`]
  }
}

const text = (value: unknown): string => String(value ?? '')
const side = (type: unknown) => (Number(type) % 2 === 0 ? 'BUY' : 'SELL')
const KINDS = ['LIMIT', 'LIMIT', 'STOP', 'STOP', 'STOP_LIMIT', 'STOP_LIMIT']

/** TRADE_ACTION_* as the dialogues call it. */
function actionOf(event: HostEvent): string {
  switch (event.action) {
    case 1:
      return text(event.position) === '0' ? 'open' : 'close'
    case 5:
      return 'pending'
    case 6:
      return 'modify'
    case 7:
      return 'modify_pending'
    case 8:
      return 'cancel'
    default:
      return 'close_by'
  }
}

function seenOf(event: HostEvent, whole: boolean): OrderSeen {
  const action = actionOf(event)
  const known = (value: unknown): Json => (text(value) === '0' ? null : text(value))
  const result: Json = {
    returned: event.returned === true,
    retcode: Number(event.retcode),
    order: known(event.result_order),
    deal: known(event.result_deal),
    position: action === 'open' ? (known(event.result_position) ?? null) : null,
    price: Number(event.result_price),
    volume: Number(event.result_volume),
  }
  const { symbol, volume, sl, tp, price } = event
  const levels = { sl: sl as Json, tp: tp as Json }
  const of: Record<string, Record<string, Json>> = {
    open: { symbol: text(symbol), direction: side(event.type), volume: Number(volume), ...levels },
    pending: {
      ...{ symbol: text(symbol), direction: side(event.type), kind: KINDS[Number(event.type) - 2] ?? '' },
      ...{ volume: Number(volume), price: Number(price), ...levels },
    },
    modify: { ticket: text(event.position), ...levels },
    modify_pending: { ticket: text(event.order), price: Number(price), ...levels },
    cancel: { ticket: text(event.order) },
    close: { ticket: text(event.position), volume: whole ? null : Number(volume) },
    close_by: { ticket: text(event.position), opposite_ticket: text(event.position_by) },
  }
  return { action, magic: text(event.magic), comment: text(event.comment), ...of[action], result }
}

interface Row {
  readonly [field: string]: Json
}

function brokerOf(host: () => Host): BenchBroker {
  const rows = async (list: 'positions' | 'orders'): Promise<Row[]> => {
    const state = (await host().command('state')) as Record<string, Row[]>
    return state[list] ?? []
  }
  return {
    async positions() {
      return (await rows('positions')).map(
        ({ identifier, symbol, type, volume, price, sl, tp, magic, comment }) => ({
          ...{
            ticket: identifier ?? null,
            symbol: symbol ?? null,
            direction: side(type),
            volume: volume ?? null,
          },
          ...{ open_price: price ?? null, sl: sl ?? null, tp: tp ?? null, magic: magic ?? null },
          comment: comment ?? null,
        }),
      )
    },
    async orders() {
      return (await rows('orders')).map(
        ({ ticket, symbol, type, volume, price, sl, tp, magic, comment }) => ({
          ...{
            ticket: ticket ?? null,
            symbol: symbol ?? null,
            direction: side(type),
            volume: volume ?? null,
          },
          ...{ kind: KINDS[Number(type) - 2] ?? null, price: price ?? null, sl: sl ?? null, tp: tp ?? null },
          ...{ magic: magic ?? null, comment: comment ?? null },
        }),
      )
    },
    async byHand(action, fields) {
      const { symbol, direction, volume, price, ticket, magic } = fields
      const type = direction === 'SELL' ? 1 : 0
      const words = {
        open: `open ${text(symbol)} ${type} ${text(volume)}`,
        close: `close ${text(ticket)} ${text(volume)}`.trim(),
        place: `pending ${text(symbol)} ${type + 2} ${text(volume)} ${text(price)}`,
      }[action]
      if (words === undefined) throw new RangeError(`by_hand ${action}: a hand can open, close and place`)
      if (magic !== undefined) await host().command(`hand-magic ${text(magic)}`)
      const made = await host().command(words)
      if (magic !== undefined) await host().command('hand-magic 0')
      return { retcode: 10009, ticket: typeof made === 'string' ? made : null }
    },
    link: async (up) => void (await host().command(`connect ${up ? 'on' : 'off'}`)),
    quote: async (symbol, bid, ask) => void (await host().command(`tick ${symbol} ${bid} ${ask}`)),
  }
}

/** What lies on the EA's disk, and what the power does to it. */
class Machine {
  boot = FIRST_BOOT
  rebooted = false
  readonly #folder: string
  readonly #path: string

  constructor(folder: string, login: string) {
    this.#folder = folder
    this.#path = join(folder, `journal-${login}.log`)
  }

  do(verb: string, said: Part): void {
    const number = (name: string): number => {
      const term = said.fields.find(({ path }) => path === name)?.term
      return term?.kind === 'literal' ? Number(term.value) : 0
    }
    const acts: Record<string, () => void> = {
      reboot: () => {
        this.boot += 24 * 60
        this.rebooted = true
      },
      cut: () => this.#cut(number('records'), number('bytes')),
      lose: () => {
        for (const file of existsSync(this.#folder) ? readdirSync(this.#folder) : [])
          rmSync(join(this.#folder, file), { force: true })
      },
      keep: () => {
        mkdirSync(this.#folder, { recursive: true })
        if (existsSync(this.#path)) copyFileSync(this.#path, `${this.#path}.image`)
      },
      restore: () => copyFileSync(`${this.#path}.image`, this.#path),
    }
    const act = Object.hasOwn(acts, verb) ? acts[verb] : undefined
    if (act === undefined) throw new RangeError(`the machine can't ${verb}: ${Object.keys(acts).join(', ')}`)
    act()
  }

  /** The last records, and the last bytes of the one before them, were never written. */
  #cut(records: number, bytes: number): void {
    const lines = readFileSync(this.#path, 'latin1').split('\n')
    // The text ends with a line break: what stands behind it is no record.
    const kept = lines.slice(0, lines.length - 1 - records).map((line) => `${line}\n`)
    const whole = kept.join('')
    writeFileSync(this.#path, bytes === 0 ? whole : whole.slice(0, -bytes), 'latin1')
  }
}
