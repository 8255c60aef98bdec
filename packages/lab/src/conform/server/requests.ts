// A step into a request: whose key, which path, which body; and the requests whose answer is still awaited.
import type { Dialogue, Field, Json, Step } from '../language/dialogue.ts'
import { put } from '../language/paths.ts'
import type { Scope } from '../language/scope.ts'
import { CLIENT_VERBS, EA_VERBS, spelledItems, spelledOut, type Verb } from '../language/verbs.ts'
import { LeftOut, type Transcript } from '../outcome.ts'
import { Accounts, HOME } from './accounts.ts'
import { EaPlayer } from './ea-player.ts'
import { EaSocket } from './socket.ts'
import { ask, type HttpAnswer, type HttpRequest, type ServerTarget } from './target.ts'

type Body = { [field: string]: Json | undefined }

export interface Exchange {
  readonly verb: Verb
  readonly answer: HttpAnswer
}

export class Requests {
  readonly #dialogue: Dialogue
  readonly #target: ServerTarget
  readonly #scope: Scope
  readonly #transcript: Transcript
  readonly #signal: AbortSignal
  readonly #accounts: Accounts
  readonly #eas = new Map<string, EaPlayer>()
  readonly #sockets = new Map<string, EaSocket>()
  readonly #awaited = new Map<string, Promise<Exchange>[]>()

  constructor(
    dialogue: Dialogue,
    target: ServerTarget,
    scope: Scope,
    transcript: Transcript,
    signal: AbortSignal,
  ) {
    this.#dialogue = dialogue
    this.#target = target
    this.#scope = scope
    this.#transcript = transcript
    this.#signal = signal
    this.#accounts = new Accounts(target, transcript, signal)
  }

  ask(step: Step): Promise<Exchange> {
    return /^[EW]/.test(step.speaker) ? this.#askAsEa(step) : this.#askAsClient(step)
  }

  /** Asks, and leaves the answer for a later `<-`. */
  begin(step: Step): void {
    const asked = this.ask(step)
    // It may fail before anybody waits for it; whoever waits is told.
    asked.catch(() => {})
    this.#awaited.set(step.speaker, [...(this.#awaited.get(step.speaker) ?? []), asked])
  }

  awaited(speaker: string): Promise<Exchange> {
    const exchange = this.#awaited.get(speaker)?.shift()
    if (exchange === undefined) throw new RangeError(`${speaker} awaits no answer`)
    return exchange
  }

  socketOf(speaker: string): EaSocket {
    const socket = this.#sockets.get(speaker)
    if (socket === undefined) throw new RangeError(`${speaker} has said nothing yet: its socket is not open`)
    return socket
  }

  /** What a push brought is known to its EA. */
  heard = (speaker: string, push: Json): void =>
    this.#eaOf(speaker).learnCommands((push as Body | null)?.commands)

  close(): void {
    for (const socket of this.#sockets.values()) socket.close()
  }

  /** `W2` is the socket of `E2`. */
  #eaOf(speaker: string): EaPlayer {
    const name = speaker.replace('W', 'E')
    const known = this.#eas.get(name)
    if (known) return known
    const player = new EaPlayer(this.#dialogue.ea, this.#scope)
    this.#eas.set(name, player)
    return player
  }

  async #askAsEa(step: Step): Promise<Exchange> {
    const verb = verbOf(EA_VERBS, step)
    const ea = this.#eaOf(step.speaker)
    const fields = spelledOut(step.said, verb.said)
    const named = accountOf(fields)
    if (step.verb === 'connect' && named !== null) ea.account = named
    const { login } = this.#accounts.of(named ?? ea.account)
    let body: Body = ea.body(step.verb, login)
    this.#fillItems(body, step, verb, ea)
    this.#fill(body, fields, ['as', 'account', 'key'])
    if (step.verb === 'answer') body = ea.completeAnswer(body)
    if (isAbsent(fields, 'account')) delete body.account
    const key = await this.#keyFor(step, fields, ea)
    const answer = step.speaker.startsWith('W')
      ? await this.#overSocket(step.speaker, verb, body, key)
      : await this.#overHttp(step.speaker, verb, body, key === null ? {} : { 'x-api-key': key })
    ea.learn(step.verb, body, answer.http, answer.body)
    const api_key = (answer.body as Body | null)?.api_key
    if (step.verb === 'connect' && typeof api_key === 'string') this.#accounts.of(ea.account).ea_key = api_key
    return { verb, answer }
  }

  async #askAsClient(step: Step): Promise<Exchange> {
    const verb = verbOf(CLIENT_VERBS, step)
    const fields = spelledOut(step.said, verb.said)
    const body: Body = {}
    const account = await this.#accounts.existing(accountOf(fields) ?? HOME)
    if (step.verb === 'new_key') body.account = account.login
    body.login = account.login
    this.#fillItems(body, step, verb, null)
    this.#fill(body, fields, ['as', 'account', 'key'])
    if (isAbsent(fields, 'account')) delete body.account
    const key = this.#clientKey(step, fields)
    const intent = this.#value(fields, 'key')
    const headers = {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(intent === undefined ? {} : { 'idempotency-key': String(intent) }),
    }
    return { verb, answer: await this.#overHttp(step.speaker, verb, body, headers) }
  }

  #fill(body: Body, fields: readonly Field[], meta: readonly string[]): void {
    for (const { path, term } of fields)
      if (!meta.includes(path))
        put(body, path, term.kind === 'absent' ? undefined : this.#scope.valueOf(term))
  }

  #fillItems(body: Body, step: Step, verb: Verb, ea: EaPlayer | null): void {
    if (verb.asks === undefined) {
      if (step.said.items !== null) throw new RangeError(`${step.verb} has no list`)
      return
    }
    const items = spelledItems(step.said, verb.asks.shape) ?? []
    body[verb.asks.list] = items.flatMap(({ fields }) => {
      const item: Body = {}
      this.#fill(item, fields, ['key', 'times'])
      const intent = this.#value(fields, 'key')
      if (intent !== undefined) item.idempotency_key = intent
      const times = this.#value(fields, 'times')
      if (times !== undefined) return manyOf(item, Number(times))
      return [step.verb === 'answers' && ea ? ea.completeAnswer(item) : item]
    })
  }

  #value(fields: readonly Field[], path: string): Json | undefined {
    const field = fields.find((one) => one.path === path)
    return field === undefined ? undefined : this.#scope.valueOf(field.term)
  }

  async #keyFor(step: Step, fields: readonly Field[], ea: EaPlayer): Promise<string | null> {
    const as = this.#value(fields, 'as')
    if (as === 'nobody') return null
    if (as === 'client') return this.#clientKey(step, [])
    if (as !== undefined) return String(as)
    return this.#accounts.withKey(ea.account)
  }

  #clientKey(step: Step, fields: readonly Field[]): string | null {
    const as = this.#value(fields, 'as')
    if (as === 'nobody') return null
    if (as === 'ea') return this.#accounts.of(HOME).ea_key
    if (as !== undefined) return String(as)
    const { admin_key, client_key } = this.#target
    if (step.speaker === 'A' && admin_key === null)
      throw new LeftOut('an admin speaks in it: give --admin-key')
    const key = step.speaker === 'A' ? admin_key : (client_key ?? admin_key)
    if (key === null) throw new LeftOut('a client speaks in it: give --api-key')
    return key
  }

  async #overHttp(
    who: string,
    verb: Verb,
    body: Body,
    headers: Readonly<Record<string, string>>,
  ): Promise<HttpAnswer> {
    const { method } = verb.endpoint
    const request: HttpRequest = {
      plane: verb.plane,
      method,
      headers,
      ...addressed(verb, body),
    }
    this.#transcript.say(who, `${method} ${request.path}`, request.body)
    const answer = await ask(this.#target, request, this.#signal)
    this.#transcript.say(who, `-> ${answer.http}`, answer.body)
    return answer
  }

  async #overSocket(who: string, verb: Verb, body: Body, key: string | null): Promise<HttpAnswer> {
    let socket = this.#sockets.get(who)
    if (socket === undefined) {
      socket = new EaSocket(who, this.#target, key, this.#transcript)
      this.#sockets.set(who, socket)
    }
    const type = verb.endpoint.path.split('/').at(-1) ?? ''
    this.#transcript.say(who, type, body)
    const answer = await socket.ask(type, body)
    this.#transcript.say(who, `-> ${answer.http}`, answer.body)
    return answer
  }
}

function verbOf(verbs: Readonly<Record<string, Verb>>, step: Step): Verb {
  const verb = Object.hasOwn(verbs, step.verb) ? verbs[step.verb] : undefined
  if (verb === undefined)
    throw new RangeError(`${step.speaker} can't ${step.verb}; it can ${Object.keys(verbs).join(', ')}`)
  return verb
}

/** `times=60`: as many like this one, each with a name of its own. */
const manyOf = (item: Body, times: number): Body[] =>
  Array.from({ length: times }, (_, at) => ({ ...item, command_id: `${item.command_id}-${at + 1}` }))

/** `account=@b` names another account of this play. */
function accountOf(fields: readonly Field[]): string | null {
  const term = fields.find(({ path }) => path === 'account')?.term
  return term?.kind === 'name' ? term.name : null
}

const isAbsent = (fields: readonly Field[], name: string): boolean =>
  fields.some(({ path, term }) => path === name && term.kind === 'absent')

/** Path parameters out of the body; what is left of a management GET's is its query. */
function addressed(verb: Verb, given: Body): { path: string; body: Json | undefined } {
  const { path, method } = verb.endpoint
  const body = { ...given }
  const filled = path.replace(/:([a-z_]+)/g, (_, name: string) => {
    const value = body[name]
    delete body[name]
    return encodeURIComponent(String(value))
  })
  delete body.login
  if (method === 'POST') return { path: filled, body: verb.endpoint.body ? body : {} }
  const query = verb.plane === 'management' ? Object.entries(body) : []
  const text = new URLSearchParams(query.map(([name, value]): [string, string] => [name, String(value)]))
  return { path: text.size === 0 ? filled : `${filled}?${text}`, body: undefined }
}
