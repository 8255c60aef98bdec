// Leads the EA through a dialogue: what the next step waits for is held, everything else is answered as usual.
//
//   D1. A final answer is never acknowledged by itself: a step must have asked for it.
//   D2. Every order at the broker must stand in the dialogue: a second one is a failure, not a surprise.
import type { Dialogue, Step } from '../language/dialogue.ts'
import type { Transcript } from '../outcome.ts'
import type { OrderSeen, Overseer, Plan } from './bench.ts'
import { type AnswerHeard, answersIn, type Incoming } from './incoming.ts'
import type { Listener } from './playing-server.ts'
import { type Body, type Replies, refusal } from './replies.ts'
import { Telling } from './told.ts'

/** Orders that an EA sends, as verbs of the broker. */
export const ORDERS: ReadonlySet<string> = new Set([
  'open',
  'pending',
  'modify',
  'modify_pending',
  'cancel',
  'close',
  'close_by',
])
const count = (counts: Map<string, number>, id: string) => counts.set(id, (counts.get(id) ?? 0) + 1)

/** An order that must come, or (`maybe close …`) one that an EA may send: it can as well look first. */
export function orderOf({ speaker, verb, said }: Step): { action: string; maybe: boolean } | null {
  if (speaker !== 'B') return null
  const maybe = verb === 'maybe'
  const action = maybe ? (said.words[0] ?? '') : verb
  return ORDERS.has(action) ? { action, maybe } : null
}

/** A poll that waits is kept waiting for so long when there is nothing for it. */
const WAIT_MS_MAX = 200

export class Lead implements Listener, Overseer {
  readonly push: boolean
  /** The step that is being played. */
  at = 0
  /** Polls that were answered as usual: the EA is alive. */
  polls = 0
  /** Messages of any kind. */
  heard = 0
  /** The newest clock of the EA: what a push is anchored to. */
  mono_ms = 0
  readonly inbox: Incoming[] = []
  readonly answers: AnswerHeard[] = []
  readonly orders: OrderSeen[] = []
  readonly telling: Telling
  readonly #dialogue: Dialogue
  readonly #replies: Replies
  readonly #transcript: Transcript
  readonly #planOf: (step: Step) => Plan
  readonly #planned = new Set<Step>()
  /** The order that was planned last is one that need not have come. */
  #by_choice = false
  /** By command: deliveries, and answers that were acknowledged. */
  readonly #delivered = new Map<string, number>()
  readonly #acknowledged = new Map<string, number>()
  readonly #attempts = new Map<string, number>()
  /**
   * Acknowledged before a restart, up to this attempt: an EA may say it again, for it need not have noted
   * that (K16).
   */
  #known: ReadonlyMap<string, number> = new Map()
  readonly #probed = new Set<string>()

  constructor(dialogue: Dialogue, replies: Replies, transcript: Transcript, planOf: (step: Step) => Plan) {
    this.#dialogue = dialogue
    this.#replies = replies
    this.#transcript = transcript
    this.#planOf = planOf
    this.telling = new Telling(dialogue.steps.some((step) => orderOf(step)?.maybe))
    this.push = dialogue.ea.words.includes('push') && !dialogue.ea.words.includes('no_upgrade')
  }

  hear(message: Incoming): void {
    const { verb, body } = message
    this.heard++
    if (verb === 'connect') this.telling.connect(body)
    if (typeof body.mono_ms === 'number') this.mono_ms = Math.max(this.mono_ms, body.mono_ms)
    if (verb === 'answer' || verb === 'answers') for (const one of answersIn(message)) this.#hearAnswer(one)
    else if (this.#wants(verb)) {
      this.#note(message)
      this.inbox.push(message)
    } else this.usual(message)
  }

  /** The answer that a good server gives when nothing special is going on. */
  usual(message: Incoming): void {
    const { verb, body } = message
    const alike = verb === 'poll' || verb === 'heartbeat'
    if (!alike) this.#note(message)
    if (verb === 'connect') {
      const answer = this.#replies.connect(body)
      this.#replies.connected(answer)
      this.#transcript.say('S', '-> 200', answer)
      message.reply(200, answer)
    } else if (alike && this.#replies.isFenced(body)) message.reply(409, refusal('NGTB_FENCED'))
    else if (alike) {
      if (verb === 'poll') this.polls++
      const answer = () => message.reply(200, this.#replies.heads())
      const wait_ms = Math.min(Number(body.wait_ms ?? 0), WAIT_MS_MAX)
      if (wait_ms > 0) setTimeout(answer, wait_ms)
      else answer()
    } else message.reply(200, { status: 'success', ...RECONCILED[verb], ...storedOf(body) })
  }

  socketClosed(): void {
    this.#transcript.say('W', 'the socket is closed')
  }

  /** The next order in the dialogue decides; one that only may come gives way to the one behind it. */
  plan(action: string): Plan {
    this.#by_choice = false
    for (const step of this.#dialogue.steps.slice(this.at)) {
      const order = orderOf(step)
      if (order === null || this.#planned.has(step)) continue
      if (order.maybe && order.action !== action) continue
      this.#planned.add(step)
      this.#by_choice = order.maybe
      return order.action === action ? this.#planOf(step) : { kind: 'done' }
    }
    return { kind: 'done' }
  }

  acknowledged({ command_id, attempt }: Body): void {
    count(this.#acknowledged, String(command_id))
    this.#attempts.set(String(command_id), Number(attempt ?? 0))
  }

  handedOut(command: { readonly id?: unknown; readonly probe_command_id?: unknown }): void {
    count(this.#delivered, String(command.id))
    // What an EA finds out about it, it may say as well: a fact that nobody has to ask for.
    if (command.probe_command_id !== undefined) this.#probed.add(String(command.probe_command_id))
  }

  /** Was it handed out, or asked about, in this dialogue? */
  knows = (command_id: string): boolean => this.#delivered.has(command_id) || this.#probed.has(command_id)

  /** Nobody has asked for it, and nobody minds. */
  #isWelcome({ command_id, attempt, replay }: Body): boolean {
    const id = String(command_id)
    if (Number(attempt ?? 1) <= (this.#known.get(id) ?? 0)) return replay !== true
    return this.#probed.has(id) && !this.#delivered.has(id)
  }

  /** Two deliveries may be answered by two answers, though a dialogue asks for one. */
  isOwed(command_id: unknown): boolean {
    const id = String(command_id)
    return (this.#delivered.get(id) ?? 0) > (this.#acknowledged.get(id) ?? 0)
  }

  /** The process is gone: what it had said and nobody had taken is lost. */
  restarted(): void {
    this.#known = new Map(this.#attempts)
    this.answers.length = 0
    this.inbox.length = 0
  }

  seen(order: OrderSeen): void {
    this.#transcript.say('B', `is asked: ${order.action}`, { ...order })
    this.orders.push(order)
    if (!this.#by_choice) this.telling.order(order)
  }

  #hearAnswer(heard: AnswerHeard): void {
    const { command_id = null, status } = heard.answer
    if (status === 'progress' && this.#nextOfEa()?.said.words[1] !== 'progress') {
      heard.settle({ http: 200, body: { status: 'success', command_id, duplicate: false } })
      return
    }
    this.#transcript.say('E', 'answer', heard.answer)
    this.telling.answer(heard.answer)
    if (this.#isWelcome(heard.answer))
      heard.settle({ http: 200, body: { status: 'success', command_id, duplicate: true } })
    else this.answers.push(heard)
  }

  #wants = (verb: string): boolean => this.#nextOfEa()?.verb === verb

  #nextOfEa(): Step | undefined {
    return this.#dialogue.steps
      .slice(this.at)
      .find(({ speaker, arrow }) => /^[EW]/.test(speaker) && arrow !== '<-')
  }

  #note({ verb, body, over }: Incoming): void {
    this.#transcript.say(over === 'http' ? 'E' : 'W', verb, body)
  }
}

/** Numbered events are stored as they come. */
const storedOf = ({ first_seq, events }: Body): Body =>
  typeof first_seq === 'number' && Array.isArray(events)
    ? { last_seq: first_seq + events.length - 1, duplicates: 0, dead: [] }
    : {}

const RECONCILED: Readonly<Record<string, Body>> = {
  sync: {
    reconciliation: {
      total_ea_trades: 0,
      total_db_trades: 0,
      closed_trades: 0,
      new_trades: 0,
      updated_trades: 0,
      changes: [],
    },
  },
  ticks: { processed: 0, duplicates: 0 },
}
