// The doors of one login, watched: which OPENs went out, which ticks may be stored unheard; and what gets lost.
import type { Random } from '@ngtb/ea-sim'
import { reading } from '../../conform/existing-ea/index.ts'
import type { Fate, PassingRequest } from '../proxy/http.ts'
import type { Doors } from '../rig/doors.ts'

export interface WireOptions {
  readonly doors: Doors
  readonly random: Random
  /** Requests and answers get lost now and then. */
  readonly lossy: boolean
}

/** The EA repeats none of these: what does not arrive is never heard of. */
const UNHEARD_RATIO = 0.08
/** Answers with commands; of heartbeats without, and of ticks. */
const HANDOUT_LOST_RATIO = 0.08
const ANSWER_LOST_RATIO = 0.02
/** An answer that is later than this may have found nobody who waits. */
const HEARD_MS = 2_500

export class Wire {
  /** How often each OPEN left the server, by its id. */
  readonly handed = new Map<string, number>()
  /** Answered bodies of ticks: each of them named all open positions. */
  lists = 0
  /** When the first of them was answered since `lists` was set to 0. */
  listed_at: number | null = null
  readonly lost = { requests: 0, answers: 0 }
  /** Is there a server behind the doors? Else nothing that is sent can be stored. */
  server_up = true
  /** Rings at each OPEN that leaves. */
  onOpen: () => void = () => {}
  /** Ticks of requests whose answer nobody heard: stored, perhaps. */
  readonly #unheard = new Set<{ readonly ticks: number }>()
  readonly #random: Random
  #losing: boolean

  constructor({ doors, random, lossy }: WireOptions) {
    this.#random = random
    this.#losing = lossy
    doors.plan('command', (request) => this.#command(request))
    doors.plan('ticks', (request) => this.#ticks(request))
    for (const name of ['trades', 'logs'] as const) doors.plan(name, () => this.#fireAndForget())
  }

  get unheard(): number {
    return [...this.#unheard].reduce((sum, { ticks }) => sum + ticks, 0)
  }

  /** Nothing gets lost any more. */
  heal(): void {
    this.#losing = false
  }

  #command({ url }: PassingRequest): Fate {
    if (url === '/api/command_response') return this.#fireAndForget()
    const handsOut = url === '/api/get_commands' || url === '/api/heartbeat'
    return handsOut ? { by_reply: (reply) => this.#handout(reply, url) } : {}
  }

  #handout(reply: Buffer, url: string): Fate {
    const commands = reading.commandsIn(reply.toString('latin1'))
    for (const command of commands) {
      if (reading.stringField(command, 'type') !== 'OPEN_TRADE') continue
      const id = reading.stringField(command, 'id')
      this.handed.set(id, (this.handed.get(id) ?? 0) + 1)
      this.onOpen()
    }
    if (commands.length > 0) return this.#answer(HANDOUT_LOST_RATIO)
    return url === '/api/heartbeat' ? this.#answer(ANSWER_LOST_RATIO) : {}
  }

  #ticks({ body }: PassingRequest): Fate {
    if (!this.server_up) return {}
    const batch = { ticks: ticksIn(body) }
    const began = performance.now()
    this.#unheard.add(batch)
    return {
      by_reply: () => {
        const fate = this.#answer(ANSWER_LOST_RATIO)
        if (fate.lose !== undefined || performance.now() - began > HEARD_MS) return fate
        this.#unheard.delete(batch)
        this.listed_at = this.lists++ === 0 ? performance.now() : this.listed_at
        return fate
      },
    }
  }

  #fireAndForget(): Fate {
    if (!this.#losing || !this.#random.chance(UNHEARD_RATIO)) return {}
    this.lost.requests++
    return { lose: 'request' }
  }

  #answer(ratio: number): Fate {
    if (!this.#losing || !this.#random.chance(ratio)) return {}
    this.lost.answers++
    return { lose: 'reply' }
  }
}

const TICK = '"bid":'

/** How many ticks a body holds. */
export function ticksIn(body: Buffer): number {
  let count = 0
  for (let at = body.indexOf(TICK); at >= 0; at = body.indexOf(TICK, at + TICK.length)) count++
  return count
}
