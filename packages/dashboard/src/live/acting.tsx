// Doing something that the server may want confirmed: the refusal opens the dialog, the confirmation repeats the act.
//
//   A1. NGTB_CONFIRM means that nothing was done: to do it again is the first time.
//   A2. Whoever does not confirm gets the refusal itself.
import { isRefusal, type NgtbError } from '@ngtb/sdk'
import { type UseMutationResult, useMutation } from '@tanstack/react-query'
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'

type Confirming = { error: NgtbError; done(confirmed: boolean): void }
const ActContext = createContext<((act: () => Promise<unknown>) => Promise<unknown>) | null>(null)

/** @param dialog shows what is to be confirmed, and says whether it was */
export function ActProvider({
  dialog,
  children,
}: {
  dialog: (asked: Confirming) => ReactNode
  children: ReactNode
}) {
  const [asked, setAsked] = useState<Confirming | null>(null)
  const act = useCallback(async (what: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await what()
    } catch (error) {
      if (!isRefusal(error, 'NGTB_CONFIRM')) throw error
      const confirmed = await new Promise<boolean>((done) => setAsked({ error, done }))
      setAsked(null)
      if (!confirmed) throw error
      return await what()
    }
  }, [])
  return (
    <ActContext value={act}>
      {children}
      {useMemo(() => (asked ? dialog(asked) : null), [asked, dialog])}
    </ActContext>
  )
}

/**
 * A mutation that confirms who you are when the server asks for it.
 * @example const close = useAct((ticket: string) => client.closeTrade({ ticket }))
 */
export function useAct<Input, Output>(
  what: (input: Input) => Promise<Output>,
  options: { onSuccess?: (output: Output) => void } = {},
): UseMutationResult<Output, Error, Input> {
  const act = useContext(ActContext)
  if (!act) throw new Error('useAct is for what stands inside ActProvider')
  return useMutation({ mutationFn: (input: Input) => act(() => what(input)) as Promise<Output>, ...options })
}
