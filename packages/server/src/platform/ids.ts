// Ids, secrets and hashes.
import { hash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { Ids } from '../ports.ts'

/** Our own namespace for UUIDv5, so that the same key gives the same id in every installation. */
const NAMESPACE = Buffer.from('7c1f6a1e52d94a4f9d0c3b7e8f21a6d4', 'hex')

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

export const systemIds: Ids = {
  uuid: randomUUID,
  secret: () => randomBytes(32).toString('base64url'),
  keyId: () => Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join(''),
  sha256: (text) => hash('sha256', text, 'hex'),
  commandId(account_id, key) {
    const hex = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(`${account_id}\n${key}`)]), 'hex')
    const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
    const [a, b, c] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16)]
    return `${a}-${b}-5${c}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  },
}
