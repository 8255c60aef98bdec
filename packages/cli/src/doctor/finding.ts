// What a check finds: ok, warn or fail, in one sentence, with the remedy.
import type { Config, RunFile } from '@ngtb/server'

export interface Finding {
  check: string
  state: 'ok' | 'warn' | 'fail'
  says: string
  remedy: string | null
}

export interface Patient {
  readonly env: Record<string, string | undefined>
  readonly config: Config
  /** The server of this data folder, if one runs. */
  readonly running: RunFile | null
}

const finding =
  (state: Finding['state']) =>
  (check: string, says: string, remedy: string | null = null): Finding => ({
    check,
    state,
    says,
    remedy,
  })

export const ok = finding('ok')
export const warn = finding('warn')
export const fail = finding('fail')

export const sentence = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(sentence).join('; ')
  return error instanceof Error ? error.message : String(error)
}
