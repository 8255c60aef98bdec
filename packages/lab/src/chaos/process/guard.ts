// The rig's hand on the guard: what was started is told to a process that outlives the rig, and tidies up after it.
import { Child, type ChildOptions } from './child.ts'

export class Guard {
  readonly #child: Child

  constructor(options: ChildOptions) {
    this.#child = new Child(options)
  }

  /** @param gentle asked to stop first: a database that should leave no shared memory behind */
  watch(pid: number, gentle = false): void {
    void this.#child.ask('watch', { pid, gentle }).catch(() => {})
  }

  watchChild(child: Child): void {
    this.watch(child.pid)
    void child.exited.then(() => this.forget(child.pid))
  }

  forget(pid: number): void {
    void this.#child.ask('forget', { pid }).catch(() => {})
  }

  /** Removed when the rig is gone. */
  folder(path: string): void {
    void this.#child.ask('folder', { path }).catch(() => {})
  }

  /** All is tidy already: nothing to do any more. */
  async dismiss(): Promise<void> {
    await this.#child.kill()
  }
}
