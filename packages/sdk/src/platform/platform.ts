// What the SDK needs of the world it runs in; node.ts and browser.ts give it. `#platform` in package.json chooses.

/** One socket, as live.ts holds it. After `ended` nothing more is told. */
export interface LiveLink {
  readonly open: boolean
  readonly paused: boolean
  send(text: string): void
  /** Reads nothing until `resume`: who sends must wait. Where a socket can't be stopped, this does nothing. */
  pause(): void
  resume(): void
  /** Says goodbye, but does not wait long for the answer. */
  hangUp(): void
  /** Does it keep the process alive? */
  hold(held: boolean): void
}

export interface LinkEvents {
  opened(): void
  heard(text: string): void
  /** The door said no before any WebSocket. Answers how long to wait until the next try. */
  refused(refusal: { status: number; headers: Headers }, text: string): number
  ended(code: number, reason: string, wish_ms: number): void
}

export interface LinkDoor {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly ping_interval_ms: number
  /** A question that the server answers, for a platform that can't ping. */
  question(): string
}

export interface Platform {
  /** A setting of the environment; undefined where there is none. */
  setting(name: 'NGTB_URL' | 'NGTB_API_KEY'): string | undefined
  /** Where the server is when nobody said. */
  readonly home: string
  uuid(): string
  /** Whether a timer keeps the process alive; where there is no process, this does nothing. */
  hold(timer: Timer, held: boolean): void
  /** A pause between attempts may not keep the process alive (R4); a browser's timers never do. */
  readonly unref_retries: boolean
  /**
   * Does the work within a span, where the process has an OpenTelemetry SDK; `headers` carry its trace. Elsewhere it
   * is only done.
   */
  traced<T>(
    name: string,
    attributes: Readonly<Record<string, string>>,
    work: (headers: Readonly<Record<string, string>>) => Promise<T>,
  ): Promise<T>
  openLink(door: LinkDoor, events: LinkEvents): LiveLink
}

export type Timer = ReturnType<typeof setTimeout>
