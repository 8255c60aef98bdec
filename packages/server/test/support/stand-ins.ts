// Receivers of alerts as they are on a bad day: they hang, refuse, ask for patience, and die in the middle.
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net'

/**
 * hang: no word ever · refuse: the connection is cut at once · busy: 429, or 4xx for now · broken: 5xx · die: cut after
 * the message was read · lost: taken, and cut before the answer · ok: taken.
 */
export type Mood = 'hang' | 'refuse' | 'busy' | 'broken' | 'die' | 'lost' | 'ok'

/** What a receiver took. */
export interface Taken {
  /** By which it knows a repeat. */
  readonly key: string
  readonly text: string
  readonly headers: IncomingMessage['headers']
}

export interface StandIn {
  readonly port: number
  readonly taken: Taken[]
  /** How it was asked, in order. */
  readonly asked: Mood[]
  /** One a request; behind the last it is well. */
  moods: Mood[]
  stop(): Promise<void>
}

type Rig = Omit<StandIn, 'port' | 'stop'>

const next = (rig: Rig): Mood => {
  const mood = rig.moods.shift() ?? 'ok'
  rig.asked.push(mood)
  return mood
}

async function open(server: Server, rig: Rig, port = 0): Promise<StandIn> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready))
  return Object.assign(rig, {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  })
}

const newRig = (moods: readonly Mood[]): Rig => ({ taken: [], asked: [], moods: [...moods] })

/** Webhooks and the Bot API. @param keyOf what names a message there */
export function httpStandIn(
  moods: readonly Mood[],
  keyOf: (request: IncomingMessage, text: string) => string,
  port = 0,
): Promise<StandIn> {
  const rig = newRig(moods)
  const answer = (reply: ServerResponse, status: number, body: object, headers = {}) => {
    reply.writeHead(status, { 'content-type': 'application/json', ...headers })
    reply.end(JSON.stringify(body))
  }
  const server = createHttp((request, reply) => {
    const mood = next(rig)
    if (mood === 'refuse') return void request.socket.destroy()
    let text = ''
    request.on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      if (mood === 'hang') return
      if (mood === 'die') return void request.socket.destroy()
      if (mood === 'busy') {
        const parameters = { retry_after: 2 }
        const said = { ok: false, error_code: 429, description: 'Too Many Requests', parameters }
        return answer(reply, 429, said, { 'retry-after': '2' })
      }
      if (mood === 'broken')
        return answer(reply, 502, { ok: false, error_code: 502, description: 'Bad Gateway' })
      rig.taken.push({ key: keyOf(request, text), text, headers: request.headers })
      if (mood === 'lost') return void request.socket.destroy()
      answer(reply, 200, { ok: true, result: { message_id: rig.taken.length, date: 0, chat: { id: 1 } } })
    })
  })
  return open(server, rig, port)
}

/** As much of SMTP as a sender needs. */
export function smtpStandIn(moods: readonly Mood[], port = 0): Promise<StandIn> {
  const rig = newRig(moods)
  const server = createTcp((socket) => {
    const mood = next(rig)
    if (mood === 'refuse') return void socket.destroy()
    if (mood === 'hang') return
    const say = (line: string) => socket.write(`${line}\r\n`)
    let buffer = ''
    let mail: string | null = null
    say('220 stand-in ready')
    socket.on('data', (part) => {
      buffer += part.toString()
      for (let end = buffer.indexOf('\r\n'); end !== -1; end = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, end)
        buffer = buffer.slice(end + 2)
        if (mail === null) mail = onCommand(line, mood, say, socket)
        else if (line !== '.') mail += `${line}\n`
        else {
          onMail(mail, mood, say, socket)
          mail = null
        }
      }
    })
  })
  return open(server, rig, port)

  function onCommand(line: string, mood: Mood, say: (line: string) => void, socket: Socket): string | null {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO' || verb === 'HELO') say('250 stand-in')
    else if (verb === 'RCPT' && mood === 'busy') say('450 4.2.1 try again later')
    else if (verb === 'DATA') {
      say('354 go ahead')
      return ''
    } else if (verb === 'QUIT') {
      say('221 bye')
      socket.end()
    } else say('250 ok')
    return null
  }

  function onMail(mail: string, mood: Mood, say: (line: string) => void, socket: Socket): void {
    if (mood === 'die') return void socket.destroy()
    if (mood === 'broken') return void say('451 4.3.0 trouble here')
    const key = /^Message-ID: <([^>]+)>/im.exec(mail)?.[1] ?? ''
    rig.taken.push({ key, text: mail, headers: {} })
    if (mood === 'lost') return void socket.destroy()
    say('250 taken')
  }
}
