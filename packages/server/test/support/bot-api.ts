// As much of Telegram's Bot API as a bot needs: people who write and press, and what they are answered.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Said {
  readonly chat: string
  readonly text: string
  /** Of its button. */
  readonly data: string | null
}

export interface BotApi {
  readonly url: string
  readonly said: Said[]
  write(chat: number, text: string, at_ms: number, user?: number): void
  press(chat: number, data: string, user?: number): void
  stop(): Promise<void>
}

export async function botApi(): Promise<BotApi> {
  const said: Said[] = []
  let updates: { update_id: number }[] = []
  let last = 0
  const server = createServer((request, reply) => {
    let text = ''
    request.on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      const body = text === '' ? {} : JSON.parse(text)
      const method = request.url?.split('/').at(-1)
      const answer = (result: unknown) => {
        reply.writeHead(200, { 'content-type': 'application/json' })
        reply.end(JSON.stringify({ ok: true, result }))
      }
      if (method === 'getUpdates') {
        updates = updates.filter(({ update_id }) => update_id >= (body.offset ?? 0))
        setTimeout(() => answer(updates), updates.length > 0 ? 0 : 20)
      } else if (method === 'sendMessage') {
        const data = body.reply_markup?.inline_keyboard?.[0]?.[0]?.callback_data ?? null
        said.push({ chat: String(body.chat_id), text: body.text, data })
        answer({ message_id: said.length, date: 0, chat: { id: body.chat_id, type: 'private' } })
      } else answer(true)
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const add = (update: object) => updates.push({ update_id: ++last, ...update })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    said,
    write: (chat, text, at_ms, user = chat) =>
      void add({
        message: {
          message_id: last,
          date: Math.floor(at_ms / 1_000),
          chat: { id: chat },
          from: { id: user },
          text,
        },
      }),
    press: (chat, data, user = chat) =>
      void add({
        callback_query: { id: `q${last}`, from: { id: user }, data, message: { chat: { id: chat } } },
      }),
    stop() {
      server.closeAllConnections()
      return new Promise((done) => server.close(() => done()))
    },
  }
}
