// Opening the five ports: all of them, or none with a sentence that names the setting and the remedy.
import { createServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { type Config, ConfigError, type SettingName } from './config.ts'
import type { PortName, PortNumbers } from './ports.ts'

const SETTING: Record<PortName, SettingName> = {
  command: 'PORT_COMMAND',
  ticks: 'PORT_TICKS',
  trades: 'PORT_TRADES',
  logs: 'PORT_LOGS',
  webui: 'PORT_WEBUI',
}

/** Before anything is made: a taken port should not cost a new database. Ports may still be taken later. */
export async function requireFreePorts(config: Config): Promise<void> {
  for (const setting of Object.values(SETTING)) {
    const probe = createServer()
    try {
      await new Promise<void>((resolve, reject) => {
        probe.once('error', reject)
        probe.listen(config[setting] as number, config.NGTB_BIND, resolve)
      })
    } catch (error) {
      throw portTaken(error, setting, config)
    } finally {
      await new Promise((resolve) => probe.close(resolve))
    }
  }
}

/** One of the five, wherever it lives. */
export interface Door {
  /** @returns the port that it listens on */
  listen(): Promise<number>
  /** What was let in is answered before it resolves. */
  close(): Promise<void>
}

/** The doors that live in this thread. */
export function doorsOf(
  planes: Partial<Record<PortName, FastifyInstance>>,
  config: Config,
): Partial<Record<PortName, Door>> {
  const door = (name: PortName, plane: FastifyInstance): Door => ({
    async listen() {
      await plane.listen({ host: config.NGTB_BIND, port: config[SETTING[name]] as number })
      const address = plane.server.address()
      return typeof address === 'object' && address ? address.port : 0
    },
    close: () => plane.close(),
  })
  const entries = Object.entries(planes) as [PortName, FastifyInstance][]
  return Object.fromEntries(entries.map(([name, plane]) => [name, door(name, plane)]))
}

export async function listen(doors: Partial<Record<PortName, Door>>, config: Config): Promise<PortNumbers> {
  const numbers = {} as PortNumbers
  const opened: Door[] = []
  for (const [name, door] of Object.entries(doors) as [PortName, Door][])
    try {
      opened.push(door)
      numbers[name] = await door.listen()
    } catch (error) {
      await Promise.all(opened.map((open) => open.close()))
      throw portTaken(error, SETTING[name], config)
    }
  return numbers
}

function portTaken(error: unknown, setting: SettingName, config: Config): unknown {
  const { code } = error as { code?: string }
  const port = config[setting]
  if (code === 'EADDRINUSE')
    return new ConfigError(
      `Port ${port} is taken by another program. Stop it (is another ngtb running?), or set ${setting} to a free port (0: any).`,
    )
  if (code === 'EACCES')
    return new ConfigError(
      `Port ${port} may not be opened by this user. Set ${setting} to a port above 1023.`,
    )
  if (code === 'EADDRNOTAVAIL')
    return new ConfigError(
      `NGTB_BIND=${config.NGTB_BIND} is no address of this machine. Use 127.0.0.1, 0.0.0.0 or one of its own addresses.`,
    )
  return error
}
