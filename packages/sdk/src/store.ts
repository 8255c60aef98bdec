// Where intents are kept before their request leaves: a file that survives the strategy (K0, K22).
//
//   S1. `keep` resolves only when the record is on the disk. What was not kept was never sent.
//   S2. A record that a crash tore off is the last one, and was never sent: it is dropped. Damage anywhere else stops.
//   S3. One process a file: whoever opens it last owns it, and an earlier one can keep nothing more.
//   S4. After a failed write nothing more is kept: what is on the disk is then known only by reading it again.

import { type FileHandle, mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { CreateRequest } from './commands.ts'
import { NgtbError } from './errors.ts'
import { encodeStore, Kept, readRecords, type StoreRecord } from './store-format.ts'

type Awaitable<T> = T | Promise<T>

/** Bring your own (a table of your database), or take `openIntentStore`. */
export interface IntentStore {
  /** The request that holds this command, as it was kept. */
  get(command_id: string): Awaitable<CreateRequest | undefined>
  /** Resolves when it would survive a power cut: only then the request is sent. */
  keep(request: CreateRequest): Promise<void>
  /** Your own books have it now: it is not taken up again. */
  forget(...command_ids: string[]): Promise<void>
  /** All that is not forgotten, oldest first. */
  kept(): Awaitable<readonly CreateRequest[]>
}

const KEPT_MAX = 10_000
/** The file is written anew when it has grown by this: it holds what is open, not what ever was. */
const GROWTH_MAX_BYTES = 4 * 1024 * 1024

/**
 * Opens the file, and takes it over from whoever had it. Made when it does not exist.
 * @example
 * const intents = await openIntentStore('breakout.intents')
 * const client = createClient({ account: 12345678, intents })
 * for (const found of await client.resume()) console.log(found.kind, found.command_id)
 */
export async function openIntentStore(path: string): Promise<FileIntentStore> {
  await mkdir(dirname(path), { recursive: true })
  const before = await open(path, 'a+')
  try {
    const read = readRecords(path, await readFile(path))
    const kept = new Kept()
    for (const record of read) kept.apply(record)
    const store = new FileIntentStore(path, await replace(path, kept), kept)
    // What the earlier owner wrote between our reading and our taking over; what comes later it takes back (S3).
    await store.takeOver(readRecords(path, await before.readFile()).slice(read.length))
    return store
  } finally {
    await before.close()
  }
}

/** Made by {@link openIntentStore}. */
export class FileIntentStore implements IntentStore {
  readonly path: string
  #file: FileHandle
  readonly #kept: Kept
  #lines: string[] = []
  #grown = 0
  /** The write that those who come now join, and the one before it. */
  #next: Promise<void> | undefined
  #last: Promise<unknown> = Promise.resolve()
  #failure: NgtbError | undefined

  constructor(path: string, file: FileHandle, kept: Kept) {
    this.path = path
    this.#file = file
    this.#kept = kept
  }

  /** Waits for its record to be on the disk: another caller may just be keeping it (S1). */
  async get(command_id: string): Promise<CreateRequest | undefined> {
    const request = this.#kept.get(command_id)
    if (request) await this.#last
    if (request && this.#failure) throw this.#failure
    return request
  }

  kept(): readonly CreateRequest[] {
    return this.#kept.all()
  }

  async keep(request: CreateRequest): Promise<void> {
    if (this.#kept.size >= KEPT_MAX)
      throw broken(`${this.path} keeps ${KEPT_MAX} intents: forget those that your own books have`)
    this.#kept.keep(request)
    await this.#append({ keep: request })
  }

  async forget(...command_ids: string[]): Promise<void> {
    const known = command_ids.filter((id) => this.#kept.forget(id))
    if (known.length > 0) await this.#append({ forget: known })
  }

  /** Waits for what is being written, and closes the file. */
  async close(): Promise<void> {
    await this.#last
    this.#failure ??= broken(`${this.path} is closed`)
    await this.#file.close()
  }

  /** For `openIntentStore`. */
  async takeOver(late: readonly StoreRecord[]): Promise<void> {
    for (const record of late) {
      this.#kept.apply(record)
      await this.#append(record)
    }
  }

  /** Those who come while one write is under way share the next one. */
  #append(record: StoreRecord): Promise<void> {
    this.#lines.push(encodeStore(record))
    this.#next ??= this.#last.then(() => this.#write())
    this.#last = this.#next.catch(() => {})
    return this.#next
  }

  async #write(): Promise<void> {
    this.#next = undefined
    const text = this.#lines.splice(0).join('')
    if (this.#failure) throw this.#failure
    try {
      await this.#file.appendFile(text)
      await this.#file.datasync()
      if (!(await isStill(this.path, this.#file)))
        throw broken(`${this.path} was opened by another process, or removed: this one keeps nothing more`)
      this.#grown += text.length
      if (this.#grown > GROWTH_MAX_BYTES) await this.#shrink()
    } catch (error) {
      this.#failure =
        error instanceof NgtbError
          ? error
          : broken(`${this.path} can not be written: ${String(error)}`, error)
      throw this.#failure
    }
  }

  async #shrink(): Promise<void> {
    const old = this.#file
    this.#file = await replace(this.path, this.#kept)
    this.#grown = 0
    await old.close()
  }
}

/**
 * Writes what is kept to a new file and puts it in the place of the old one, durably. Answers it open for
 * appending.
 */
async function replace(path: string, kept: Kept): Promise<FileHandle> {
  const beside = `${path}.${process.pid}.new`
  const file = await open(beside, 'w')
  await file.appendFile(kept.records().map(encodeStore).join(''))
  await file.datasync()
  await file.close()
  await rename(beside, path)
  await syncFolder(dirname(path))
  return open(path, 'a')
}

/** A new name in a folder is durable only when the folder is; Windows does that by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function isStill(path: string, file: FileHandle): Promise<boolean> {
  const [ours, there] = await Promise.all([
    file.stat({ bigint: true }),
    stat(path, { bigint: true }).catch(() => null),
  ])
  return there !== null && there.ino === ours.ino && there.dev === ours.dev
}

const broken = (message: string, cause?: unknown) =>
  new NgtbError({
    code: 'NGTB_INTENT_STORE',
    status: 0,
    message,
    hint: 'Nothing was sent. One process a file: stop the other one, then start this one again.',
    cause,
  })
