// A client of /ws on 9905, and all that it has heard.
import { expect, vi } from 'vitest'
import WebSocket from 'ws'
import type { TestServer } from './server.ts'

export async function openLive(t: TestServer, key: string) {
  const { port } = t.server.planes.webui.server.address() as { port: number }
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { authorization: `Bearer ${key}` } })
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever it expects
  const heard: any[] = []
  const state = { closed: 0 }
  socket.on('message', (data) => heard.push(JSON.parse(String(data))))
  socket.on('close', (code) => {
    state.closed = code
  })
  await new Promise((resolve) => socket.once('open', resolve))
  return {
    socket,
    heard,
    state,
    /** Its answer: of the type `answer`, or an error. */
    async ask(message: object, answer: string) {
      const before = heard.length
      socket.send(JSON.stringify(message))
      return vi.waitFor(() => {
        const said = heard.slice(before).find(({ type }) => type === answer || type === 'error')
        expect(said).toBeDefined()
        return said
      })
    },
  }
}
