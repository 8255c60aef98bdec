// Many seeds over several processes: each takes the next chunk when it has done its last.
import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { type Chunk, emptyTally, runChunk, type Tally } from './chunk.ts'
import { addTo } from './coverage.ts'

/** Fixed, so that the same seeds give the same hash however many processes share them. */
const CHUNK_SEEDS = 100

export interface Many extends Chunk {
  readonly workers: number
  /** After each chunk. */
  onProgress(done: number, failures: number, chunk: Tally): void
}

export async function runMany({ workers, onProgress, ...all }: Many): Promise<Tally> {
  const chunks = chunksOf(all)
  const tallies: Tally[] = []
  let done = 0
  let failures = 0
  const take = (tally: Tally) => {
    tallies.push(tally)
    done += tally.seeds
    failures += tally.failures.length
    onProgress(done, failures, tally)
  }
  const next = () => (all.stop_at_first && failures > 0 ? undefined : chunks.shift())
  if (workers <= 1) for (let chunk = next(); chunk; chunk = next()) take(await runChunk(chunk))
  else await Promise.all(Array.from({ length: workers }, () => drive(next, take)))
  return joined(all.from, tallies)
}

function chunksOf({ from, seeds, ...rest }: Chunk): Chunk[] {
  const chunks: Chunk[] = []
  for (let at = 0; at < seeds; at += CHUNK_SEEDS)
    chunks.push({ from: from + at, seeds: Math.min(CHUNK_SEEDS, seeds - at), ...rest })
  return chunks
}

/** One child process, fed until nothing is left. */
function drive(next: () => Chunk | undefined, take: (tally: Tally) => void): Promise<void> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)))
  return new Promise((resolve, reject) => {
    const feed = () => {
      const chunk = next()
      if (chunk) child.send(chunk)
      else child.disconnect()
    }
    child.on('message', (tally: Tally) => {
      take(tally)
      feed()
    })
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`a worker of the simulation ended with ${code}`)),
    )
    feed()
  })
}

function joined(from: number, tallies: Tally[]): Tally {
  const hash = createHash('sha256')
  const all = emptyTally(from)
  for (const tally of tallies.sort((a, b) => a.from - b.from)) {
    all.seeds += tally.seeds
    all.failures.push(...tally.failures)
    all.virtual_ms += tally.virtual_ms
    all.commands += tally.commands
    all.settled += tally.settled
    addTo(all.coverage, tally.coverage)
    hash.update(tally.history)
  }
  all.history = hash.digest('hex').slice(0, 16)
  return all
}
