// The demo that stays: EA connected, ticks stored, an order opened, modified and closed; then live until Ctrl-C.
import { setTimeout as pause } from 'node:timers/promises'
import { type EaEvent, findSymbol, type NativeEvent, Random, randomWalk, readTickFile } from '@ngtb/ea-sim'
import { createClient } from '@ngtb/sdk'
import { NotHeld } from '../failures.ts'
import { count, say } from '../output.ts'
import { connect, nativeTrade, plainTrade, ticks } from './acts.ts'
import { Cast } from './cast.ts'
import { ACCOUNT, type DemoOptions, type Run } from './index.ts'
import { farewell } from './invitation.ts'
import { Steps } from './steps.ts'

const TICK_EVERY_MS = 200
const POLL_MS = 50
const START_PRICE = 1.09
const FILE_SPEED = 10

export async function runShow(run: Run): Promise<void> {
  const { stage, symbol, options, signal, onEnd } = run
  const steps = new Steps(options)
  const { server, api_key } = stage
  const show = { commands: false }
  const cast = await Cast.of(run, {
    ...market(symbol, options),
    // A native EA polls only while it has no socket.
    ...(options.plain ? { cadence: { poll_ms: POLL_MS } } : {}),
    onEvent: (event) => {
      if (show.commands && !options.json) tellEvent(event)
    },
  })
  const client = createClient({ url: server.url, api_key, account: ACCOUNT })
  onEnd(async () => {
    client.close()
    await cast.ea.stop()
  })
  steps.tell('server', `ready on ports ${Object.values(server.ports).join(', ')}`)
  const scenery = { client, cast, symbol, steps }
  await connect(scenery)
  await ticks(scenery)
  await (options.plain ? plainTrade : nativeTrade)(scenery)
  const { ports, url, database_url } = server
  say(
    options,
    { event: 'ready', ports, url, database_url, api_key, account: ACCOUNT, steps: steps.all },
    () => farewell(stage, symbol),
  )
  show.commands = true
  await stayUp(cast, symbol, options, signal)
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

/** Commands that the watcher sends himself are shown as they come. */
function tellEvent(event: EaEvent | NativeEvent): void {
  const line = eventText(event)
  if (line !== null) process.stdout.write(`${line}\n`)
}

function eventText(event: EaEvent | NativeEvent): string | null {
  switch (event.type) {
    case 'feed_ended':
      return 'The tick file has ended; the EA stays connected.'
    case 'command': {
      const { command, answer, repeated } = event
      const said = answer.response.ticket ?? answer.response.error ?? ''
      return `EA: ${command.type} ${command.id} ${answer.status} ${said}${repeated ? ' (again)' : ''}`
    }
    case 'received':
      return `EA: ${event.count} command${event.count === 1 ? '' : 's'} ${event.push ? 'by push' : 'by poll'}`
    case 'answered':
      return `EA: answered ${event.command_ids.join(', ')}`
    default:
      return null
  }
}

async function stayUp(
  { ea }: Cast,
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
          `${ea.answered} commands · ${ea.broker.positions().length} open \r`,
      )
  }
  if (live) process.stdout.write('\r\x1b[KEnding …\n')
}
