// The five doors of the server as everyone finds them: at ports that stay, whatever server stands behind.
import type { Random } from '@ngtb/ea-sim'
import type { PortName, PortNumbers } from '@ngtb/server'
import { HttpProxy, type Plan } from '../proxy/http.ts'
import { TcpProxy } from '../proxy/tcp.ts'

const DOORS: readonly PortName[] = ['command', 'ticks', 'trades', 'logs', 'webui']

export class Doors {
  readonly ports: PortNumbers
  readonly #proxies: Readonly<Record<PortName, HttpProxy>>
  /** The wire of `/ws/ea`. */
  readonly line: TcpProxy

  private constructor(proxies: Record<PortName, HttpProxy>, line: TcpProxy) {
    this.#proxies = proxies
    this.line = line
    this.ports = Object.fromEntries(DOORS.map((name) => [name, proxies[name].port])) as PortNumbers
  }

  static async open(random: Random): Promise<Doors> {
    const nowhere = { host: '127.0.0.1', port: 1 }
    const line = await new TcpProxy(nowhere, random).listen()
    const entries = await Promise.all(
      DOORS.map(async (name) => [name, await new HttpProxy(nowhere).listen()] as const),
    )
    const proxies = Object.fromEntries(entries) as Record<PortName, HttpProxy>
    proxies.command.upgrade_port = line.port
    return new Doors(proxies, line)
  }

  /** A server that was just started stands behind these doors. */
  leadTo(ports: PortNumbers): void {
    for (const name of DOORS) this.#proxies[name].target = { host: '127.0.0.1', port: ports[name] }
    this.line.target = { host: '127.0.0.1', port: ports.command }
  }

  plan(name: PortName, plan: Plan): void {
    this.#proxies[name].plan = plan
  }

  /** Nothing gets through any more, in either direction; nobody is told why. */
  partition(): void {
    for (const name of DOORS) this.#proxies[name].plan = () => ({ lose: 'request' })
    this.line.set('up', { swallow: true })
    this.line.set('down', { swallow: true })
    this.line.door = 'mute'
  }

  heal(): void {
    for (const name of DOORS) this.#proxies[name].plan = () => ({})
    this.line.heal()
  }

  async close(): Promise<void> {
    await Promise.all([...DOORS.map((name) => this.#proxies[name].close()), this.line.close()])
  }
}
