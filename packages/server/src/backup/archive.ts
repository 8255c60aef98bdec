// The archive: a tar file of gzipped parts, its manifest and the manifest's checksum at the end. `tar -tf` lists it.
//
//   A1. Written part by part under another name, flushed, and renamed: it is there whole or not at all.
//   A2. No part is larger than some megabytes, so that neither side ever holds more than a few of them.
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Entry, extract, type Pack, pack } from 'tar-stream'
import { BackupError, type Manifest, type Part, readManifest } from './manifest.ts'

export const MANIFEST = 'manifest.json'
const CHECKSUM = 'manifest.sha256'

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/**
 * Writes an archive; `fill` adds its parts and answers its manifest.
 * @returns its size in bytes
 */
export async function writeArchive(
  file: string,
  fill: (add: (name: string, bytes: Buffer) => Promise<void>) => Promise<Manifest>,
): Promise<number> {
  const part = `${file}.part`
  const tar = pack()
  // What it holds lets people in: for its owner alone.
  const written = pipeline(tar, createWriteStream(part, { mode: 0o600 })).then(
    () => null,
    (error: Error) => error,
  )
  try {
    const manifest = JSON.stringify(await fill((name, bytes) => add(tar, name, bytes)))
    await add(tar, MANIFEST, Buffer.from(manifest))
    await add(tar, CHECKSUM, Buffer.from(sha256(manifest)))
    tar.finalize()
    const failed = await written
    if (failed) throw failed
    await flush(part)
    await rename(part, file)
    await flush(dirname(file))
    return (await stat(file)).size
  } catch (error) {
    tar.destroy()
    const failed = await written
    await rm(part, { force: true })
    // A full disk says it there; here it is only the end of the stream.
    throw failed && 'code' in failed && failed.code !== 'ERR_STREAM_PREMATURE_CLOSE' ? failed : error
  }
}

const add = (tar: Pack, name: string, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const entry = tar.entry({ name, size: bytes.length, mode: 0o600 }, (error) =>
      error ? reject(error) : resolve(),
    )
    entry.end(bytes)
  })

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Not every system flushes a folder.
    if (!/^(EPERM|EISDIR|EINVAL|EACCES)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    await handle.close()
  }
}

/** Each entry in its order, read whole. @param take what it answers is awaited before the next is read */
export async function readEntries(
  file: string,
  take: (name: string, bytes: Buffer) => Promise<void> | void,
): Promise<void> {
  const source = createReadStream(file)
  const tar = extract()
  const fed = pipeline(source, tar)
  fed.catch(() => {}) // the loop hears of it
  for await (const entry of tar) await take(entry.header.name, await bytesOf(entry))
  await fed
}

async function bytesOf(entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of entry) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/**
 * Reads all of it and compares every checksum.
 * @param onProgress told the bytes that were read, and how many there are
 * @throws {BackupError} naming what is damaged or missing
 */
export async function verifyArchive(
  file: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Manifest> {
  const { size } = await stat(file)
  const found = new Map<string, { bytes: number; sha256: string }>()
  let manifest: string | null = null
  let checksum: string | null = null
  let done = 0
  try {
    await readEntries(file, (name, bytes) => {
      if (name === MANIFEST) manifest = bytes.toString()
      else if (name === CHECKSUM) checksum = bytes.toString()
      else found.set(name, { bytes: bytes.length, sha256: sha256(bytes) })
      done += bytes.length
      onProgress(done, size)
    })
  } catch (error) {
    throw new BackupError(`${file} is no archive of ours, or is damaged: ${(error as Error).message}.`)
  }
  if (manifest === null || checksum === null)
    throw new BackupError(`${file} has no end: the backup was not finished, or the file was cut off.`)
  if (sha256(manifest) !== checksum) throw new BackupError(`${file} is damaged: its manifest was changed.`)
  const read = readManifest(manifest)
  for (const part of read.tables.flatMap(({ parts }) => parts)) compare(file, part, found)
  const [stranger] = found.keys()
  if (stranger !== undefined)
    throw new BackupError(`${file} is damaged: ${stranger} is in it, and not in its manifest.`)
  return read
}

function compare(file: string, part: Part, found: Map<string, { bytes: number; sha256: string }>): void {
  const is = found.get(part.name)
  if (!is) throw new BackupError(`${file} is damaged: ${part.name} is missing.`)
  if (is.sha256 !== part.sha256)
    throw new BackupError(`${file} is damaged: the checksum of ${part.name} is not the one that was written.`)
  found.delete(part.name)
}
