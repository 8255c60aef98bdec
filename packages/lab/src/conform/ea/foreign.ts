// An EA from outside, on a demo account: it finds the server that the runner plays; its broker is out of sight.
//
//   X1. Each dialogue begins with a new session: whatever the EA says before its connect ends the old one.
//   X2. What it still has to say of commands of earlier dialogues is acknowledged, and is no part of this one.
//   X3. What needs the broker or the machine at hand is left out, and says so; orders are believed from the answers.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dialogue, Step } from '../language/dialogue.ts'
import { LeftOut, StepFailed } from '../outcome.ts'
import type { EaBench, EaWanted } from './bench.ts'
import { answersIn, type Incoming } from './incoming.ts'
import { type Lead, orderOf } from './lead.ts'
import { type Listener, PlayingServer } from './playing-server.ts'
import { refusal } from './replies.ts'
import type { Setting } from './setting.ts'

const LOOK_MS = 20
/** Its operator has to start it first. */
const FIRST_CONNECT_MS = 600_000

export interface ForeignWanted {
  /** The first of its four ports; null: one free port for all. */
  readonly listen: number | null
  readonly login: number
  readonly patience_ms: number
  readonly print: (line: string) => void
}

export interface ForeignEa {
  readonly set: Setting
  close(): Promise<void>
}

/** Opens the ports and says where they are. */
export async function foreignEa({ listen, login, patience_ms, print }: ForeignWanted): Promise<ForeignEa> {
  const server = new PlayingServer()
  await server.listen(listen ?? 0)
  const { host, ports } = server.world('')
  print(
    `point the EA of account ${login} at http://${host}:${ports.command}, on a demo account: it will trade`,
  )
  print(`  ticks ${ports.ticks}, trades ${ports.trades}, logs ${ports.logs}`)
  server.lead(new Interlude(false))
  let known = false
  const set: Setting = async (dialogue, wanted, lead) => {
    const needed = needsMore(dialogue)
    if (needed !== null) throw new LeftOut(needed)
    const interlude = new Interlude(lead.push)
    const upgrades = server.upgrades
    server.lead(interlude)
    server.cut()
    const hello = await interlude.connect(known ? patience_ms : FIRST_CONNECT_MS)
    known = true
    const unfit = unfitFor(hello, wanted, lead.push && server.upgrades === upgrades)
    if (unfit !== null) {
      hello.reply(503, { status: 'error', message: 'not now' })
      server.lead(new Interlude(false))
      throw new LeftOut(unfit)
    }
    const listener = withoutOldAnswers(lead)
    server.lead(listener)
    listener.hear(hello)
    return { server, bench: benchOf(String(login)), close: async () => server.lead(new Interlude(false)) }
  }
  return { set, close: () => server.close() }
}

/** Between two dialogues: the session is over, until the EA connects again (X1, X2). */
class Interlude implements Listener {
  readonly push: boolean
  #hello: Incoming | null = null

  constructor(push: boolean) {
    this.push = push
  }

  hear(message: Incoming): void {
    const { verb, body } = message
    if (verb === 'connect') this.#hello = message
    else if (verb === 'answer' || verb === 'answers') acknowledge(message)
    else if (verb !== 'poll' && verb !== 'heartbeat') message.reply(200, { status: 'success' })
    else if (body.epoch === undefined) message.reply(403, refusal('NGTB_KEY_INVALID'))
    else message.reply(409, refusal('NGTB_FENCED'))
  }

  socketClosed(): void {}

  async connect(patience_ms: number): Promise<Incoming> {
    const until = performance.now() + patience_ms
    for (;;) {
      if (this.#hello !== null) return this.#hello
      if (performance.now() > until) throw new StepFailed(['a connect of the EA'], 'none')
      await sleep(LOOK_MS)
    }
  }
}

function acknowledge(message: Incoming): void {
  for (const { answer, settle } of answersIn(message))
    settle({
      http: 200,
      body: { status: 'success', command_id: answer.command_id ?? null, duplicate: true },
    })
}

const withoutOldAnswers = (lead: Lead): Listener => ({
  push: lead.push,
  socketClosed: () => lead.socketClosed(),
  hear(message) {
    const alone = message.verb === 'answer'
    if (alone && !lead.knows(String(message.body.command_id))) acknowledge(message)
    else lead.hear(message)
  },
})

const benchOf = (login: string): EaBench => ({
  login,
  broker: null,
  // Its operator has started it, and it runs through all of the dialogues.
  start: async () => {},
  kill: async () => {},
  machine: () => {},
  close: async () => {},
})

/** Why this dialogue can't be played with an EA whose broker and machine are elsewhere. */
function needsMore({ steps }: Dialogue): string | null {
  const step = steps.find((one) => one.speaker === 'H' || (one.speaker === 'B' && !isBelievable(one)))
  if (step === undefined) return null
  const who = step.speaker === 'H' ? 'the machine' : 'the broker'
  return `it needs ${who} at hand (--bench): ${step.text.split('\n', 1)[0]}`
}

function isBelievable(step: Step): boolean {
  const order = orderOf(step)
  if (order === null) return step.verb === 'positions' || step.verb === 'orders'
  return !order.maybe && ['done', undefined].includes(step.answer.words[0])
}

function unfitFor({ body }: Incoming, { native }: EaWanted, no_socket: boolean): string | null {
  if (native && body.protocol !== 2) return 'this EA is a plain one'
  if (!native && body.protocol === 2) return 'this EA is a native one'
  return no_socket ? 'this EA opens no socket' : null
}
