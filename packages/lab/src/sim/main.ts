// npm run sim
import { World } from './world.ts'

const seed = Number(process.argv[2])
const n = Number(process.argv[3] ?? 0)
if (n === 0) {
  const world = new World(seed, console.log)
  const outcome = await world.run()
  console.log(outcome)
} else {
  const t = process.hrtime.bigint()
  let bad = 0
  for (let s = seed; s < seed + n; s++) {
    const outcome = await new World(s).run()
    if (outcome.complaint) {
      bad++
      console.log(s, outcome.complaint.at_ms, outcome.complaint.rule, outcome.complaint.what.slice(0, 300))
    }
  }
  console.log(n, 'seeds', bad, 'bad', Number(process.hrtime.bigint() - t) / 1e6 / n, 'ms each')
}
