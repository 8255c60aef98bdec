import { runChunk } from './chunk.ts'

const t = process.cpuUsage()
const r = await runChunk({ from: 1, seeds: 300, depth: 'core', stop_at_first: false })
const u = process.cpuUsage(t)
console.log(r.failures, r.history, (u.user + u.system) / 1000 / 300, 'cpu ms per seed')
