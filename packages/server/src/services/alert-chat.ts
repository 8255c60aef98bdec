// What a chat may ask: how it is, what is open, and to close it. Words in, words out; the chat program is an adapter's.
//
//   Q1. Chats that are not named in the settings are answered nothing.
//   Q2. A close needs a second word: a button that its asker presses, in the same chat, within a minute.
//   Q3. A close is a command like any other, by the same services; its origin is the chat. The button's own name is the
//       intent's name: pressed twice, it is one command.
import { limits, Refusal, toInt64 } from '@ngtb/protocol'
import type { ChatAnswer, ChatDesk, ChatWord } from '../ports.ts'
import { picturesOf } from './alert-facts.ts'
import type { Alerts } from './alerts.ts'
import type { Commands } from './commands.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import { loginOf } from './desks.ts'

export type ChatRights = 'off' | 'read' | 'close'

interface Asked {
  readonly chat: string
  readonly user: string
  readonly desk: Desk
  readonly type: 'CLOSE_TRADE' | 'CLOSE_ALL'
  readonly payload: Readonly<Record<string, unknown>>
  readonly words: string
  readonly expires_at: number
}

export const CONFIRM_MS = 60_000
/** What was asked while nobody listened is not answered hours later. */
const LATE_MS = 5 * 60_000
const SHOWN_MAX = 30
const ASKED_MAX = 100

const HELP = '/status\n/positions [LOGIN]\n/close TICKET | SYMBOL | ALL [LOGIN]'

export class AlertChat implements ChatDesk {
  readonly #ctx: Context
  readonly #parts: { commands: Commands; alerts: Alerts }
  readonly #chats: ReadonlySet<string>
  readonly #rights: ChatRights
  readonly #asked = new Map<string, Asked>()

  constructor(
    ctx: Context,
    parts: { commands: Commands; alerts: Alerts },
    chats: readonly string[],
    rights: ChatRights,
  ) {
    this.#ctx = ctx
    this.#parts = parts
    this.#chats = new Set(chats)
    this.#rights = rights
  }

  async hear(word: ChatWord): Promise<ChatAnswer | null> {
    if (!this.#isAllowed(word.chat)) return null
    const [verb = '', ...rest] = word.text.trim().split(/\s+/)
    if (!verb.startsWith('/')) return null
    if (this.#ctx.clock.now() - word.at > LATE_MS)
      return { text: 'This came late, and was not done: ask again.' }
    try {
      switch (verb.replace(/@.*$/, '').toLowerCase()) {
        case '/status':
          return { text: await this.#status() }
        case '/positions':
          return { text: await this.#positions(rest[0]) }
        case '/close':
          return await this.#close(word, rest)
        default:
          return { text: HELP }
      }
    } catch (error) {
      if (error instanceof Refusal) return { text: `${error.message}\n${error.hint}` }
      throw error
    }
  }

  /** The button of `id` was pressed. Null: a chat that may ask nothing. */
  async confirm(word: Omit<ChatWord, 'text' | 'at'>, id: string): Promise<string | null> {
    if (!this.#isAllowed(word.chat)) return null
    const asked = this.#asked.get(id)
    if (!asked || asked.chat !== word.chat || asked.expires_at <= this.#ctx.clock.now())
      return 'This button is over. Nothing was done: ask again.'
    if (asked.user !== word.user) return 'Only who asked may confirm.'
    const { desk, type, payload, words } = asked
    try {
      const { command, replayed } = await this.#parts.commands.create(desk, {
        ...{ type, payload, command_id: this.#ctx.ids.commandId(desk.account_id, `telegram ${id}`) },
        origin: originOf(word),
      })
      // What was made stays known until its minute is over: a second press finds it.
      return `${replayed ? 'Asked before' : 'Asked'}: ${words}. Command ${command.command_id}; /status tells what is open.`
    } catch (error) {
      if (error instanceof Refusal) return `Not done: ${error.message}\n${error.hint}`
      throw error
    }
  }

  #isAllowed(chat: string): boolean {
    const allowed = this.#rights !== 'off' && this.#chats.has(chat)
    if (!allowed) this.#ctx.log.warn('a chat that may ask nothing spoke to the bot', { chat })
    return allowed
  }

  async #status(): Promise<string> {
    const pictures = await picturesOf(this.#ctx.desks.opened())
    const lines = pictures.map(({ account, connection, open, unsettled }) => {
      const in_doubt = [...unsettled.values()].filter(({ status }) => status === 'timeout').length
      const equity =
        connection.equity === null ? 'equity not known' : `equity ${connection.equity.toFixed(2)}`
      const doubt = in_doubt === 0 ? '' : `, ${in_doubt} commands in doubt`
      return `${account.account_number}: ${connection.state}, health ${connection.health_score}, ${equity}, ${open.size} open${doubt}`
    })
    const alerts = await this.#ctx.store.openAlerts()
    const told = alerts.slice(-5).map(({ severity, text }) => `• ${severity}: ${text.slice(0, 200)}`)
    const head = alerts.length === 0 ? 'No alert is open.' : `${alerts.length} alerts are open:`
    return [...(lines.length === 0 ? ['There is no account yet.'] : lines), head, ...told].join('\n')
  }

  async #positions(login: string | undefined): Promise<string> {
    const desks = login === undefined ? this.#ctx.desks.opened() : [await this.#desk(login)]
    const pictures = await picturesOf(desks)
    const lines = pictures.flatMap(({ account, open }) =>
      Array.from(open.values(), ({ ticket, symbol, direction, volume, profit }) => {
        const worth = profit === null ? '' : `, ${profit.toFixed(2)}`
        return `${account.account_number} #${ticket} ${symbol} ${direction ?? ''} ${volume ?? ''}${worth}`
      }),
    )
    if (lines.length === 0) return 'Nothing is open.'
    const rest = lines.length - SHOWN_MAX
    return [...lines.slice(0, SHOWN_MAX), ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n')
  }

  /** Q2. */
  async #close(word: ChatWord, [what, login]: string[]): Promise<ChatAnswer> {
    if (this.#rights !== 'close')
      return { text: 'Closing is switched off here: NGTB_ALERT_TELEGRAM_COMMANDS=close lets it in.' }
    if (what === undefined) return { text: HELP }
    const { desk, type, payload, words } = await this.#meant(what, login)
    const id = this.#ctx.ids.uuid()
    const expires_at = this.#ctx.clock.now() + CONFIRM_MS
    this.#asked.set(id, { chat: word.chat, user: word.user, desk, type, payload, words, expires_at })
    this.#forget()
    return { text: `${words}?`, button: { id, label: `Yes, ${words}`, seconds: CONFIRM_MS / 1_000 } }
  }

  async #meant(
    what: string,
    login: string | undefined,
  ): Promise<Pick<Asked, 'desk' | 'type' | 'payload' | 'words'>> {
    const reason = 'Telegram'
    const ticket = /^\d+$/.test(what) ? toInt64(what) : null
    if (ticket !== null) {
      const desk = login === undefined ? await this.#holderOf(ticket) : await this.#desk(login)
      const trade = (await desk.ready()).open.get(ticket)
      if (!trade) throw new Refusal('NGTB_NOT_FOUND', `position ${ticket} is not open there`)
      const words = `close #${ticket} ${trade.symbol} ${trade.volume ?? ''} of ${await this.#nameOf(desk)}`
      return { desk, type: 'CLOSE_TRADE', payload: { ticket, reason }, words }
    }
    const desk = login === undefined ? this.#only() : await this.#desk(login)
    const open = [...(await desk.ready()).open.values()]
    if (what.toUpperCase() === 'ALL') {
      const words = `close all ${open.length} positions of ${await this.#nameOf(desk)}`
      return { desk, type: 'CLOSE_ALL', payload: { reason }, words }
    }
    const symbol =
      open.find((trade) => trade.symbol?.toUpperCase() === what.toUpperCase())?.symbol ?? undefined
    if (symbol === undefined || what.length > limits.symbol_length_max)
      throw new Refusal(
        'NGTB_NOT_FOUND',
        `no position in ${what.slice(0, limits.symbol_length_max)} is open there`,
      )
    const count = open.filter((trade) => trade.symbol === symbol).length
    const words = `close all ${count} positions in ${symbol} of ${await this.#nameOf(desk)}`
    return { desk, type: 'CLOSE_ALL', payload: { symbol, reason }, words }
  }

  async #holderOf(ticket: string): Promise<Desk> {
    const holders = this.#ctx.desks.opened().filter(({ state }) => state?.open.has(ticket))
    const [holder] = holders
    if (!holder) throw new Refusal('NGTB_NOT_FOUND', `position ${ticket} is not open on any account`)
    if (holders.length > 1)
      throw new Refusal(
        'NGTB_NOT_FOUND',
        `several accounts have a position ${ticket}: name the login behind it`,
      )
    return holder
  }

  #only(): Desk {
    const [desk, ...others] = this.#ctx.desks.opened()
    if (desk && others.length === 0) return desk
    throw new Refusal(
      'NGTB_ACCOUNT_UNKNOWN',
      desk ? 'there are several accounts: name the login behind it' : undefined,
    )
  }

  async #desk(login: string): Promise<Desk> {
    const desk = await this.#ctx.desks.byNumber(loginOf(login))
    if (!desk)
      throw new Refusal('NGTB_ACCOUNT_UNKNOWN', `there is no account with the login ${login.slice(0, 40)}`)
    return desk
  }

  async #nameOf(desk: Desk): Promise<string> {
    return `account ${(await desk.ready()).account.account_number}`
  }

  #forget(): void {
    const now = this.#ctx.clock.now()
    for (const [id, { expires_at }] of this.#asked)
      if (expires_at <= now || this.#asked.size > ASKED_MAX) this.#asked.delete(id)
  }
}

/** In a group the person is named, too. */
const originOf = ({ chat, user }: { chat: string; user: string }): string =>
  user === chat ? `telegram:${chat}` : `telegram:${chat}/${user}`
