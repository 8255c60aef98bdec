// How it is run: the compose file and the image as far as they can be looked at without Docker, and the systemd units.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readConfig, SETTINGS, silentLog, startServer, systemCards } from '@ngtb/server'
import pg from 'pg'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { parse } from 'yaml'

declare module 'vitest' {
  interface ProvidedContext {
    testDatabaseUrl: string
  }
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

interface Service {
  image: string
  restart: string
  environment?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
  security_opt?: string[]
  logging?: { options: Record<string, string> }
}
const compose = parse(read('docker-compose.yaml'), { merge: true }) as {
  services: Record<'server' | 'postgres' | 'redis', Service>
  volumes: Record<string, unknown>
}
const { server, postgres, redis } = compose.services
/** With nothing set: `${NAME:-default}` is its default; one without a default would be asked for. */
const withNothingSet = (text: string) => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1')
const environment = Object.fromEntries(
  Object.entries(server.environment ?? {}).map(([name, value]) => [name, withNothingSet(value)]),
)
const dockerfile = read('Dockerfile')
const instructions = (name: string) =>
  [...dockerfile.matchAll(new RegExp(`^\\s*${name} (.+)$`, 'gm'))].map(([, rest = '']) => rest)
const healthcheck = JSON.parse(
  instructions('CMD').find((text) => text.includes('/health')) ?? '[]',
) as string[]

describe('docker-compose.yaml', () => {
  test('every variable is a setting, and together they start a server', () => {
    for (const name of Object.keys(environment)) expect(Object.keys(SETTINGS)).toContain(name)
    expect(JSON.stringify(environment)).not.toContain('$')
    expect(readConfig(environment)).toMatchObject({
      NGTB_BIND: '0.0.0.0',
      NGTB_INSECURE_HTTP: true,
      enrolment: 'first-connect',
    })
  })

  test('the server and its neighbours know one another', () => {
    const url = new URL(environment.DATABASE_URL ?? '')
    expect(compose.services).toHaveProperty(url.hostname)
    expect(compose.services).toHaveProperty(environment.REDIS_HOST ?? '')
    expect(postgres.environment).toMatchObject({
      POSTGRES_USER: url.username,
      POSTGRES_DB: url.pathname.slice(1),
    })
    expect(withNothingSet(postgres.environment?.POSTGRES_PASSWORD ?? '')).toBe(url.password)
    expect(server.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    })
    for (const neighbour of [postgres, redis]) expect(neighbour.healthcheck?.test[0]).toBe('CMD')
  })

  test('all five ports, on this machine only; nothing else is published', () => {
    const ports = Object.entries(SETTINGS).filter(([name]) => name.startsWith('PORT_'))
    expect(server.ports).toEqual(ports.map(([, { default: port }]) => `127.0.0.1:${port}:${port}`))
    expect(postgres.ports ?? redis.ports).toBeUndefined()
  })

  test('images are pinned, what must stay is in a volume, logs can’t fill the disk', () => {
    for (const { image } of Object.values(compose.services)) expect(image).toMatch(/:\d+\.\d+[.\w-]*$/)
    for (const { volumes = [] } of Object.values(compose.services))
      for (const volume of volumes) expect(compose.volumes).toHaveProperty(volume.split(':')[0] ?? '')
    expect(postgres.volumes).toHaveLength(1)
    for (const service of Object.values(compose.services)) {
      expect(service.restart).toBe('unless-stopped')
      expect(service.security_opt).toEqual(['no-new-privileges:true'])
      expect(service.logging?.options).toHaveProperty('max-size')
    }
  })
})

describe('Dockerfile', () => {
  test('Node 24, pinned; not as root; the ports and the folder of the compose file', () => {
    const images = instructions('FROM').map((text) => text.split(' ')[0])
    expect(new Set(images).size).toBe(1)
    expect(images[0]).toMatch(/^node:24\.\d+\.\d+-/)
    expect(instructions('USER')).toEqual(['node'])
    expect(instructions('EXPOSE')).toEqual(['9900 9901 9902 9903 9905'])
    expect(server.volumes).toEqual([`data:${instructions('VOLUME')[0]}`])
    expect(dockerfile).toContain('NGTB_DATA_DIR=/data')
  })

  test('what it runs is there, and what must not get in is left out', () => {
    const [, target = ''] = /ln -s \/app\/(\S+) /.exec(dockerfile) ?? []
    expect(existsSync(join(ROOT, target))).toBe(true)
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    for (const [, name = ''] of dockerfile.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty(name)
    const ignored = read('.dockerignore').split('\n')
    for (const name of ['.env', '.git', '.ngtb', '**/node_modules']) expect(ignored).toContain(name)
  })
})

describe('a server with the settings of the compose file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ngtb-deploy-'))
  const name = `deploy_${process.pid}`
  const admin = async (text: string) => {
    const client = new pg.Client({ connectionString: inject('testDatabaseUrl') })
    await client.connect()
    await client.query(text).finally(() => client.end())
  }
  afterAll(async () => {
    await admin(`drop database if exists ${name} with (force)`)
    rmSync(folder, { recursive: true, force: true })
  })

  test('is called healthy by the image’s check, enrols an EA from beyond, and is missed when it is gone', async () => {
    await admin(`create database ${name} template ngtb_template`)
    const url = new URL(inject('testDatabaseUrl'))
    url.pathname = `/${name}`
    const { REDIS_HOST: _, ...rest } = environment
    const env = { ...rest, DATABASE_URL: url.href, NGTB_DATA_DIR: folder, NGTB_TICK_WORKERS: '0' }
    const running = await startServer({ env, any_port: true, log: silentLog })
    const [program = '', ...args] = healthcheck
    const ask = () =>
      promisify(execFile)(program, args, {
        env: { PATH: process.env.PATH, PORT_WEBUI: `${running.ports.webui}` },
      })
    try {
      await ask()
      // As Docker's bridge does: no loopback address.
      const card = systemCards().find(({ family, internal }) => family === 'IPv4' && !internal)
      const answer = await fetch(
        `http://${card?.address ?? '127.0.0.1'}:${running.ports.command}/api/connect`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ account: 12345678, broker: 'Pepperstone' }),
        },
      )
      expect(await answer.json()).toMatchObject({
        status: 'success',
        api_key: expect.stringMatching(/^ngt_/),
      })
    } finally {
      await running.stop()
    }
    await expect(ask()).rejects.toMatchObject({ code: 1 })
  })
})

describe('deploy/systemd', () => {
  const units = readdirSync(join(ROOT, 'deploy/systemd'))
  const unit = (file: string) => {
    const pairs = [...read(`deploy/systemd/${file}`).matchAll(/^([A-Z]\w+)=(.*)$/gm)]
    return new Map(pairs.map(([, key = '', value = '']) => [key, value]))
  }
  const services = units.filter((file) => file.endsWith('.service'))

  test.each(services)('%s: a lesser user, what it may not do, and a command that exists', (file) => {
    const set = unit(file)
    expect(set.get('User')).toBe('ngtb')
    for (const key of ['NoNewPrivileges', 'ProtectHome', 'PrivateTmp', 'PrivateDevices', 'RestrictSUIDSGID'])
      expect(set.get(key), key).toBe('yes')
    expect(set.get('ProtectSystem')).toBe('strict')
    expect(set.get('CapabilityBoundingSet')).toBe('')
    const [, script = '', command = ''] = /node (\S+) (\w+)/.exec(set.get('ExecStart') ?? '') ?? []
    expect(existsSync(join(ROOT, script))).toBe(true)
    expect(read('packages/cli/src/program.ts')).toMatch(new RegExp(`^ {2}${command}:`, 'm'))
    for (const [, name = ''] of (set.get('Environment') ?? '').matchAll(/\b(NGTB_\w+)=/g))
      expect(Object.keys(SETTINGS)).toContain(name)
  })

  test('the timer’s service is there, and every unit’s documentation', () => {
    expect(units).toContain('ngtradingbot-backup.service')
    for (const file of services) {
      const [, page = ''] = /\/opt\/ngtradingbot\/(.+)/.exec(unit(file).get('Documentation') ?? '') ?? []
      expect(existsSync(join(ROOT, page)), page).toBe(true)
    }
  })

  const analyze = spawnSync('systemd-analyze', ['--version']).status === 0
  if (!analyze) console.warn('LEFT OUT: systemd-analyze verify. It comes with systemd.')
  test.runIf(analyze)('systemd itself has nothing to say about them', () => {
    const files = units.map((file) => join(ROOT, 'deploy/systemd', file))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' })
    // A line about another unit of this machine is none of ours.
    expect(stderr.split('\n').filter((line) => line.includes('ngtradingbot'))).toEqual([])
    expect(status).toBe(0)
  })
})
