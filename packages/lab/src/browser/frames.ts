// What a page hears at /ws, over all its sockets: to compare with what the server has to tell.
import type { Topic } from '@ngtb/sdk'
import type { Page } from 'playwright-core'

export interface HeardEvent {
  readonly seq: number
  readonly topic: Topic
  readonly account: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Heard {
  /** Durable events, in the order in which they came. */
  readonly events: HeardEvent[]
  /** Every subscription that the page asked for: `after` is where it goes on. */
  readonly asked: { readonly type: string; readonly after?: number; readonly topics?: readonly string[] }[]
}

/** Call it before the page is opened. */
export function heardBy(page: Page): Heard {
  const heard: Heard = { events: [], asked: [] }
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      const asked = JSON.parse(String(payload)) as Heard['asked'][number]
      if (asked.type === 'subscribe') heard.asked.push(asked)
    })
    socket.on('framereceived', ({ payload }) => {
      const event = JSON.parse(String(payload)) as Partial<HeardEvent>
      if (event.seq !== undefined && event.topic !== undefined && isDurable(event))
        heard.events.push(event as HeardEvent)
    })
  })
  return heard
}

/** Figures of a heartbeat and quotes are the newest only: nobody catches up with them. */
const isDurable = ({ topic, data }: Partial<HeardEvent>): boolean =>
  topic === 'connection'
    ? typeof data?.event === 'string' && !data.event.endsWith('heartbeat')
    : topic !== 'quote'
