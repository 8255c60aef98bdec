// What a module prints, into the server's log: line by line, and never so much that the server has to work for it.
import type { Readable } from 'node:stream'
import type { HostLog } from './ports.ts'

/** Beyond this the pipe is left full until the next second: the module waits, the server does not. */
const BYTES_PER_S = 32_768
const LINES_PER_S = 100
const LINE_MAX = 2_000
const LEVELS = ['info', 'warn', 'error'] as const
type Level = (typeof LEVELS)[number]

/** @returns what ends it */
export function tellOutput(stream: Readable, called: () => string, log: HostLog, level: Level): () => void {
  let rest = ''
  let bytes = 0
  let lines = 0
  let unsaid = 0
  const say = (line: string) => {
    if (line.trim() === '') return
    if (++lines > LINES_PER_S) unsaid++
    else tellLine(line.slice(0, LINE_MAX), called(), log, level)
  }
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    bytes += chunk.length
    const parts = (rest + chunk).split('\n')
    rest = (parts.pop() ?? '').slice(0, LINE_MAX)
    for (const line of parts) say(line)
    if (bytes > BYTES_PER_S) stream.pause()
  })
  const second = setInterval(() => {
    const module = called()
    if (unsaid > 0) log.warn(`module ${module} printed ${unsaid} lines more in a second`, { module })
    bytes = lines = unsaid = 0
    stream.resume()
  }, 1_000)
  second.unref()
  const end = () => {
    clearInterval(second)
    say(rest)
    rest = ''
  }
  stream.once('close', end)
  return end
}

function tellLine(line: string, module: string, log: HostLog, level: Level): void {
  const said = line.startsWith('{"ngtb":') ? parsed(line) : null
  if (said === null) log[level](line, { module })
  else log[said.level](said.message, { module, ...said.details })
}

/** A line of the module's own log (runtime/context.ts). */
function parsed(line: string) {
  try {
    const { ngtb, message, details } = JSON.parse(line) as Record<string, unknown>
    const level = LEVELS.find((one) => one === ngtb)
    if (level === undefined || typeof message !== 'string') return null
    return { level, message, details: (details ?? {}) as Record<string, unknown> }
  } catch {
    return null
  }
}
