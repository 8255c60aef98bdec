// The street number: the port on which the embedded PostgreSQL listens.
// It lies below the range from which systems give ports to outgoing connections: a client that retries while
// PostgreSQL is down would otherwise, now and then, be given that very port and connect to itself.

import { createHash } from 'node:crypto'
import net from 'node:net'
import { fileIn, writeWhole } from './files.ts'
import { readText } from './process-table.ts'

const FIRST = 20_000
const COUNT = 10_000
const ATTEMPTS_MAX = 100

/** The last port if it is free, else one that depends on the data directory, else the next free one. */
export async function choosePort(dataDir: string, skip = 0): Promise<number> {
  const last = Number(readText(fileIn.port(dataDir)))
  if (skip === 0 && Number.isInteger(last) && last > 0 && (await isFree(last))) return last
  return freePort(dataDir, skip)
}

/** The first free one from a place in the range that depends on the name. */
export async function freePort(name: string, skip = 0): Promise<number> {
  const begin = createHash('sha256').update(name).digest().readUInt32BE(0) % COUNT
  for (let step = skip; step < skip + ATTEMPTS_MAX; step++) {
    const port = FIRST + ((begin + step) % COUNT)
    if (await isFree(port)) return port
  }
  throw new Error(`No free port was found between ${FIRST} and ${FIRST + COUNT - 1}.`)
}

export function rememberPort(dataDir: string, port: number): void {
  if (Number(readText(fileIn.port(dataDir))) !== port) writeWhole(fileIn.port(dataDir), `${port}\n`, 0o644)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
