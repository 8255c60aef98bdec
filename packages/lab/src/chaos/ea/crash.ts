// Where the EA dies (contract §6, K10 … K15): armed while it runs, struck in its own process.
import { tell } from '../programs/program.ts'

export type EaPoint = 'K10' | 'K11' | 'K12' | 'K13' | 'K14' | 'K15'

/** K12:OPEN_TRADE, or K12:OPEN_TRADE:stop, which stands still until somebody lets it go on. */
export class EaCrash {
  #point = ''
  #type = ''
  #stop = false

  arm(text: string): void {
    const [point = '', type = '', how = ''] = text.split(':')
    this.#point = point
    this.#type = type
    this.#stop = how === 'stop'
  }

  /** It will stand still there instead of dying. */
  get stands(): boolean {
    return this.#stop
  }

  /** Is this the place, for one of these types? `*`: it may be any. */
  isHere(point: EaPoint, types: readonly string[]): boolean {
    return this.#point === point && types.some((type) => type === '*' || this.#type === type)
  }

  /** Does not come back, or comes back when the process is let go on. */
  async strike(): Promise<void> {
    if (!this.#stop) process.kill(process.pid, 'SIGKILL')
    this.#point = ''
    await tell('standing still')
    process.kill(process.pid, 'SIGSTOP')
  }

  async at(point: EaPoint, types: readonly string[]): Promise<void> {
    if (this.isHere(point, types)) await this.strike()
  }
}
