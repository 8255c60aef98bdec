// A long-running command's end: one signal stops it gracefully, a second one at once, and 15 s are the most.
import closeWithGrace from 'close-with-grace'
import { remark } from './output.ts'

const STOP_MAX_MS = 15_000
/** Ctrl-C under `npm run` arrives twice: from the terminal, and passed on by npm. That is one wish, not two. */
const SAME_WISH_MS = 1_000
const PARENT_EVERY_MS = 250
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Lifetime {
  /** Aborts with the first signal. */
  readonly signal: AbortSignal
  /** Stops now, without a signal; resolves when `stop` has. The process goes on. */
  end(): Promise<void>
}

/** From now on a signal, or a mistake nobody caught, runs `stop` and ends the process. */
export function lifetime(stop: () => Promise<void>): Lifetime {
  const wish = new AbortController()
  let stopped: Promise<void> | undefined
  const once = () => {
    wish.abort()
    stopped ??= stop()
    return stopped
  }
  const grace = closeWithGrace(
    {
      delay: STOP_MAX_MS,
      skip: [...SIGNALS, 'beforeExit'],
      logger: false,
      onTimeout: () => remark(`Stopping took longer than ${STOP_MAX_MS / 1000} s: ended at once.`),
    },
    async ({ err }) => {
      if (err && !isBrokenPipe(err)) remark(err.stack ?? err.message)
      await once()
    },
  )
  let first_at = 0
  const onSignal = () => {
    if (first_at === 0) {
      first_at = performance.now()
      grace.close()
    } else if (performance.now() - first_at > SAME_WISH_MS) process.exit(1)
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  const watch = watchNpm(() => grace.close())
  return {
    signal: wish.signal,
    async end() {
      await once()
      clearInterval(watch)
      grace.uninstall()
      for (const signal of SIGNALS) process.removeListener(signal, onSignal)
    },
  }
}

/**
 * npm starts us below a shell and passes a signal on to that shell alone, which dies of it and says nothing. So
 * without it we would go on, with ports and database, after `npm run demo` is gone.
 */
function watchNpm(onGone: () => void): NodeJS.Timeout | undefined {
  if (process.env.npm_command === undefined || process.platform === 'win32') return undefined
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    onGone()
  }, PARENT_EVERY_MS)
  return timer.unref()
}

/** Whoever read our output has gone (`ngtb demo | head`): no reason to complain. */
const isBrokenPipe = (error: Error) => (error as NodeJS.ErrnoException).code === 'EPIPE'
