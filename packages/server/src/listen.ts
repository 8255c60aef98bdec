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

export async function listen(
  planes: Record<PortName, FastifyInstance>,
  config: Config,
): Promise<PortNumbers> {
  const numbers = {} as PortNumbers
  const opened: FastifyInstance[] = []
  for (const [name, plane] of Object.entries(planes) as [PortName, FastifyInstance][])
    try {
      await plane.listen({ host: config.NGTB_BIND, port: config[SETTING[name]] as number })
      opened.push(plane)
      const address = plane.server.address()
      numbers[name] = typeof address === 'object' && address ? address.port : 0
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
