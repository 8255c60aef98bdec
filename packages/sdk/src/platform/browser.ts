// A browser: no environment, no process, and its own WebSocket, which neither pings nor sends headers.
import type { LinkDoor, LinkEvents, LiveLink, Platform } from './platform.ts'

/** The few names of the browser that are used here; the SDK is compiled without its library. */
declare const location: { origin: string }
declare const WebSocket: new (
  url: string,
) => {
  readyState: number
  onopen: (() => void) | null
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
  send(text: string): void
  close(code?: number): void
}

const OPEN = 1
const ABNORMAL = 1006

export const platform: Platform = {
  setting: () => undefined,
  get home() {
    return location.origin
  },
  // crypto.randomUUID is missing on plain HTTP beyond loopback; getRandomValues never is.
  uuid: () => {
    const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16))
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  },
  hold: () => {},
  unref_retries: false,
  /** A browser's own instrumentation traces what it fetches. */
  traced: (_name, _attributes, work) => work({}),
  openLink: (door, events) => new BrowserLink(door, events),
}

class BrowserLink implements LiveLink {
  readonly #socket: InstanceType<typeof WebSocket>
  readonly #events: LinkEvents
  readonly #timer: ReturnType<typeof setInterval>
  #heard = true
  #over = false

  constructor(door: LinkDoor, events: LinkEvents) {
    this.#events = events
    const socket = new WebSocket(door.url)
    this.#socket = socket
    socket.onopen = () => {
      this.#heard = true
      events.opened()
    }
    socket.onmessage = ({ data }) => {
      this.#heard = true
      events.heard(String(data))
    }
    socket.onclose = ({ code, reason }) => this.#ended(code, reason)
    // The first beat also ends a handshake that nobody answers.
    this.#timer = setInterval(() => this.#beat(door), door.ping_interval_ms)
  }

  get open(): boolean {
    return this.#socket.readyState === OPEN
  }

  /** A browser's socket can't be paused; live.ts reads on, and the reader's queue is told to be short. */
  get paused(): boolean {
    return false
  }

  pause(): void {}
  resume(): void {}
  hold(): void {}

  send(text: string): void {
    if (this.open) this.#socket.send(text)
  }

  hangUp(): void {
    this.#socket.close(1000)
  }

  /** L5 without pings: a silent socket is asked; one that stays silent is given up, whatever the browser waits for. */
  #beat(door: LinkDoor): void {
    if (!this.#heard) {
      this.#socket.close()
      this.#ended(ABNORMAL, 'silent')
      return
    }
    this.#heard = false
    if (this.open) this.#socket.send(door.question())
  }

  #ended(code: number, reason: string): void {
    if (this.#over) return
    this.#over = true
    clearInterval(this.#timer)
    this.#socket.onopen = null
    this.#socket.onmessage = null
    this.#events.ended(code, reason, 0)
  }
}
