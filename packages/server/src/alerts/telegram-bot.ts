// Listens to the chats of Telegram (long polling) and answers them.
//
//   L1. The Bot API lets one listener in: of several servers on a ledger the one whose turn it is listens.
//   L2. An update is confirmed by the next question's offset, after it was answered: a crash may bring one again, which
//       a close outlives (Q3 of services/alert-chat.ts).
import { type Api, GrammyError } from 'grammy'
import type { ChatDesk, ChatListener, Clock, Ids, Log, Store, Timers } from '../ports.ts'
import { reason } from './http-answer.ts'
import { type TelegramOptions, telegramApi } from './telegram.ts'

export interface BotParts extends Pick<TelegramOptions, 'token' | 'api_root'> {
  readonly store: Pick<Store, 'takeTurn'>
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly log: Log
}

const POLL_S = 25
const TURN_MS = 60_000
const NOT_MINE_MS = 15_000
const REST_MS = 2_000
const REST_MS_MAX = 60_000
const TEXT_MAX = 4_000

type Update = Awaited<ReturnType<Api['getUpdates']>>[number]

export class TelegramBot implements ChatListener {
  readonly #parts: BotParts
  readonly #api: Api
  readonly #me: string
  #desk: ChatDesk | null = null
  #offset = 0
  #failures = 0
  #stopped = false
  #ended: Promise<void> = Promise.resolve()
  #polling: AbortController | null = null
  #wake: (() => void) | null = null

  constructor(parts: BotParts) {
    this.#parts = parts
    this.#api = telegramApi(parts)
    this.#me = parts.ids.uuid()
  }

  start(desk: ChatDesk): void {
    this.#desk = desk
    this.#ended = this.#listen()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#polling?.abort()
    this.#wake?.()
    await this.#ended
  }

  async #listen(): Promise<void> {
    const { store, clock, log, token } = this.#parts
    while (!this.#stopped) {
      try {
        const now = clock.now()
        if (await store.takeTurn('telegram', this.#me, now, now + TURN_MS)) await this.#poll()
        else await this.#pause(NOT_MINE_MS)
        this.#failures = 0
      } catch (error) {
        if (this.#stopped) return
        const asked = error instanceof GrammyError ? (error.parameters.retry_after ?? 0) * 1_000 : 0
        const rest = Math.min(REST_MS_MAX, REST_MS * 2 ** Math.min(this.#failures++, 10))
        log.warn('Telegram does not answer', { error: reason(error, [token]), failures: this.#failures })
        await this.#pause(Math.max(rest, asked))
      }
    }
  }

  async #poll(): Promise<void> {
    this.#polling = new AbortController()
    const query = {
      offset: this.#offset,
      timeout: POLL_S,
      allowed_updates: ['message', 'callback_query'] as const,
    }
    const updates = await this.#api.getUpdates(query, this.#polling.signal as never)
    for (const update of updates) {
      await this.#answer(update).catch((error) =>
        this.#parts.log.warn('a chat could not be answered', { error: reason(error, [this.#parts.token]) }),
      )
      this.#offset = update.update_id + 1
    }
  }

  async #answer({ message, callback_query: pressed }: Update): Promise<void> {
    if (message?.text !== undefined) {
      const chat = String(message.chat.id)
      const word = {
        chat,
        user: String(message.from?.id ?? chat),
        text: message.text,
        at: message.date * 1_000,
      }
      const answer = await this.#desk?.hear(word)
      if (!answer) return
      const { text, button } = answer
      const keyboard = button && {
        inline_keyboard: [[{ text: button.label.slice(0, 60), callback_data: button.id }]],
      }
      const about = button ? `${text}\n(the button is good for ${button.seconds} s)` : text
      await this.#api.sendMessage(chat, about.slice(0, TEXT_MAX), keyboard ? { reply_markup: keyboard } : {})
    } else if (pressed?.data !== undefined && pressed.message) {
      const chat = String(pressed.message.chat.id)
      const said = await this.#desk?.confirm({ chat, user: String(pressed.from.id) }, pressed.data)
      // Telegram shows a running clock on the button until it is answered; too late for that is no trouble.
      await this.#api.answerCallbackQuery(pressed.id).catch(() => {})
      if (said != null) await this.#api.sendMessage(chat, said.slice(0, TEXT_MAX))
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    return new Promise((go) => {
      const timer = this.#parts.timers.after(ms, () => go())
      this.#wake = () => {
        timer.cancel()
        go()
      }
    })
  }
}
