// What `ngtb sim` shows: one line while it runs, and the figures at its end.
import { setTimeout as pause } from 'node:timers/promises'
import { EXIT } from './failures.ts'
import { count as figure, type Json, say, table } from './output.ts'
import type { SimEa } from './sim-ea.ts'

export async function showTicker(eas: SimEa[], signal: AbortSignal): Promise<void> {
  if (!process.stderr.isTTY) return
  while (!signal.aborted) {
    await pause(1_000, undefined, { signal }).catch(() => undefined)
    const sum = (of: (ea: SimEa) => number) => figure(eas.reduce((total, ea) => total + of(ea), 0))
    process.stderr.write(
      `\r\x1b[K${sum((ea) => ea.stats.ticks_acked)} ticks acknowledged · ${sum((ea) => ea.answered)} commands ` +
        `· ${sum((ea) => ea.broker.positions().length)} open · ${eas.filter((ea) => ea.connected).length} connected `,
    )
  }
  process.stderr.write('\r\x1b[K')
}

export function tell(options: Json, logins: string[], eas: SimEa[]): void {
  const items = eas.map((ea, at) => {
    const { latency_ms: _, ...stats } = ea.stats
    const { answered, reconnects } = ea
    return { account_number: logins[at] ?? '', ...stats, answered, reconnects, ...ea.broker.account() }
  })
  const lost = items.reduce((sum, item) => sum + item.ticks_dropped + item.refused, 0)
  const waiting = items.reduce(
    (sum, item) => sum + item.ticks_read - item.ticks_acked - item.ticks_dropped,
    0,
  )
  if (lost + waiting > 0) process.exitCode = EXIT.not_held
  say(options, { lost, waiting, items }, () =>
    [
      table(
        [
          'login',
          'ticks',
          'acknowledged',
          'lost',
          'commands',
          'heartbeats',
          'polls',
          'syncs',
          'reconnects',
          'open',
          'balance',
        ],
        items.map((one) => [
          one.account_number,
          one.ticks_read,
          one.ticks_acked,
          one.ticks_dropped,
          one.answered,
          one.heartbeats,
          one.polls,
          one.syncs,
          one.reconnects,
          one.open_positions,
          one.balance,
        ]),
      ),
      '',
      lost + waiting === 0 ? 'Nothing was lost.' : `${lost} lost, ${waiting} not acknowledged.`,
    ].join('\n'),
  )
}
