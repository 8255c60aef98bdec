// What the world does to a terminal, of whichever kind.
import type { Machine } from './machine.ts'

export interface Terminal {
  readonly name: string
  readonly machine: Machine
  onDied: () => void
  start(): void
  /** @param power the machine goes down with it */
  crash(why: string, power?: boolean): void
  /** From here on it does nothing wrong by itself. */
  calm(): void
}
