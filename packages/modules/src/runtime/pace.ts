// How many requests a module makes: a bucket for all calls to the server, so that a flood waits in its own
// process.

export interface Bucket {
  readonly tokens: number
  readonly at: number
}

const BURST_S = 2

/** Takes one; answers the bucket afterwards and how long to wait before the request may go. */
export function take(bucket: Bucket, now: number, per_s: number): { bucket: Bucket; wait_ms: number } {
  const most = per_s * BURST_S
  const filled = Math.min(most, bucket.tokens + ((now - bucket.at) / 1_000) * per_s)
  const tokens = filled - 1
  return { bucket: { tokens, at: now }, wait_ms: tokens >= 0 ? 0 : (-tokens / per_s) * 1_000 }
}

/** From now on `fetch` of this process waits its turn, where it goes to the server. */
export function pace(url: string, per_s: number): void {
  const { origin } = new URL(url)
  const free = globalThis.fetch
  let bucket: Bucket = { tokens: per_s * BURST_S, at: performance.now() }
  globalThis.fetch = async (input, init) => {
    const target = input instanceof Request ? input.url : String(input)
    if (URL.canParse(target) && new URL(target).origin === origin) {
      const taken = take(bucket, performance.now(), per_s)
      bucket = taken.bucket
      if (taken.wait_ms > 0) await new Promise((resolve) => setTimeout(resolve, taken.wait_ms))
    }
    return free(input, init)
  }
}
