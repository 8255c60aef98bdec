// Redis, if it is set: does it answer, may it be written, does it keep the lists. Nothing stops without it: a warning.
import { type Finding, ok, type Patient, sentence, warn } from './finding.ts'

const PATIENCE_MS = 2_000

export async function checkRedis({ config }: Patient): Promise<Finding[]> {
  const { REDIS_HOST: host, REDIS_PORT: port, REDIS_DB: database } = config
  if (host === null) return [ok('redis', 'not set (REDIS_HOST): PostgreSQL rings the bell between servers')]
  const where = `${host}:${port}`
  const { createClient } = await import('redis')
  const client = createClient({
    RESP: 2,
    database,
    disableOfflineQueue: true,
    socket: { host, port, connectTimeout: PATIENCE_MS, reconnectStrategy: false },
  })
  // Its failures come by `connect`; without a listener they would end the process.
  client.on('error', () => undefined)
  try {
    await within(client.connect())
    const began = performance.now()
    await within(client.ping())
    const ms = (performance.now() - began).toFixed(1)
    return [judge(where, factsOf(await within(client.info())), ms)]
  } catch (error) {
    return [troubled(where, config, sentence(error))]
  } finally {
    if (client.isOpen) client.destroy()
  }
}

function judge(where: string, facts: Readonly<Record<string, string>>, ms: string): Finding {
  const name = facts.valkey_version ? `Valkey ${facts.valkey_version}` : `Redis ${facts.redis_version}`
  if (facts.role === 'slave')
    return warn(
      'redis',
      `${where} is a replica: it refuses the lists command_queue_…`,
      'Set REDIS_HOST and REDIS_PORT to the primary.',
    )
  if (Number(facts.maxmemory) > 0 && Number(facts.used_memory) >= Number(facts.maxmemory))
    return warn(
      'redis',
      `${where} has no memory left (maxmemory ${facts.maxmemory}): it refuses or drops the lists command_queue_…`,
      'Raise maxmemory; what the server writes is small.',
    )
  if (Number(facts.maxmemory) > 0 && facts.maxmemory_policy !== 'noeviction')
    return warn(
      'redis',
      `${where} may drop the lists command_queue_… (maxmemory-policy ${facts.maxmemory_policy})`,
      'Set maxmemory-policy noeviction, if LLEN command_queue_… must tell the truth. Nothing else needs them.',
    )
  return ok('redis', `${name} on ${where} answers PING in ${ms} ms`)
}

/** The server goes on without it: what is missing is said, and how to mend it. */
function troubled(where: string, config: Patient['config'], why: string): Finding {
  const cost = 'PostgreSQL rings the bell meanwhile, and nothing is lost; the lists command_queue_… are old'
  if (/NOAUTH|WRONGPASS|NOPERM/.test(why))
    return warn(
      'redis',
      `${where} asks for a password: ${why}. ${cost}`,
      'There is no setting for one: give the server a Redis of its own on loopback, or remove REDIS_HOST.',
    )
  if (/DB index/.test(why))
    return warn(
      'redis',
      `${where} has no database ${config.REDIS_DB}. ${cost}`,
      'Set REDIS_DB to one that it has, e.g. 0.',
    )
  return warn(
    'redis',
    `${where} does not answer: ${why}. ${cost}`,
    `Try redis-cli -h ${config.REDIS_HOST} -p ${config.REDIS_PORT} PING; start Redis, or remove REDIS_HOST.`,
  )
}

/** A Redis that hangs takes the connection and says nothing. */
async function within<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms: it hangs`)), PATIENCE_MS)
  })
  answer.catch(() => {}) // whoever gave up hears no more of it
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

/** INFO as name and value. */
const factsOf = (info: string): Record<string, string> =>
  Object.fromEntries(
    info
      .split('\r\n')
      .map((line) => line.split(':'))
      .flatMap(([name, ...value]) => (name ? [[name, value.join(':')]] : [])),
  )
