// One second hand for all ages on the page, which rests while the page is hidden.
import { useSyncExternalStore } from 'react'

let now_ms = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const wakes = new Set<() => void>()

const tick = () => {
  now_ms = Date.now()
  for (const wake of wakes) wake()
}

function watch(wake: () => void): () => void {
  wakes.add(wake)
  timer ??= setInterval(() => {
    if (!document.hidden) tick()
  }, 1_000)
  return () => {
    wakes.delete(wake)
    if (wakes.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) tick()
})

/** Our clock, once a second. */
export const useNow = (): number => useSyncExternalStore(watch, () => now_ms)
