// Who the existing EA is to the server: its key, whether it takes itself for connected, and what it says unasked.
import { type Answer, type Call, type Line, succeeded } from './line.ts'
import { apiKeyIn } from './reading.ts'
import type { Terminal } from './terminal.ts'
import { type Caller, connectBody, type Level, logBody } from './wording.ts'

/** The terminal's `api_key.txt`, which outlives an EA: one per terminal, shared by its EAs. */
export interface KeyFile {
  api_key: string
}

export class Voice {
  connected = false
  /** In memory, from the file when the EA began. */
  api_key = ''
  readonly line: Line
  readonly #terminal: Terminal
  readonly #file: KeyFile

  constructor(line: Line, terminal: Terminal, file: KeyFile) {
    this.line = line
    this.#terminal = terminal
    this.#file = file
  }

  loadKey(): void {
    this.api_key = this.#file.api_key
  }

  get caller(): Caller {
    return { account: this.#terminal.login, api_key: this.api_key }
  }

  /** Nothing but a connect is said before; connected without a key is for ever dumb. */
  get open(): boolean {
    return this.connected && this.api_key !== ''
  }

  /** Without any key, also when the EA has one. Only 200 is success, whatever it says. */
  async connect(): Promise<boolean> {
    const { login, company, symbols } = this.#terminal
    const names = symbols.map(({ symbol }) => symbol)
    const body = connectBody(login, company, this.#terminal.timeCurrent(), names)
    const answer = await this.line.post({ port: 'command', path: '/api/connect', body })
    this.connected = succeeded(answer)
    const api_key = this.connected ? apiKeyIn(answer.text) : ''
    if (api_key !== '') {
      this.api_key = api_key
      this.#file.api_key = api_key
    }
    return this.connected
  }

  /** With the key in the header, which only calls of bars and specs do. */
  postWithKey(call: Omit<Call, 'port' | 'key'>): Promise<Answer> {
    return this.line.post({ ...call, port: 'command', key: this.api_key })
  }

  async log(level: Level, message: string, info: string): Promise<void> {
    if (!this.open) return
    const body = logBody(this.caller, level, message, info)
    await this.line.post({ port: 'logs', path: '/api/log', body })
  }
}
