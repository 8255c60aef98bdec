// Reading: one thing, or a list that fetches its pages as you walk it.

import { readError } from './errors.ts'
import type { Http, HttpReply, HttpRequest } from './http.ts'
import { type Asking, untilAnswered } from './retry.ts'

/** One page; pass `next_cursor` to `.page()` for the next, null at the end. */
export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

/** Every list takes `limit`: how many a page holds (at most 1,000). */
export type PageOptions = { limit?: number | undefined }

/** Asks until answered; a read leaves no doubt, so every end but an answer is an NgtbError. */
export async function read<T>(
  http: Http,
  asking: Asking,
  request: Omit<HttpRequest, 'method'>,
): Promise<HttpReply<T>> {
  const answer = await untilAnswered(
    (signal) => http.request<T>({ method: 'GET', ...request, signal }),
    asking,
  )
  if (answer.kind === 'answered') return answer.value
  throw readError(answer.error, http.url)
}

/** Says how a thing shall be, until answered: said twice it is the same, so it leaves no doubt either. */
export async function change<T>(
  http: Http,
  asking: Asking,
  request: Omit<HttpRequest, 'method'> & { method?: 'PUT' | 'POST' },
): Promise<T> {
  const answer = await untilAnswered(
    (signal) => http.request<T>({ method: 'PUT', ...request, signal }),
    asking,
  )
  if (answer.kind === 'answered') return answer.value.body
  throw readError(answer.error, http.url)
}

/**
 * A list of the server: walk it, or take it page by page.
 * @example
 * for await (const trade of client.trades({ status: 'open' })) console.log(trade.ticket, trade.symbol)
 * const first = await client.commands({ limit: 20 }).page()
 */
export class Listing<T> implements AsyncIterable<T> {
  readonly #fetch: (cursor: string | undefined) => Promise<Page<T>>

  constructor(fetch: (cursor: string | undefined) => Promise<Page<T>>) {
    this.#fetch = fetch
  }

  /** One page: the first, or the one behind `cursor`. */
  page(cursor?: string | null): Promise<Page<T>> {
    return this.#fetch(cursor ?? undefined)
  }

  /** Everything at once; for lists that you know to be short. */
  async all(): Promise<T[]> {
    const items: T[] = []
    for await (const item of this) items.push(item)
    return items
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let cursor: string | null | undefined
    do {
      const page: Page<T> = await this.page(cursor)
      yield* page.items
      cursor = page.next_cursor
    } while (cursor !== null && cursor !== undefined)
  }
}
