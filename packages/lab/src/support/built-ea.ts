// The shipped EA as a program of the MQL5 host: built once for these sources, and kept beside the host's own cache.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildEa, defaultCacheDir, gppVersion, INSTALL, RUNTIME_FOLDER, tell } from '@ngtb/mql5-host'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const EA = join(ROOT, 'ea')
const HOST = join(ROOT, 'tools/mql5-host/src')

/** @throws {Error} with what the compiler said, or what to install */
export async function builtEa({ sanitize = false } = {}): Promise<string> {
  const version = gppVersion()
  if (version === null) throw new Error(INSTALL)
  const name = `NgTradingBot-${digest(version)}${sanitize ? '-sanitized' : ''}`
  const program = join(defaultCacheDir(), name)
  if (existsSync(program)) return program
  const draft = `${program}.${process.pid}`
  const { ok, findings, compiler } = await buildEa(join(EA, 'Experts/NgTradingBot.mq5'), draft, { sanitize })
  if (!ok) throw new Error(`the EA does not compile:\n${findings.map(tell).join('\n')}\n${compiler}`)
  renameSync(draft, program)
  return program
}

function digest(version: string): string {
  const hash = createHash('sha256').update(version)
  for (const folder of [EA, HOST, RUNTIME_FOLDER])
    for (const file of (readdirSync(folder, { recursive: true }) as string[]).sort())
      if (/\.(mq[5h]|ts|cpp|h)$/.test(file)) hash.update(file).update(readFileSync(join(folder, file)))
  return hash.digest('hex').slice(0, 20)
}
