// The bell between servers as the settings say: Redis first where it is set, PostgreSQL's NOTIFY behind it, always.
import type { Config } from './config.ts'
import { WiredBell } from './delivery/wired.ts'
import type { Bell, Ids, Log, QueueMirror, Timers } from './ports.ts'
import { ledgerName, NotifyWire } from './storage/postgres/notify.ts'
import type { DatabaseAddress } from './storage/postgres/session.ts'

interface BellParts extends DatabaseAddress {
  readonly config: Pick<Config, 'REDIS_HOST' | 'REDIS_PORT' | 'REDIS_DB'>
  readonly ids: Ids
  readonly timers: Timers
  readonly log: Log
}

export async function openBell(
  parts: BellParts,
): Promise<{ bell: Bell; mirror?: QueueMirror; redis?: () => boolean }> {
  const { config, timers, log } = parts
  const address = { url: parts.url, role: parts.role ?? null }
  const server_id = parts.ids.keyId()
  const notify = new NotifyWire({ ...address, timers, log })
  if (config.REDIS_HOST === null) return { bell: new WiredBell({ wires: [notify], server_id, timers, log }) }
  // Its library is large: whoever has no Redis does not wait for it.
  const [{ RedisWire }, { RedisLink }, { RedisQueues }] = await Promise.all([
    import('./delivery/redis.ts'),
    import('./delivery/redis-link.ts'),
    import('./delivery/redis-queues.ts'),
  ])
  const place = { host: config.REDIS_HOST, port: config.REDIS_PORT, database: config.REDIS_DB }
  // Several installations may share one Redis: each has a channel of its own.
  const link = new RedisLink({ place, timers, log, channel: `ngtb:bell:${await ledgerName(address)}` })
  return {
    bell: new WiredBell({ wires: [new RedisWire(link), notify], server_id, timers, log }),
    mirror: new RedisQueues({ link, server_id, timers, log }),
    redis: () => link.up,
  }
}
