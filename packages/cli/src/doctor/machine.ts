// The machine around the server: Node, ports, disk, and how EAs get in.
import { existsSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { PortName } from '@ngtb/server'
import { ALLOW_WHERE, allowLists, allowText, enrolmentText } from '../addresses.ts'
import { type Finding, fail, ok, type Patient, sentence, warn } from './finding.ts'

const NODE_MIN = [20, 20] as const
const GB = 1024 ** 3
const DISK_WARN = 2 * GB
const DISK_FAIL = 0.2 * GB

const PORTS = [
  ['command', 'PORT_COMMAND'],
  ['ticks', 'PORT_TICKS'],
  ['trades', 'PORT_TRADES'],
  ['logs', 'PORT_LOGS'],
  ['webui', 'PORT_WEBUI'],
] as const satisfies readonly (readonly [PortName, string])[]

export function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const enough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])
  return enough
    ? ok('node', `Node ${process.versions.node}`)
    : fail('node', `Node ${process.versions.node} is too old`, `Install Node ${NODE_MIN.join('.')} or newer.`)
}

/** Ours and answering, or free for the start, or somebody else's. */
export async function checkPorts({ config, running }: Patient): Promise<Finding[]> {
  if (running) {
    const answer = await fetch(new URL('/health', running.url), { signal: AbortSignal.timeout(3_000) }).catch(
      sentence,
    )
    const numbers = PORTS.map(([name]) => running.ports[name]).join(', ')
    if (typeof answer !== 'string' && answer.ok)
      return [ok('ports', `${numbers} are ours: the server runs (process ${running.pid}) and is healthy`)]
    const why = typeof answer === 'string' ? answer : `it answers ${answer.status}`
    return [
      fail(
        'ports',
        `the server (process ${running.pid}) does not answer well on ${running.url}: ${why}`,
        'Look at its log; if it hangs, end it and start it again: nothing that was acknowledged is lost.',
      ),
    ]
  }
  const taken: Finding[] = []
  for (const [, setting] of PORTS) {
    const code = await tryPort(config.NGTB_BIND, config[setting])
    if (code === 'EADDRINUSE')
      taken.push(
        fail(
          'ports',
          `port ${config[setting]} is taken by another program`,
          `Stop it (is another ngtb running in another folder?), or set ${setting} to a free port.`,
        ),
      )
    else if (code !== null)
      taken.push(
        fail(
          'ports',
          `port ${config[setting]} can't be opened on ${config.NGTB_BIND}: ${code}`,
          `Check ${setting} and NGTB_BIND.`,
        ),
      )
  }
  const numbers = PORTS.map(([, setting]) => config[setting]).join(', ')
  return taken.length > 0
    ? taken
    : [warn('ports', `${numbers} are free: no server runs on this data folder`, 'Start it: npx ngtb start')]
}

const tryPort = (host: string, port: number): Promise<string | null> =>
  new Promise((answer) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => answer(error.code ?? error.message))
    probe.listen({ host, port }, () => probe.close(() => answer(null)))
  })

export function checkDisk({ config }: Patient): Finding {
  let folder = resolve(config.NGTB_DATA_DIR)
  while (!existsSync(folder)) folder = dirname(folder)
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const says = `${(free / GB).toFixed(1)} GB are free for ${config.NGTB_DATA_DIR}`
  const remedy = 'Make room before it is full: a full disk stops every acknowledgement.'
  if (free < DISK_FAIL) return fail('disk', says, remedy)
  return free < DISK_WARN ? warn('disk', says, remedy) : ok('disk', says)
}

export function checkEnrolment({ config }: Patient): Finding[] {
  const findings = [ok('enrolment', enrolmentText(config))]
  if (!config.loopback && config.NGTB_INSECURE_HTTP)
    findings.push(
      warn(
        'network',
        `${config.NGTB_BIND} serves plain HTTP (NGTB_INSECURE_HTTP=1)`,
        'Right inside a VPN; elsewhere use NGTB_TLS_CERT_FILE or a proxy (NGTB_TRUSTED_PROXY).',
      ),
    )
  return findings
}

export function checkUrls({ config, running }: Patient): Finding[] {
  const ports = running?.ports ?? {
    command: config.PORT_COMMAND,
    ticks: config.PORT_TICKS,
    trades: config.PORT_TRADES,
    logs: config.PORT_LOGS,
    webui: config.PORT_WEBUI,
  }
  return [ok('allow', `${ALLOW_WHERE}:\n${allowText(allowLists(config, ports))}`)]
}
