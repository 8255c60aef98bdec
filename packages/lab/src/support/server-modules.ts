// Modules beside a server of a measurement: asked for by the parent, in the server's own process, as
// `ngtb start` does.
import type { ChildProcess } from 'node:child_process'
import type { ModuleRequest, ModuleStatus } from '@ngtb/cli/modules'
import type { RunningServer } from '@ngtb/server'

interface Order {
  readonly modules: readonly ModuleRequest[]
}
interface Told {
  readonly modules: readonly ModuleStatus[]
}

const quiet = { info() {}, warn() {}, error() {} }
const isOrder = (word: unknown): word is Order => Array.isArray((word as Order | null)?.modules)

/** In the server's process: each order ends the modules before it. Loaded at the first one. */
export function serveModules(starting: Promise<RunningServer>): void {
  let beside: Promise<{ stop(): Promise<void> }> | undefined
  process.on('message', (word) => {
    if (!isOrder(word)) return
    const before = beside
    beside = (async () => {
      await (await before)?.stop()
      const { modulesBeside } = await import('@ngtb/cli/modules')
      const tell = () => process.send?.({ modules: begun.host.status() } satisfies Told)
      const begun = await modulesBeside(await starting, word.modules, quiet, {
        onChange: () => setImmediate(tell),
      })
      tell()
      return begun
    })()
  })
}

export interface ChildModules {
  /** Ends those that run, and starts these. */
  modules(requests: readonly ModuleRequest[]): Promise<void>
  /** What is known of them once it is so. */
  modulesUntil(holds: (all: readonly ModuleStatus[]) => boolean): Promise<readonly ModuleStatus[]>
}

export function childModules(child: ChildProcess): ChildModules {
  let known: readonly ModuleStatus[] = []
  let wanted = ''
  const names = (all: readonly { asked: string }[]) => all.map(({ asked }) => asked).join()
  const until = (holds: (all: readonly ModuleStatus[]) => boolean) =>
    new Promise<readonly ModuleStatus[]>((resolve, reject) => {
      const gone = () => reject(new Error('the server ended'))
      const look = () => {
        // Those that are on their way out still tell of themselves.
        if (names(known) !== wanted || !holds(known)) return
        child.off('message', look)
        child.off('exit', gone)
        resolve(known)
      }
      child.on('message', look)
      child.once('exit', gone)
      look()
    })
  child.on('message', (word) => {
    if (Array.isArray((word as Told).modules)) known = (word as Told).modules
  })
  return {
    async modules(requests) {
      wanted = names(requests)
      known = [{ asked: '…' } as ModuleStatus]
      child.send({ modules: requests })
      await until(() => true)
    },
    modulesUntil: until,
  }
}
