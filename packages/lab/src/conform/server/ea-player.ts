// The EA that the runner plays: what it would send by itself, and what it remembers of the answers.
import { randomUUID } from 'node:crypto'
import type { Json, Part } from '../language/dialogue.ts'
import type { Scope } from '../language/scope.ts'
import { HOME } from './accounts.ts'

type Body = { [field: string]: Json | undefined }

/** The cadence of a played EA: leases of 3 s, which a busy machine keeps; settle times that pass quickly. */
const CADENCE = { poll_interval_ms: 1_000, settle_ms: 200, margin_mode: 'hedging' } as const

export class EaPlayer {
  readonly native: boolean
  /** Whose EA it is. */
  account = HOME
  journal_id: string = randomUUID()
  epoch = 0
  incarnation = 0
  #highest_command_no = 0
  readonly #introduced: Body
  readonly #handed = new Map<string, { command_no: Json; attempt: Json }>()

  /** @param ea the line that introduces the EA: `native` or `plain`, and fields of its connect */
  constructor(ea: Part, scope: Scope) {
    this.native = !ea.words.includes('plain')
    const fields = ea.fields.map(({ path, term }) => [path, scope.valueOf(term)])
    this.#introduced = Object.fromEntries(fields) as Body
  }

  /** What this verb's body holds when the dialogue says nothing of it. */
  body(verb: string, login: number): Body {
    if (verb === 'connect') return { ...this.#hello(login), ...this.#introduced }
    const session = this.native
      ? { journal_id: this.journal_id, epoch: this.epoch, mono_ms: mono(), incarnation: this.incarnation }
      : {}
    return { account: login, ...session }
  }

  #hello(login: number): Body {
    const plain = {
      account: login,
      broker: 'Conformance',
      platform: 'MT5',
      timestamp: Math.floor(Date.now() / 1000),
      available_symbols: ['EURUSD', 'GBPUSD', 'XAUUSD'],
    }
    if (!this.native) return plain
    return {
      ...plain,
      protocol: 2,
      journal_id: this.journal_id,
      last_epoch: this.epoch,
      highest_command_no: this.#highest_command_no,
      incarnation: this.incarnation,
      mono_ms: mono(),
      ...CADENCE,
      trade_server: 'Conformance-Demo',
      terminal_connected: true,
    }
  }

  /** A native answer names number and attempt of the delivery that it is about. */
  completeAnswer(answer: Body): Body {
    const handed = this.native ? this.#handed.get(String(answer.command_id)) : undefined
    return handed === undefined ? answer : { ...handed, ...answer }
  }

  /** What a good EA keeps of an answer. */
  learn(verb: string, sent: Body, http: number, answer: Json): void {
    if (http !== 200 || answer === null || typeof answer !== 'object' || Array.isArray(answer)) return
    if (verb === 'connect' && answer.protocol === 2) {
      this.journal_id = String(sent.journal_id)
      this.epoch = Number(answer.epoch)
      if (answer.replay !== true) this.incarnation = Number(answer.incarnation)
    }
    this.learnCommands(answer.commands)
  }

  learnCommands(commands: Json | undefined): void {
    if (!Array.isArray(commands)) return
    for (const command of commands) {
      if (command === null || typeof command !== 'object' || Array.isArray(command)) continue
      const { id, command_no = null, attempt = null } = command
      this.#handed.set(String(id), { command_no, attempt })
      this.#highest_command_no = Math.max(this.#highest_command_no, Number(command_no ?? 0))
    }
  }
}

const mono = (): number => Math.round(performance.now())
