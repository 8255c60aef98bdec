// Ids, secrets and hashes.
import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { Ids } from '../ports.ts'

/** Our own namespace for UUIDv5, so that the same key gives the same id in every installation. */
const NAMESPACE = Buffer.from('7c1f6a1e52d94a4f9d0c3b7e8f21a6d4', 'hex')

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

export const systemIds: Ids = {
  uuid: randomUUID,
  secret: () => randomBytes(32).toString('base64url'),
  keyId: () => Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join(''),
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  commandId(account_id, key) {
    const hash = createHash('sha1').update(NAMESPACE).update(`${account_id}\n${key}`).digest().subarray(0, 16)
    hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6)
    hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
    return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  },
}
