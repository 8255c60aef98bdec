// Kill cycles of the shipped EA: it dies at any step, again and again, while a strategy wants things of it.
//
//   K1. Each death is at a drawn call of the outside world (OrderSend, FileFlush, SocketSend, …) before or after its
//       effect, with what was not flushed lost or torn; or by SIGKILL at a drawn moment.
//   K2. The broker's book is the truth: one position a done OPEN, none for any other; nothing is left without a word.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, CommandHandle } from '@ngtb/sdk'
import { type BrokerState, type EaStage, type EaTerminal, until } from './stage.ts'

export interface CyclesWanted {
  readonly cycles: number
  readonly cycle_ms: number
  readonly random: () => number
  readonly netting: boolean
  readonly print: (line: string) => void
}

export interface CyclesResult {
  readonly opens: number
  readonly done: number
  readonly failed: number
  readonly others: number
  readonly deaths: Readonly<Record<string, number>>
  readonly violations: readonly string[]
}

const QUIET_MS = 120_000
/** Broken at random, so that answers are lost beside the deaths. */
const FAULTS = [
  'loseresp 1 10012',
  'late 1 400 10031',
  'losereq 1 10012',
  'requote 1',
  'reject 10006 1',
] as const

export async function killCycles(stage: EaStage, wanted: CyclesWanted): Promise<CyclesResult> {
  const { cycles, cycle_ms, random, netting, print } = wanted
  const terminal = stage.terminal('kill', {
    inputs: { Push: true, SettleMs: 1_500 },
    args: ['--latency', '10', ...(netting ? ['--netting'] : [])],
  })
  terminal.begin()
  await terminal.online()
  const trader = new Trader(stage.client(terminal.login), random)
  const deaths: Record<string, number> = {}
  for (let cycle = 1; cycle <= cycles; cycle++) {
    const how = await die(terminal, trader, cycle_ms, random)
    deaths[how] = (deaths[how] ?? 0) + 1
    terminal.begin()
    if (cycle % 20 === 0) print(`${cycle} of ${cycles} deaths, ${trader.opens.length} openings wanted`)
  }
  await terminal.online()
  trader.end()
  await until('every command has its end', async () => trader.allKnown(), QUIET_MS).catch(() => undefined)
  const state = await terminal.state()
  const violations = [...(await trader.judge(state)), ...terminal.complaints]
  // What the last life did may still be on its way; that it never comes is a violation.
  const others = await notTheBrokers(stage.client(terminal.login), state)
  if (others !== null)
    violations.push(`the ledger has open trades ${others}, the broker ${ticketsOf(state)} for good`)
  return { ...trader.counts(), deaths, violations }
}

const ticketsOf = ({ positions }: BrokerState): string =>
  positions
    .map(({ identifier }) => String(identifier))
    .sort()
    .join(' ')

/** @returns null: they are the broker's, in time; else what the ledger has instead */
async function notTheBrokers(client: Client, state: BrokerState): Promise<string | null> {
  const wanted = ticketsOf(state)
  let told = ''
  const same = async () => {
    const open = await client.trades({ status: 'open' }).all()
    told = open
      .map(({ ticket }) => ticket)
      .sort()
      .join(' ')
    return told === wanted
  }
  return until('the ledger as the broker’s book', same, QUIET_MS).then(
    () => null,
    () => told || 'none',
  )
}

/** One life: something is wanted, and it dies. */
async function die(
  terminal: EaTerminal,
  trader: Trader,
  cycle_ms: number,
  random: () => number,
): Promise<string> {
  const host = terminal.host
  const drawn = random()
  if (random() < 0.5) host.send('torn on')
  if (random() < 0.4) host.send(FAULTS[Math.floor(random() * FAULTS.length)] ?? FAULTS[0])
  const when = ['before', 'after', 'sent'][Math.floor(random() * 3)] ?? 'after'
  const plan =
    drawn < 0.35
      ? `OrderSend:${when} ${1 + Math.floor(random() * 2)}`
      : drawn < 0.75
        ? `any:${when === 'sent' ? 'after' : when} ${1 + Math.floor(random() * 60)}`
        : null
  if (plan !== null) host.send(`die-at ${plan}`)
  const working = trader.want()
  const life = Math.floor(cycle_ms * (0.3 + 0.7 * random()))
  const died = await Promise.race([host.exit.then(() => true), sleep(life).then(() => false)])
  await working
  if (died) {
    await terminal.died()
    return plan?.split(' ', 1)[0] ?? 'exit'
  }
  await terminal.kill()
  return 'SIGKILL'
}

interface Intent {
  readonly handle: CommandHandle
  readonly opens: boolean
}

class Trader {
  readonly #client: Client
  readonly #random: () => number
  readonly #intents: Intent[] = []
  #ended = false

  constructor(client: Client, random: () => number) {
    this.#client = client
    this.#random = random
  }

  get opens(): Intent[] {
    return this.#intents.filter(({ opens }) => opens)
  }

  end(): void {
    this.#ended = true
  }

  /** A few commands at once, of what is there. */
  async want(): Promise<void> {
    const count = 1 + Math.floor(this.#random() * 3)
    for (let n = 0; n < count && !this.#ended; n++) {
      const drawn = this.#random()
      const open = drawn < 0.6 ? [] : await this.#client.trades({ status: 'open' }).all()
      const target = open[Math.floor(this.#random() * open.length)]
      if (target === undefined) await this.#open()
      else if (drawn < 0.8)
        await this.#add(this.#client.closeTrade({ ticket: target.ticket, ttl_ms: 60_000 }))
      else if (drawn < 0.95)
        await this.#add(this.#client.modifyTrade({ ticket: target.ticket, sl: 0.9 + this.#random() / 100 }))
      else await this.#add(this.#client.closeAll({}))
    }
  }

  async #open(): Promise<void> {
    const order_type = this.#random() < 0.5 ? 'BUY' : 'SELL'
    const opening = this.#client.openTrade({ symbol: 'EURUSD', order_type, volume: 0.01, ttl_ms: 4_000 })
    await this.#add(opening, true)
  }

  async #add(wanted: Promise<CommandHandle>, opens = false): Promise<void> {
    // What is refused (drifted, a replay under way) is no intent.
    const handle = await wanted.catch(() => null)
    if (handle) this.#intents.push({ handle, opens })
  }

  async allKnown(): Promise<boolean> {
    for (const { handle } of this.#intents) if (!FINAL.has(handle.status)) await handle.refresh()
    return this.#intents.every(({ handle }) => FINAL.has(handle.status))
  }

  /** K2. */
  async judge(state: BrokerState): Promise<string[]> {
    const wrong: string[] = []
    for (const { handle, opens } of this.#intents) {
      const { status, command_no, type } = handle.command
      if (!FINAL.has(status)) wrong.push(`${type} ${command_no} is ${status}`)
      if (!opens) continue
      const entries = new Set(
        state.deals
          .filter(({ magic, reason }) => String(magic) === String(command_no) && reason === EXPERT)
          .map(({ order }) => order),
      )
      if (entries.size > 1) wrong.push(`OPEN_TRADE ${command_no} was executed ${entries.size} times`)
      if (entries.size === 1 && status !== 'completed')
        wrong.push(`OPEN_TRADE ${command_no} was executed and is ${status}`)
      if (entries.size === 0 && status === 'completed')
        wrong.push(`OPEN_TRADE ${command_no} is completed and was not executed`)
    }
    return wrong
  }

  counts() {
    const opens = this.opens
    const of = (status: string) => opens.filter(({ handle }) => handle.status === status).length
    return {
      opens: opens.length,
      done: of('completed'),
      failed: opens.length - of('completed'),
      others: this.#intents.length - opens.length,
    }
  }
}

/** DEAL_REASON_EXPERT: a stop that was hit has the tag of what opened, too. */
const EXPERT = 3
const FINAL: ReadonlySet<string> = new Set(['completed', 'failed', 'expired', 'cancelled'])
