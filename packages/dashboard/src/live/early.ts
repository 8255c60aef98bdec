// The answers to what public/early.js asked before there were scripts: each is taken once, and only while it is fresh.

declare global {
  interface Window {
    ngtEarly?: {
      /** ms of the page's own clock */ readonly at: number
      readonly asked: Map<string, Promise<Response>>
    }
  }
}

/** Older than this it is asked anew, in ms: a page that stood at its login for a while. */
const FRESH_MS = 5_000

/** `fetch`, but for the first questions of a page. */
export const earlyFetch: typeof fetch = (input, init) => {
  const early = taken(input, init)
  // One that failed is asked again: its reason may have been the page's own start.
  return early === undefined ? fetch(input, init) : early.catch(() => fetch(input, init))
}

/** Its answer is on its way, or here, and nobody took it yet. */
export const isAskedEarly = (path: string): boolean => window.ngtEarly?.asked.has(path) ?? false

function taken(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> | undefined {
  const { at, asked } = window.ngtEarly ?? {}
  if (!asked || at === undefined || typeof input !== 'string' || (init.method ?? 'GET') !== 'GET') return
  if (performance.now() - at > FRESH_MS) asked.clear()
  const path = input.startsWith(location.origin) ? input.slice(location.origin.length) : input
  const early = asked.get(path)
  asked.delete(path)
  return early
}
