// The guard: ends what the rig started, and removes its folders, when the rig is gone, however that came.
// A process that was stopped by SIGSTOP can't notice that its rig died; this one can.
import { rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { obey } from './program.ts'

const GENTLE_MS = 5_000

const watched = new Map<number, { gentle: boolean }>()
const folders = new Set<string>()

obey(
  {
    watch({ pid, gentle }: { pid: number; gentle: boolean }) {
      watched.set(pid, { gentle })
    },
    forget({ pid }: { pid: number }) {
      watched.delete(pid)
    },
    folder({ path }: { path: string }) {
      folders.add(path)
    },
  },
  () => void tidyUp(),
)

async function tidyUp(): Promise<void> {
  for (const [pid, { gentle }] of watched) if (!gentle) signal(pid, 'SIGKILL')
  for (const [pid, { gentle }] of watched) if (gentle) await endGently(pid)
  for (const path of folders) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  process.exit(0)
}

async function endGently(pid: number): Promise<void> {
  signal(pid, 'SIGCONT')
  signal(pid, 'SIGQUIT')
  for (let waited = 0; waited < GENTLE_MS && signal(pid, 0); waited += 50) await pause(50)
  signal(pid, 'SIGKILL')
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false // gone already
  }
}
