// `node --import tsx packages/lab/src/support/walk-file.ts FILE [COUNT]`: a tick file of a random walk, always
// the same.
import { writeFileSync } from 'node:fs'
import { findSymbol, Random, randomWalk } from '@ngtb/ea-sim'

const [, , file = 'eurusd-walk.csv', count = '9500'] = process.argv
const spec = findSymbol('EURUSD')
if (!spec) throw new Error('EURUSD is not among the symbols of the simulator')
const walk = randomWalk({
  spec,
  random: new Random(20200101),
  start_ms: Date.UTC(2020, 0, 1, 22),
  interval_ms: 760,
  count: Number(count),
})
const lines = [...walk].map(({ time_ms, bid_text, ask_text }) => `${time_ms},${bid_text},${ask_text}`)
writeFileSync(file, `time_utc_ms,bid,ask\n${lines.join('\n')}\n`)
