// Replays at the doors: what the fold of events gave, as callers see it.
import type { Image, Until } from '@ngtb/core'
import { type AccountReplayView, type CommandReplayView, Refusal } from '@ngtb/protocol'
import type { Account, StoredAudit } from '../ports.ts'
import type { Section, Sections } from './audit-account.ts'
import { type Departure, replayAccount, replayCommand } from './audit-replay.ts'
import type { Context } from './context.ts'
import { serverTime } from './views.ts'

export class Replays {
  readonly #ctx: Pick<Context, 'store' | 'ids'>
  #walking: Promise<unknown> = Promise.resolve()

  constructor(ctx: Pick<Context, 'store' | 'ids'>) {
    this.#ctx = ctx
  }

  async command(account: Account, command_id: string, until: Until): Promise<CommandReplayView> {
    const replay = await replayCommand(this.#ctx.store, account.account_id, command_id, until)
    if (!replay)
      throw new Refusal('NGTB_COMMAND_UNKNOWN', `there is no command ${command_id} on this account`)
    const { events, last, state, departures } = replay
    return {
      ...head(account, until, { events, last, departures }),
      command_id,
      state: state && imageView(state),
    }
  }

  /** One at a time: each walks the account's whole history, and must not take the connections of all readers. */
  account(account: Account, until: Until): Promise<AccountReplayView> {
    const replayed = this.#walking.then(() => this.#account(account, until))
    this.#walking = replayed.catch(() => {})
    return replayed
  }

  async #account(account: Account, until: Until): Promise<AccountReplayView> {
    const replay = await replayAccount(this.#ctx.store, this.#ctx.ids, account, until)
    if (!replay) throw new Refusal('NGTB_ACCOUNT_UNKNOWN', 'there is no such account')
    return {
      ...head(account, until, replay),
      state: { ...stateView(replay.sections), commands_by_status: { ...replay.commands_by_status } },
    }
  }
}

interface Walked {
  readonly events: number
  readonly last: StoredAudit | null
  readonly departures: readonly Departure[]
}

const head = (account: Account, { at, seq }: Until, { events, last, departures }: Walked) => ({
  account_id: account.account_id,
  account_number: account.account_number ?? '',
  asked_at: at === undefined ? null : serverTime(at),
  asked_seq: seq ?? null,
  events,
  last: last && {
    seq: last.seq,
    audit_no: last.audit_no,
    at: serverTime(last.at),
    kind: last.kind,
    actor: last.actor,
  },
  departures: departures.map(departureView),
})

function stateView(sections: Sections) {
  const one = (what: string) => imageView(sections.get(what)?.get('') ?? {})
  const many = (what: string, name: string) => listView(sections.get(what) ?? new Map(), name)
  return {
    account: one('account'),
    connection: one('connection'),
    journals: many('journal', 'journal_id'),
    // An older version did not tell enough of them.
    generations: sections.has('generation') ? many('generation', 'scope') : null,
    strategies: many('strategy', 'strategy_magic'),
    orphans: many('orphan', 'command_id'),
    keys: many('key', 'key_id'),
    commands: many('command', 'command_id'),
    trades: many('trade', 'ticket'),
    orders: many('order', 'ticket'),
  }
}

const listView = (section: Section, name: string) =>
  [...section].map(([subject, image]) => ({ [name]: subject, ...imageView(image) }))

/** The check of a key's secret is for the comparison alone. */
const imageView = ({ secret_check, ...image }: Image): Record<string, unknown> =>
  Object.fromEntries(Object.entries(image).map(([field, value]) => [field, valueView(field, value)]))

const valueView = (field: string, value: unknown) =>
  field.endsWith('_at') && typeof value === 'number' ? serverTime(value) : value

const departureView = ({ what, subject, field, told, is }: Departure) => ({
  what,
  subject,
  field,
  told: valueView(field ?? '', told) ?? null,
  is: valueView(field ?? '', is) ?? null,
})
