// A native EA in a process of its own: its journal is a file, its broker another process, its crash points armed.
import { TerminalLoop, type TerminalOrder } from '../ea/terminal-loop.ts'
import { obey } from './program.ts'

export type EaOrder = TerminalOrder
export type EaStatus = TerminalLoop['status']

let loop: TerminalLoop | undefined

obey({
  start(order: EaOrder) {
    const started = new TerminalLoop(order)
    loop = started
    // What breaks here ends the process, as a critical error ends an EA: the rig sees it.
    void started.run()
  },
  /** NAME[:TYPE][:stop], or '' to disarm. */
  arm({ crash_point }: { crash_point: string }) {
    loop?.crash.arm(crash_point)
  },
  status: () => loop?.status,
})
