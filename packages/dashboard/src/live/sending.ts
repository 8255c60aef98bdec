// Commands that were sent from this page, by account: sent once under one name, then followed until they are settled.
//
//   N1. No answer leaves it open whether the server has it. It is asked for again under the same name, never anew.
//   N2. What was sent stays listed until it was put away: nobody loses sight of an order by changing pages.
import { type Intent, OutcomeUnknown } from '@ngtb/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState, useSyncExternalStore } from 'react'
import { useAct } from './acting.tsx'
import { clientOf, commandQuery } from './queries.ts'

export interface Sent {
  readonly account: string
  readonly command_id: string
}

const NOBODY: readonly Sent[] = []
const sent = new Map<string, readonly Sent[]>()
const wakes = new Set<() => void>()

function change(account: string, list: readonly Sent[]): void {
  sent.set(account, list)
  for (const wake of wakes) wake()
}

const watch = (wake: () => void) => {
  wakes.add(wake)
  return () => {
    wakes.delete(wake)
  }
}

/** What was sent from here for this account, the newest first. */
export function useSent(account: string) {
  const list = useSyncExternalStore(watch, () => sent.get(account) ?? NOBODY)
  const putAway = useCallback(
    (...ids: string[]) =>
      change(
        account,
        (sent.get(account) ?? []).filter((one) => !ids.includes(one.command_id)),
      ),
    [account],
  )
  return { list, putAway }
}

/** Sends an intent. `in_doubt`: no answer came; `again` asks for the same one under its name (N1). */
export function useSend(account: string, onSent?: (command_id: string) => void) {
  const queries = useQueryClient()
  const [doubt, setDoubt] = useState<Intent | null>(null)
  const act = useAct(async (intent: Intent) => {
    try {
      const { command_id } = await clientOf(account).send(intent)
      setDoubt(null)
      void queries.prefetchQuery(commandQuery(account, command_id))
      change(account, [{ account, command_id }, ...(sent.get(account) ?? [])])
      onSent?.(command_id)
    } catch (error) {
      setDoubt(error instanceof OutcomeUnknown ? { ...intent, command_id: error.command_id } : null)
      throw error
    }
  })
  return {
    send: (intent: Intent) => act.mutate(intent),
    busy: act.isPending,
    error: act.error,
    reset: () => {
      setDoubt(null)
      act.reset()
    },
    in_doubt: doubt !== null,
    again: () => {
      if (doubt) act.mutate(doubt)
    },
  }
}
