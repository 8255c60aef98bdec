// Who did it, in words (docs/spec/trade-reconciliation.md, R12). Pure.
import type { Maker } from '@ngtb/protocol'

export const MAKER_WORDS: Readonly<Record<Maker, string>> = {
  command: 'a command',
  other_ea: 'another EA',
  manual: 'by hand',
  sl: 'stop loss',
  tp: 'take profit',
  stop_out: 'stop out',
  broker: 'the broker',
  unattributed: 'nobody could say',
}

export const makerWord = (maker: string | null): string =>
  maker === null
    ? '—'
    : ((MAKER_WORDS as Readonly<Record<string, string>>)[maker] ?? maker.replaceAll('_', ' '))

/** "person:ann" is ann; a key stays a key. */
export const askedWord = (actor: string | null): string =>
  actor === null ? '' : actor.startsWith('person:') ? actor.slice('person:'.length) : actor.replace(':', ' ')

export const enumWord = (word: string | null): string =>
  word === null
    ? '—'
    : word
        .replace(/^(DEAL_TYPE|DEAL_ENTRY|DEAL_REASON|ORDER_TYPE|ORDER_STATE)_/, '')
        .replaceAll('_', ' ')
        .toLowerCase()
