// By which URLs an EA reaches this server: what to allow in MetaTrader, on this machine or over a network.
import { networkInterfaces } from 'node:os'
import type { Config, PortNumbers } from '@ngtb/server'

export interface Address {
  host: string
  /** How a person knows it: the network card's name. */
  via: string
}

/** Hosts by which EAs may call: this machine, its own addresses (VPN included), the names it was given. */
export function addresses(config: Config): Address[] {
  const named = (config.NGTB_PUBLIC_HOST ?? '')
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '')
    .map((host) => ({ host, via: 'NGTB_PUBLIC_HOST' }))
  if (config.loopback) return [{ host: '127.0.0.1', via: 'this machine' }, ...named]
  if (!['0.0.0.0', '::'].includes(config.NGTB_BIND))
    return [{ host: config.NGTB_BIND, via: 'NGTB_BIND' }, ...named]
  const own = Object.entries(networkInterfaces()).flatMap(([via, cards = []]) =>
    cards
      .filter((card) => !card.internal && (card.family === 'IPv4' || config.NGTB_BIND === '::'))
      // Link-local addresses mean nothing on another machine.
      .filter((card) => !/^(169\.254\.|fe80:)/i.test(card.address))
      .map((card) => ({ host: card.address, via })),
  )
  return [...named, ...own, { host: '127.0.0.1', via: 'this machine' }]
}

export const baseUrl = (config: Config, host: string, port: number): string =>
  `${config.NGTB_TLS_CERT_FILE ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`

/** The four doors of an EA, on one host. */
export const urlsToAllow = (config: Config, host: string, ports: PortNumbers): string[] =>
  [ports.command, ports.ticks, ports.trades, ports.logs].map((port) => baseUrl(config, host, port))

export interface AllowList extends Address {
  urls: string[]
}

export const allowLists = (config: Config, ports: PortNumbers): AllowList[] =>
  addresses(config).map((address) => ({ ...address, urls: urlsToAllow(config, address.host, ports) }))

export const ALLOW_WHERE = 'MetaTrader: Tools > Options > Expert Advisors > Allow WebRequest for listed URL'

/** As they are to be typed into MetaTrader, one a line. */
export function allowText(lists: readonly AllowList[]): string {
  const several = lists.length > 1
  return lists
    .flatMap(({ host, via, urls }) => [
      ...(several ? [`  on ${host} (${via})`] : []),
      ...urls.map((url) => `  ${several ? '  ' : ''}${url}`),
    ])
    .join('\n')
}

export const enrolmentText = (config: Config): string =>
  config.enrolment === 'first-connect'
    ? "first-connect: an unknown login's first connect from this machine gets its key"
    : 'closed: `npx ngtb enroll LOGIN` lets one login enrol within ten minutes'
