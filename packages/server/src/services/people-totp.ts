// The second factor: codes of an authenticator (RFC 6238: SHA-1, 6 digits, 30 s), and codes for the day it is lost.
import { generateURI, verifySync } from 'otplib'
import type { Ids, PersonRow } from '../ports.ts'

const SECRET_BYTES = 20
/** A clock that is half a minute off is taken. */
const TOLERANCE_S = 30
const RECOVERY_CODES = 10
/** 120 bits: more than can be tried, so a fast hash of it is enough. */
const RECOVERY_BYTES = 15
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export const newTotpSecret = (ids: Pick<Ids, 'secret'>): string =>
  base32(Buffer.from(ids.secret(), 'base64url').subarray(0, SECRET_BYTES))

export const totpUri = (name: string, secret: string): string =>
  generateURI({ issuer: 'ngTradingBot', label: name, secret })

/**
 * The step whose code this is, or null. A step is used once: those up to `after` are over.
 * @param now ms UTC
 */
export function totpStep(secret: string, code: string, now: number, after: number | null): number | null {
  const token = code.replace(/\s/g, '')
  if (!/^[0-9]{6}$/.test(token)) return null
  const epoch = Math.floor(now / 1000)
  const found = verifySync({
    ...{ secret, token, epoch, epochTolerance: TOLERANCE_S },
    ...(after === null ? {} : { afterTimeStep: after }),
  })
  return found.valid && 'timeStep' in found ? found.timeStep : null
}

/** Shown once, as ABCD-EFGH-…; the ledger has their hashes. */
export function newRecoveryCodes(ids: Pick<Ids, 'secret' | 'sha256'>): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, () =>
    (base32(Buffer.from(ids.secret(), 'base64url').subarray(0, RECOVERY_BYTES)).match(/.{4}/g) ?? []).join(
      '-',
    ),
  )
  return { codes, hashes: codes.map((code) => recoveryHash(code, ids)) }
}

export const recoveryHash = (code: string, ids: Pick<Ids, 'sha256'>): string =>
  ids.sha256(`recovery ${code.toUpperCase().replace(/[^A-Z2-7]/g, '')}`)

/** What changes in the row when this code was right; null: it was not. */
export function useSecondFactor(
  person: PersonRow,
  given: { code?: string | undefined; recovery_code?: string | undefined },
  now: number,
  ids: Pick<Ids, 'sha256'>,
): Partial<PersonRow> | null {
  if (person.totp_secret === null) return {}
  if (given.code !== undefined) {
    const step = totpStep(person.totp_secret, given.code, now, person.totp_step)
    return step === null ? null : { totp_step: step }
  }
  const hash = recoveryHash(given.recovery_code ?? '', ids)
  if (!person.recovery_hashes.includes(hash)) return null
  return { recovery_hashes: person.recovery_hashes.filter((kept) => kept !== hash) }
}

function base32(bytes: Buffer): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)]).join('')
}
