// The server's own login on the embedded database. Its password is derived from the owner's: there is no second secret
// to keep, and who knows this one does not know the other.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

const ITERATIONS = 4096

/** @param owner_url with the owner's password */
export function appLoginOf(owner_url: string, user: string): { url: string; verifier: string } {
  const url = new URL(owner_url)
  const secret = url.password
  const password = hmac(secret, `password of ${user}`).toString('base64url')
  url.username = user
  url.password = password
  return { url: url.href, verifier: scramVerifier(password, hmac(secret, `salt of ${user}`).subarray(0, 16)) }
}

/** As PostgreSQL stores it (RFC 5802): the password itself would stand in its log, should the statement fail. */
function scramVerifier(password: string, salt: Buffer): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256')
  const stored = createHash('sha256').update(hmac(salted, 'Client Key')).digest()
  const keys = [stored, hmac(salted, 'Server Key')].map((key) => key.toString('base64'))
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${keys.join(':')}`
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
