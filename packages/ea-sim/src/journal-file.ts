// The journal on a disk: append, flush, put aside, rewrite. One process at a time.
//
//   F1. append() of durable records resolves after fdatasync: only then may an order follow.
//   F2. A new file comes by rename, and its folder is flushed: a crash leaves the old one or the new one, whole.
//   F3. What can't be read is left where it is; the next record begins on a line of its own.

import { existsSync } from 'node:fs'
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { encodeRecords } from './model/native/codec.ts'
import type { JournalPort, JournalRecord } from './model/native/records.ts'

/** Another process has this journal open: two that write it would know nothing of each other's orders. */
export class JournalInUse extends Error {
  override readonly name = 'JournalInUse'
}

export class JournalFile implements JournalPort {
  readonly path: string
  /** What the file held when it was opened, as latin1. */
  readonly text: string
  #handle: FileHandle
  #fresh_line: boolean

  private constructor(path: string, text: string, handle: FileHandle) {
    this.path = path
    this.text = text
    this.#handle = handle
    this.#fresh_line = text !== '' && !text.endsWith('\n')
  }

  /** @throws {JournalInUse} */
  static async open(path: string): Promise<JournalFile> {
    await mkdir(dirname(path), { recursive: true })
    await lock(`${path}.lock`)
    const text = existsSync(path) ? await readFile(path, 'latin1') : ''
    const handle = await open(path, 'a')
    await flushFolder(path)
    return new JournalFile(path, text, handle)
  }

  async append(records: readonly JournalRecord[], durable: boolean): Promise<void> {
    const text = (this.#fresh_line ? '\n' : '') + encodeRecords(records)
    this.#fresh_line = false
    await this.#handle.appendFile(text, 'latin1')
    if (durable) await this.#handle.datasync()
  }

  /** Keeps the file beside the new, empty one. */
  async replace(): Promise<void> {
    if ((await this.#handle.stat()).size === 0) return
    await this.#handle.close()
    let number = 1
    while (existsSync(`${this.path}.${number}`)) number++
    await rename(this.path, `${this.path}.${number}`)
    await this.#reopen()
  }

  async rewrite(records: readonly JournalRecord[]): Promise<void> {
    const fresh = `${this.path}.new`
    const handle = await open(fresh, 'w')
    await handle.writeFile(encodeRecords(records), 'latin1')
    await handle.datasync()
    await handle.close()
    await this.#handle.close()
    await rename(fresh, this.path)
    await this.#reopen()
  }

  async close(): Promise<void> {
    await this.#handle.close()
    held.delete(`${this.path}.lock`)
    await rm(`${this.path}.lock`, { force: true })
  }

  async #reopen(): Promise<void> {
    this.#handle = await open(this.path, 'a')
    this.#fresh_line = false
    await flushFolder(this.path)
  }
}

/** A renamed or new file is there after a crash only when its folder was flushed; Windows can't, and need not. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(dirname(path), 'r')
  await folder.sync()
  await folder.close()
}

/** Names its process, so that the lock of a killed one is known for what it is. */
async function lock(path: string): Promise<void> {
  for (let tries = 0; tries < 2; tries++) {
    try {
      const handle = await open(path, 'wx')
      await handle.writeFile(String(process.pid))
      await handle.close()
      held.add(path)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const pid = Number(await readFile(path, 'utf8').catch(() => ''))
      if (isAlive(pid, path)) throw new JournalInUse(`${path} is held by process ${pid}`)
      await rm(path, { force: true })
    }
  }
  throw new JournalInUse(`${path} is taken again and again`)
}

/** Locks of this very process: a number that is ours and not held was left by a process before us. */
const held = new Set<string>()

function isAlive(pid: number, path: string): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false
  if (pid === process.pid) return held.has(path)
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, but someone else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
