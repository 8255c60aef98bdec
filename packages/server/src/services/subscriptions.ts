// The desk of subscriptions: which symbols an account's EA streams, for good. A SUBSCRIBE_SYMBOLS by itself lasts as
// long as the EA's session; what is chosen here is told at each connect, and commanded to a native EA that is there.
import { Refusal, type SubscriptionView } from '@ngtb/protocol'
import type { Commands } from './commands.ts'
import type { Context } from './context.ts'
import type { Desk } from './desk.ts'
import { subscribed } from './sessions.ts'

const NAMED_MAX = 5

export class Subscriptions {
  readonly #ctx: Context
  readonly #commands: Commands

  constructor(ctx: Context, commands: Commands) {
    this.#ctx = ctx
    this.#commands = commands
  }

  /**
   * @param symbols null: nobody chooses
   * @throws {Refusal} NGTB_BODY_INVALID for symbols that the EA does not offer
   */
  async choose(desk: Desk, symbols: readonly string[] | null, actor: string): Promise<SubscriptionView> {
    const state = await desk.run((step) => {
      const { specs } = step.state
      const strange = specs.size === 0 ? [] : (symbols ?? []).filter((name) => !specs.has(name))
      if (strange.length > 0)
        throw new Refusal(
          'NGTB_BODY_INVALID',
          `${strange.slice(0, NAMED_MAX).join(', ')} is not among the ${specs.size} symbols that the EA offers (…/symbols)`,
        )
      const was = step.account.subscribed_symbols
      step.saveAccount({ subscribed_symbols: symbols })
      step.audit('account.symbols', actor, null, { subscribed_symbols: symbols, was })
      return step.state
    })
    const { account, connection, specs } = state
    const chosen = subscribed(symbols, specs)
    const there = connection.protocol === 2 && connection.state === 'connected'
    const command_id = there ? this.#ctx.ids.uuid() : null
    if (command_id !== null)
      await this.#commands.create(desk, {
        type: 'SUBSCRIBE_SYMBOLS',
        payload: { symbols: chosen },
        command_id,
        origin: actor,
      })
    return {
      account_id: account.account_id,
      account_number: account.account_number ?? '',
      symbols: chosen,
      chosen: symbols !== null,
      delivery: command_id === null ? 'next_connect' : 'commanded',
      command_id,
    }
  }
}
