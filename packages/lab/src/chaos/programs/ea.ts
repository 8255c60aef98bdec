// A native EA in a process of its own: its journal is a file, its broker another process, its crash points armed.
import { join } from 'node:path'
import { createNativeEa, type NativeEvent, type RunningNativeEa } from '@ngtb/ea-sim'
import type { PortNumbers } from '@ngtb/server'
import { RemoteBroker } from '../broker/remote-port.ts'
import { aroundEffects } from '../ea/around.ts'
import { EaCrash } from '../ea/crash.ts'
import { obey } from './program.ts'

export interface EaOrder {
  readonly login: string
  readonly api_key: string
  readonly ports: PortNumbers
  readonly broker_port: number
  readonly folder: string
  readonly settle_ms: number
  readonly poll_interval_ms: number
  readonly push: boolean
}

export interface EaStatus {
  readonly status: string
  readonly epoch: number
  readonly unanswered: number
}

/** Short waits everywhere: what would take minutes with the defaults is tried in seconds, under the same rules. */
const IMPATIENT = {
  backoff: { base_ms: 50, max_ms: 500 },
  request_timeout_ms: 1_500,
  silence_ms: 8_000,
  push_retry_ms: 1_000,
} as const

const crash = new EaCrash()
let ea: RunningNativeEa | undefined

obey({
  async start({ login, api_key, ports, broker_port, folder, settle_ms, poll_interval_ms, push }: EaOrder) {
    const broker = new RemoteBroker(login, broker_port)
    const journal_path = join(folder, 'journal.log')
    ea = createNativeEa({
      account: login,
      api_key,
      url: `http://127.0.0.1:${ports.command}`,
      ports,
      broker,
      broker_name: 'Chaos',
      trade_server: 'Chaos',
      journal_path,
      push,
      settle_ms,
      cadence: { poll_ms: poll_interval_ms, heartbeat_ms: 1_000, sync_ms: 300, terminal_ms: 50 },
      ...IMPATIENT,
      around: aroundEffects({ crash, broker, journal_path }),
      onEvent: died,
    })
    await ea.begin()
  },
  /** NAME:TYPE[:stop], or '' to disarm. */
  arm({ crash_point }: { crash_point: string }) {
    crash.arm(crash_point)
  },
  status(): EaStatus {
    if (!ea) return { status: 'not started', epoch: 0, unanswered: 0 }
    const { status, epoch, answers_waiting } = ea.machine
    return { status, epoch, unanswered: answers_waiting }
  },
})

/** K10: in hand, and nothing done with it yet. */
function died(event: NativeEvent): void {
  if (event.type === 'received' && crash.isHere('K10', ['*'])) process.kill(process.pid, 'SIGKILL')
}
