// A child process of the pool: runs the chunks that it is sent.
import { type Chunk, runChunk } from './chunk.ts'

// Without a parent there is nobody to work for.
process.on('disconnect', () => process.exit())
process.on('message', (chunk: Chunk) => {
  void runChunk(chunk).then((tally) => process.send?.(tally))
})
