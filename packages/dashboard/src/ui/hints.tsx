// The page's one tooltip: whatever says itself more exactly (aria-description) shows that on hover, focus and touch.
//
// A tooltip of its own for each chip and each age cost the overview of twenty accounts a quarter of a second.
import { Tooltip } from '@mantine/core'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'

/** Before a pointer that rests is a question, in ms. */
const REST_MS = 250
const SAYS = '[aria-description]:not([aria-description=""])'

const speaker = ({ target }: Event): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>(SAYS) : null

/** Stands once beside the pages. */
export default function Hints() {
  const [said_by, setSaidBy] = useState<HTMLElement | null>(null)
  useEffect(() => watchHints(setSaidBy), [])
  return said_by?.isConnected ? <Hint said_by={said_by} /> : null
}

function Hint({ said_by }: { said_by: HTMLElement }) {
  const text = useSyncExternalStore(
    useCallback((wake) => onSaid(said_by, wake), [said_by]),
    () => said_by.getAttribute('aria-description'),
  )
  const label = <span style={{ whiteSpace: 'pre-line' }}>{text}</span>
  return <Tooltip target={said_by} opened multiline maw={340} label={label} />
}

/** @returns ends it */
function onSaid(who: HTMLElement, act: () => void): () => void {
  const watch = new MutationObserver(act)
  watch.observe(who, { attributeFilter: ['aria-description'] })
  return () => watch.disconnect()
}

/** @returns ends it */
function watchHints(show: (who: HTMLElement | null) => void): () => void {
  const over = new AbortController()
  const listen = <K extends keyof DocumentEventMap>(type: K, act: (event: DocumentEventMap[K]) => void) =>
    document.addEventListener(type, act, { signal: over.signal, passive: true })
  let resting: ReturnType<typeof setTimeout> | undefined
  const now = (who: HTMLElement | null) => {
    clearTimeout(resting)
    show(who)
  }
  listen('pointerover', (event) => {
    const who = speaker(event)
    clearTimeout(resting)
    // A finger does not rest: what it touches answers at once, until it touches something else.
    if (event.pointerType === 'touch') return show(who)
    if (who) resting = setTimeout(() => show(who), REST_MS)
  })
  listen('pointerout', (event) => {
    if (event.pointerType !== 'touch' && speaker(event)) now(null)
  })
  listen('focusin', (event) => now(speaker(event)))
  listen('focusout', () => now(null))
  // What it is about may be gone from there, or from the page.
  document.addEventListener('scroll', () => now(null), { signal: over.signal, capture: true, passive: true })
  window.addEventListener('hashchange', () => now(null), { signal: over.signal })
  listen('keydown', ({ key }) => {
    if (key === 'Escape') now(null)
  })
  return () => {
    clearTimeout(resting)
    over.abort()
  }
}
