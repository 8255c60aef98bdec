// The pages of `npm run bench:pages` in a process of their own, which gives way to every other: a trader's browsers
// compute on his own machines, and must not take the server's cores from it here.
import { constants, setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Watcher, watchers } from './watchers.ts'

export interface PagesWanted {
  readonly port: number
  readonly key: string
  readonly pages: number
  /** Of them: who wants every tick, and of those who hang. */
  readonly every: number
  readonly hang: number
  /** The others show one of these, in turns. */
  readonly accounts: readonly number[]
}

export interface PagesSeen {
  readonly served: number
  readonly reading: number
  /** Of those who hang: the server said so. */
  readonly downgraded: number
  readonly messages: number
}

/** What hangs fills the kernel's buffers first, then the server's, then it is late by ten seconds. */
const HANG_MS_MAX = 120_000
const LOOK_MS = 15_000
const READ_MS = 3_000

setPriority(constants.priority.PRIORITY_LOW)
let pages: Watcher[] = []
let wanted: PagesWanted | null = null

process.on('message', (message: { ask: string; wanted?: PagesWanted }) => {
  void answer(message).then((reply) => process.send?.(reply))
})
process.on('disconnect', () => process.exit(0))

async function answer({ ask, wanted: given }: { ask: string; wanted?: PagesWanted }): Promise<unknown> {
  if (ask === 'open' && given) {
    wanted = given
    pages = await watchers(given.port, given.key, given.pages, given.every, given.accounts)
    for (const page of pages.slice(0, given.hang)) page.pause()
    return true
  }
  if (ask === 'find out') await foundOut(pages.slice(0, wanted?.hang))
  return seen()
}

/** Those who hang are looked at now and then: what the server has said of them is read, and no more. */
async function foundOut(hanging: readonly Watcher[]): Promise<void> {
  for (let waited = 0; waited < HANG_MS_MAX; waited += LOOK_MS) {
    await sleep(LOOK_MS)
    for (const page of hanging) page.resume()
    await sleep(READ_MS)
    if (hanging.every(({ downgraded }) => downgraded)) return
    for (const page of hanging) page.pause()
  }
}

function seen(): PagesSeen {
  const reading = pages.slice(wanted?.every)
  return {
    served: reading.filter(({ closed, messages }) => closed === null && messages > 0).length,
    reading: reading.length,
    downgraded: pages.slice(0, wanted?.hang).filter(({ downgraded }) => downgraded).length,
    messages: reading.reduce((sum, { messages }) => sum + messages, 0),
  }
}
