// pino-roll comes without types: what we use of it.
declare module 'pino-roll' {
  import type { pino } from 'pino'

  interface RollOptions {
    readonly file: string
    readonly extension: string
    readonly mkdir: boolean
    readonly size: string
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean }
    readonly mode: number
    readonly sync: boolean
    readonly minLength: number
    readonly periodicFlush: number
  }
  export default function roll(options: RollOptions): Promise<ReturnType<typeof pino.destination>>
}
