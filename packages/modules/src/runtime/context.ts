// What a module is given: clients by its own key, a log, alerts, its settings.
import { type Client, createClient, type Int64Like } from '@ngtb/sdk'
import { Alerts } from '../alerts.ts'
import type { ModuleContext, ModuleDefinition, ModuleLog } from '../definition.ts'
import type { Settings } from '../settings.ts'
import type { ToWorker } from '../words.ts'

/** One JSON line each; the host reads them back (host/output.ts). */
export const moduleLog: ModuleLog = {
  info: (message, details) => line('info', message, details),
  warn: (message, details) => line('warn', message, details),
  error: (message, details) => line('error', message, details),
}

function line(ngtb: string, message: string, details: Readonly<Record<string, unknown>> | undefined): void {
  process.stdout.write(`${JSON.stringify({ ngtb, message, details }, asText)}\n`)
}

const asText = (_name: string, value: unknown) => {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Error ? value.message : value
}

export function contextOf(
  { name }: ModuleDefinition,
  settings: Settings,
  order: ToWorker & { type: 'run' },
  signal: AbortSignal,
): ModuleContext {
  const { url, api_key, accounts } = order
  const clients = new Map<string, Client>()
  const alerts = new Alerts({ url, api_key }, moduleLog)
  const [only, ...others] = accounts
  return {
    ...{ name, settings, accounts, signal, log: moduleLog },
    client: createClient({ url, api_key, account: others.length === 0 ? only : undefined }),
    clientOf(account: Int64Like) {
      const login = String(account)
      const client = clients.get(login) ?? createClient({ url, api_key, account: login })
      clients.set(login, client)
      return client
    },
    alert: (text, options) => alerts.raise(text, options),
    clear: (alert) => alerts.clear(alert),
  }
}
