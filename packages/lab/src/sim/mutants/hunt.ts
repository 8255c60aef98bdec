// The hunted process: seeds from 1 until the planted bug shows itself. Exit code 1: it did.
import { runChunk } from '../chunk.ts'

const seeds = Number(process.argv[2])
const tally = await runChunk({ from: 1, seeds, depth: 'core', stop_at_first: true })
const [failure] = tally.failures
if (failure) console.log(failure.sentence)
process.exitCode = failure ? 1 : 0
