// A server process for the tests: starts the embedded database, says so in one line, waits to be killed.

import { startEmbeddedPostgres } from '../../src/storage/embedded/index.ts'

const dataDir = process.argv[2]
if (dataDir === undefined) throw new Error('usage: child-server.ts <data dir>')
const server = await startEmbeddedPostgres({ dataDir })
const { pid: postmaster, url, adopted } = server
console.log(JSON.stringify({ pid: process.pid, postmaster, url, adopted }))
setInterval(() => {}, 60_000)
