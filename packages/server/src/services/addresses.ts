// By which URLs an EA reaches this server: what to allow in MetaTrader, on this machine or over a network. Pure.
import type { Config } from '../config.ts'
import type { NetworkCard, PortNumbers } from '../ports.ts'

export interface Address {
  host: string
  /** How a person knows it: the network card's name. */
  via: string
}

/** Hosts by which EAs may call: this machine, its own addresses (VPN included), the names it was given. */
export function addresses(config: Config, cards: readonly NetworkCard[]): [Address, ...Address[]] {
  const named = (config.NGTB_PUBLIC_HOST ?? '')
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '')
    .map((host) => ({ host, via: 'NGTB_PUBLIC_HOST' }))
  if (config.loopback) return [{ host: '127.0.0.1', via: 'this machine' }, ...named]
  if (!['0.0.0.0', '::'].includes(config.NGTB_BIND))
    return [{ host: config.NGTB_BIND, via: 'NGTB_BIND' }, ...named]
  const own = cards
    .filter((card) => !card.internal && (card.family === 'IPv4' || config.NGTB_BIND === '::'))
    // Link-local addresses mean nothing on another machine.
    .filter((card) => !/^(169\.254\.|fe80:)/i.test(card.address))
    .map((card) => ({ host: card.address, via: card.via }))
  const local = { host: '127.0.0.1', via: 'this machine' }
  const [first, ...rest] = [...named, ...own]
  return first ? [first, ...rest, local] : [local]
}

export const baseUrl = (config: Config, host: string, port: number): string =>
  `${config.NGTB_TLS_CERT_FILE ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`

/** The four doors of an EA, on one host. */
export const urlsToAllow = (config: Config, host: string, ports: PortNumbers): string[] =>
  [ports.command, ports.ticks, ports.trades, ports.logs].map((port) => baseUrl(config, host, port))

/** The EA's one URL names the first port; it looks for the others right behind it. */
export const inARow = ({ command, ticks, trades, logs }: PortNumbers): boolean =>
  ticks === command + 1 && trades === command + 2 && logs === command + 3

/** Where it will listen; ports of 0 are known when it does. */
export const portsOfSettings = (config: Config): PortNumbers => ({
  command: config.PORT_COMMAND,
  ticks: config.PORT_TICKS,
  trades: config.PORT_TRADES,
  logs: config.PORT_LOGS,
  webui: config.PORT_WEBUI,
})
