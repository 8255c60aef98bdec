// Who owns what: the server lock, and pid files that name the wrong process.

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { acquireOwnerLock } from '../../src/storage/embedded/owner-lock.ts'
import { readPidFile } from '../../src/storage/embedded/postmaster.ts'
import { lifeOf, processId, readText, startedAt } from '../../src/storage/embedded/process-table.ts'
import { kill, Scene, until, works } from './helper.ts'

const scene = new Scene()
afterEach(() => scene.clear())

describe('the owner lock', () => {
  const lockFile = (): string => path.join(path.dirname(scene.dataDir()), 'server.lock')

  test('E2: a second server is refused with the pid of the first, and disturbs nothing', async () => {
    const dataDir = scene.dataDir()
    const { child, started } = await scene.childStarted(dataDir)
    await expect(scene.start(dataDir)).rejects.toThrow(`in use by another server, process ${child.pid}`)
    expect(await works(started.url)).toBe(true)
  })

  test('E2: the same process is refused a second time too', async () => {
    const dataDir = scene.dataDir()
    await scene.start(dataDir)
    await expect(scene.start(dataDir)).rejects.toThrow(`this process itself (pid ${process.pid})`)
  })

  test('E2: of many at once exactly one gets it, also when a dead owner is to be replaced', async () => {
    const file = lockFile()
    fs.writeFileSync(file, '{"pid":4194303,"started":"never"}\n')
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => acquireOwnerLock(file, '/data')),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(fs.readdirSync(path.dirname(file))).toEqual(['server.lock'])
  })

  test.skipIf(startedAt(process.pid) === null)(
    'E3: a pid that was given to another process holds no lock',
    async () => {
      const file = lockFile()
      fs.writeFileSync(file, JSON.stringify({ pid: process.pid, started: 'another boot:1' }))
      const lock = await acquireOwnerLock(file, '/data')
      expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(processId(process.pid))
      lock.release()
      expect(fs.existsSync(file)).toBe(false)
    },
  )

  test('E3: an empty lock, of a server that died while writing it, is taken over', async () => {
    const file = lockFile()
    fs.writeFileSync(file, '')
    await acquireOwnerLock(file, '/data')
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(processId(process.pid))
  })

  test('release leaves the lock of another owner alone', async () => {
    const file = lockFile()
    const lock = await acquireOwnerLock(file, '/data')
    fs.writeFileSync(file, '{"pid":1,"started":null}')
    lock.release()
    expect(fs.existsSync(file)).toBe(true)
  })
})

describe('postmaster.pid', () => {
  async function stoppedCluster(): Promise<{ dataDir: string; cluster: string; pidFile: string }> {
    const dataDir = scene.dataDir()
    await (await scene.start(dataDir)).stop()
    const cluster = path.join(dataDir, 'postgres')
    return { dataDir, cluster, pidFile: path.join(cluster, 'postmaster.pid') }
  }
  const lines = (pid: number, cluster: string): string =>
    `${pid}\n${cluster}\n1700000000\n5432\n\n127.0.0.1\n\nready\n`

  test('E3: one that names a dead, a foreign or no process does not block a start', async () => {
    const { dataDir, cluster, pidFile } = await stoppedCluster()
    const dead = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => dead.once('exit', resolve))
    for (const text of [lines(dead.pid ?? 0, cluster), lines(process.pid, cluster), '', 'nonsense']) {
      fs.writeFileSync(pidFile, text)
      const server = await scene.start(dataDir)
      expect([server.adopted, await works(server.url)]).toEqual([false, true])
      await server.stop()
    }
  })

  test("E3: another cluster's postmaster, whose pid was ours once, is not adopted", async () => {
    const { dataDir, cluster, pidFile } = await stoppedCluster()
    const other = await scene.start(scene.dataDir())
    fs.writeFileSync(pidFile, lines(other.pid, cluster))
    expect(readPidFile(cluster).kind).toBe('blocked')
    const server = await scene.start(dataDir)
    expect([server.adopted, server.pid === other.pid, await works(other.url)]).toEqual([false, false, true])
  })

  test.skipIf(process.platform !== 'linux')('E3: a zombie holds nothing', async () => {
    const { dataDir, cluster, pidFile } = await stoppedCluster()
    // A shell that starts a child and then becomes `sleep`, which reaps nobody. Killed earlier, it would be.
    const shell = spawn('/bin/sh', ['-c', 'sleep 600 & echo $!; exec sleep 601'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const zombie = await new Promise<number>((resolve) =>
      shell.stdout.once('data', (text) => resolve(Number(text))),
    )
    try {
      await until(() => readText(`/proc/${shell.pid}/cmdline`)?.startsWith('sleep') === true)
      process.kill(zombie, 'SIGKILL')
      await until(() => lifeOf(zombie) === 'zombie')
      fs.writeFileSync(pidFile, lines(zombie, cluster))
      const server = await scene.start(dataDir)
      expect([server.adopted, await works(server.url)]).toEqual([false, true])
      expect(scene.said.join('\n')).toContain(`process ${zombie} is a zombie`)
    } finally {
      await kill(shell)
    }
  })
})
