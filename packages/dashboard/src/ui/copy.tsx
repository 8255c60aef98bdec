// To the clipboard, where the browser lets a page write it; else the text is there to be marked by hand.
import { Button } from '@mantine/core'
import { useState } from 'react'

export function CopyButton({ text, what = '' }: { text: string; what?: string }) {
  const [said, setSaid] = useState<'copied' | 'refused' | null>(null)
  const copy = async () => {
    try {
      // Over plain HTTP from another machine there is no clipboard.
      await navigator.clipboard.writeText(text)
      setSaid('copied')
    } catch {
      setSaid('refused')
    }
  }
  return (
    <Button variant="default" onClick={() => void copy()}>
      <span aria-live="polite">
        {said === 'copied'
          ? 'Copied'
          : said === 'refused'
            ? 'Mark it and copy by hand'
            : `Copy${what ? ` ${what}` : ''}`}
      </span>
    </Button>
  )
}
