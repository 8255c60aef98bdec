// One JSON value a line, both ways: the cable between a terminal and its trade server.
import type net from 'node:net'

export class Lines {
  onValue: (value: unknown) => void = () => {}
  onEnd: () => void = () => {}
  readonly #socket: net.Socket
  #rest = ''
  #ended = false

  constructor(socket: net.Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#take(text))
    socket.on('error', () => {}) // its close says enough
    for (const event of ['end', 'close']) socket.once(event, () => this.#end())
  }

  /** @param left called when the text has left this process */
  send(value: unknown, left: () => void = () => {}): void {
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(value)}\n`, left)
    else left()
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.onValue(JSON.parse(line))
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket.destroy()
    this.onEnd()
  }
}
