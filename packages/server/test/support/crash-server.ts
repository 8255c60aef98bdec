// A server process for the crash tests: says where it listens in one line, stops on SIGTERM, and can be killed.
import { startServer } from '../../src/start.ts'

const data_dir = process.argv[2]
if (data_dir === undefined) throw new Error('usage: crash-server.ts <data dir>')
const running = await startServer({ data_dir, any_port: true, env: { NGTB_LOG_LEVEL: 'silent' } })
process.once('SIGTERM', () => void running.stop().then(() => process.exit(0)))
const { ports, database_url } = running
console.log(JSON.stringify({ ports, database_url }))
