// What to allow in MetaTrader, as text for a terminal.
import {
  type Address,
  addresses,
  baseUrl,
  type Config,
  type PortNumbers,
  systemCards,
  urlsToAllow,
} from '@ngtb/server'

export { baseUrl }

export interface AllowList extends Address {
  urls: string[]
}

export const allowLists = (config: Config, ports: PortNumbers): AllowList[] =>
  addresses(config, systemCards()).map((address) => ({
    ...address,
    urls: urlsToAllow(config, address.host, ports),
  }))

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
