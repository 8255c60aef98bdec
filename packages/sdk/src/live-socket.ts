// One socket of the live window: kept honest by pings, ended politely, and a door's "no" read as a refusal.
import type { IncomingMessage } from 'node:http'
import WebSocket from 'ws'
import type { NgtbError } from './errors.ts'
import { refusal } from './http.ts'

/** A half-open link never says so: a ping without any word in return within one interval ends it. */
export function keepAlive(socket: WebSocket, interval_ms: number): () => void {
  let heard = true
  const alive = () => {
    heard = true
  }
  socket.on('pong', alive)
  socket.on('message', alive)
  const timer = setInterval(() => {
    // A paused socket reads nothing, pongs included: that is our own doing (L3).
    if (socket.readyState !== WebSocket.OPEN || socket.isPaused) return
    if (!heard) return socket.terminate()
    heard = false
    socket.ping()
  }, interval_ms)
  timer.unref()
  return () => clearInterval(timer)
}

/** Says goodbye, but does not wait half a minute for the answer. */
export function hangUp(socket: WebSocket): void {
  if (socket.readyState === WebSocket.OPEN && !socket.isPaused) {
    socket.close(1000)
    setTimeout(() => socket.terminate(), 250).unref()
  } else {
    socket.terminate()
  }
}

export async function refusalOf(response: IncomingMessage): Promise<NgtbError> {
  let text = ''
  response.setTimeout(2_000, () => response.destroy())
  try {
    for await (const chunk of response) if (text.length < 65_536) text += String(chunk)
  } catch {
    // The status alone says enough.
  }
  const headers = new Headers()
  for (const name of ['retry-after', 'x-request-id']) {
    const value = response.headers[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  return refusal({ status: response.statusCode ?? 0, headers }, text)
}
