// The demo that stays: EA connected, ticks stored, an order opened, modified and closed; then live until Ctrl-C.
import { setTimeout as pause } from 'node:timers/promises'
import {
  createSimulatedEa,
  type EaEvent,
  findSymbol,
  Random,
  randomWalk,
  readTickFile,
  type SimulatedEa,
} from '@ngtb/ea-sim'
import { type Client, type CommandHandle, createClient, type Outcome } from '@ngtb/sdk'
import { lifeOf, outcomeText } from '../command-text.ts'
import { NotHeld } from '../failures.ts'
import { count, say } from '../output.ts'
import { ACCOUNT, BROKER, type DemoOptions, type Run } from './index.ts'
import { farewell } from './invitation.ts'

const TICK_EVERY_MS = 200
const POLL_MS = 50
const START_PRICE = 1.09
const FILE_SPEED = 10

interface Step {
  step: string
  result: string
  ms: number
  life?: ReturnType<typeof lifeOf>
}

export async function runShow(run: Run): Promise<void> {
  const { stage, symbol, options, signal, onEnd } = run
  const steps = new Steps(options)
  const { server, api_key } = stage
  const show = { commands: false }
  const ea = createSimulatedEa({
    account: ACCOUNT,
    url: `http://127.0.0.1:${server.ports.command}`,
    ports: server.ports,
    broker_name: BROKER,
    ...market(symbol, options),
    cadence: { poll_ms: POLL_MS },
    sync_after_trade: true,
    onEvent: (event) => {
      if (show.commands && !options.json) tellEvent(event)
    },
  })
  const client = createClient({ url: server.url, api_key, account: ACCOUNT })
  onEnd(async () => {
    client.close()
    await ea.stop()
  })
  steps.tell('server', `ready on ports ${Object.values(server.ports).join(', ')}`)
  await connect(ea, client, steps)
  await ticks(client, symbol, steps)
  await trade(client, ea, symbol, steps)
  const { ports, url, database_url } = server
  say(
    options,
    { event: 'ready', ports, url, database_url, api_key, account: ACCOUNT, steps: steps.all },
    () => farewell(stage, symbol),
  )
  show.commands = true
  await stayUp(ea, symbol, options, signal)
}

function market(symbol: string, { ticks, speed }: DemoOptions) {
  if (ticks !== undefined) return { ticks: readTickFile(ticks, symbol), speed: speed ?? FILE_SPEED }
  const spec = findSymbol(symbol)
  if (spec === undefined) throw new NotHeld(`${symbol} is not a symbol of the simulated broker.`)
  const walk = { spec, random: new Random(20_200_101), start_price: START_PRICE }
  return {
    ticks: randomWalk({ ...walk, start_ms: Date.now(), interval_ms: TICK_EVERY_MS }),
    endless: true,
  }
}

/** The table, a line at a time: who waits wants to see that something happens. */
class Steps {
  readonly all: Step[] = []
  readonly #quiet: boolean

  constructor({ json }: DemoOptions) {
    this.#quiet = json === true
    if (this.#quiet) return
    process.stdout.write(`ngTradingBot demo: account 1, login ${ACCOUNT}, broker "${BROKER}"\n\n`)
    process.stdout.write(`${'after'.padStart(8)}  ${'step'.padEnd(15)}result\n`)
  }

  tell(step: string, result: string, life?: ReturnType<typeof lifeOf>): void {
    // Since the process began: what the person in front of the screen has waited.
    const ms = Math.round(performance.now())
    this.all.push({ step, result, ms, ...(life ? { life } : {}) })
    if (this.#quiet) return
    process.stdout.write(`${(ms / 1000).toFixed(2).padStart(6)} s  ${step.padEnd(15)}${result}\n`)
    if (life?.created_to_delivered_ms == null) return
    const hops = `created → delivered ${life.created_to_delivered_ms} ms → answered ${life.delivered_to_answered_ms} ms`
    process.stdout.write(`${' '.repeat(25)}its life: ${hops}, ${life.total_ms} ms in all\n`)
  }
}

async function connect(ea: SimulatedEa, client: Client, steps: Steps): Promise<void> {
  await ea.start()
  const { account_id, account_number, broker, connection } = await client.account()
  steps.tell(
    'EA connected',
    `${broker}, login ${account_number}, account ${account_id}: ${connection.state}; it got its own key`,
  )
}

async function ticks(client: Client, symbol: string, steps: Steps): Promise<void> {
  for (let left = 200; left > 0; left--) {
    const { items } = await client.ticks({ symbol, limit: 1_000 }).page()
    const last = items.at(-1)
    if (last && items.length >= 5) {
      const quote = `newest ${last.bid} / ${last.ask} at ${last.time}`
      return steps.tell(
        'ticks stored',
        `${count(items.length)} of ${symbol} read back from the database; ${quote}`,
      )
    }
    await pause(50)
  }
  throw new NotHeld(
    'No ticks were stored within ten seconds.',
    'Does the file begin with a long pause? Try --speed 100.',
  )
}

async function trade(client: Client, ea: SimulatedEa, symbol: string, steps: Steps): Promise<void> {
  const price = ea.broker.quotes.prices(symbol)?.bid ?? START_PRICE
  const near = (share: number) => Number((price * share).toFixed(symbol.endsWith('JPY') ? 3 : 5))
  const order = { symbol, order_type: 'BUY', volume: 0.1, sl: near(0.995), tp: near(1.005) } as const
  const opened = await tellOutcome('order opened', client.openTrade({ ...order, comment: 'demo' }), steps)
  const stops = { sl: near(0.996), tp: near(1.006) }
  await tellOutcome(
    'modified',
    client.modifyTrade({ ticket: opened, ...stops }),
    steps,
    `SL ${stops.sl}, TP ${stops.tp}`,
  )
  await tellOutcome('closed', client.closeTrade({ ticket: opened, reason: 'demo' }), steps)
  const { status, open_price, close_price, profit, close_reason } = await client.trade(opened)
  steps.tell(
    'trade table',
    `${opened} ${status}: ${open_price} → ${close_price}, profit ${profit} (${close_reason})`,
  )
}

/** Tells what became of a command; answers its ticket. @throws {NotHeld} when it was not completed */
async function tellOutcome(
  step: string,
  submitted: Promise<CommandHandle>,
  steps: Steps,
  note = '',
): Promise<string> {
  const handle = await submitted
  const outcome: Outcome = await handle.settled({ timeout_ms: 30_000 })
  const life = lifeOf(outcome.command)
  steps.tell(step, `${outcome.command.type} ${outcomeText(outcome)}${note === '' ? '' : `, ${note}`}`, life)
  if (outcome.kind !== 'completed')
    throw new NotHeld(`The demo's command ${handle.command_id} was not completed.`)
  return outcome.ticket ?? ''
}

/** Commands that the watcher sends himself are shown as they come. */
function tellEvent(event: EaEvent): void {
  if (event.type === 'feed_ended') process.stdout.write('The tick file has ended; the EA stays connected.\n')
  if (event.type !== 'command') return
  const { command, answer, repeated } = event
  const said = answer.response.ticket ?? answer.response.error ?? ''
  process.stdout.write(
    `EA: ${command.type} ${command.id} ${answer.status} ${said}${repeated ? ' (again)' : ''}\n`,
  )
}

async function stayUp(
  ea: SimulatedEa,
  symbol: string,
  { seconds, json }: DemoOptions,
  signal: AbortSignal,
): Promise<void> {
  const ends_at = performance.now() + (seconds ?? Number.POSITIVE_INFINITY) * 1000
  const live = process.stdout.isTTY && !json
  while (!signal.aborted && performance.now() < ends_at) {
    const left_ms = Math.min(1_000, ends_at - performance.now())
    await pause(left_ms, undefined, { signal }).catch(() => undefined)
    const quote = ea.broker.quotes.prices(symbol)
    // One line that is written over: the market moves, the screen does not.
    if (live && !signal.aborted)
      process.stdout.write(
        `\r\x1b[K${symbol} ${quote?.bid} / ${quote?.ask} · ${count(ea.stats.ticks_acked)} ticks stored · ` +
          `${ea.stats.commands_executed} commands · ${ea.broker.positions().length} open \r`,
      )
  }
  if (live) process.stdout.write('\r\x1b[KEnding …\n')
}
