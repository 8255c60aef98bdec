// Heads of chains that were kept elsewhere: files of `ngtb audit anchor`, or hashes as they are typed.
import { readFileSync } from 'node:fs'
import { Misuse } from './failures.ts'

interface Anchor {
  account_id: number
  audit_no: number
  hash: string
  at: string
}

export interface Kept {
  anchors: Anchor[]
  hashes: string[]
}

const HASH = /^[0-9a-f]{64}$/i

export function keptHeads(given: readonly string[]): Kept {
  const hashes = given.filter((text) => HASH.test(text)).map((text) => text.toLowerCase())
  const files = given.filter((text) => !HASH.test(text))
  return { hashes, anchors: files.flatMap(anchorsIn) }
}

function anchorsIn(file: string): Anchor[] {
  const { anchors } = jsonIn(file) as { anchors?: unknown }
  if (!Array.isArray(anchors) || anchors.length === 0 || !anchors.every(isAnchor))
    throw new Misuse(`${file} holds no heads of chains: \`npx ngtb audit anchor --out FILE\` writes them.`)
  return anchors.map(({ account_id, audit_no, hash, at }) => ({ account_id, audit_no, hash, at }))
}

function jsonIn(file: string): object {
  try {
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof read === 'object' && read !== null) return read
  } catch (error) {
    throw new Misuse(
      `--anchor ${file} is neither a file of heads nor a hash of 64 hexadecimal digits: ${(error as Error).message}`,
    )
  }
  throw new Misuse(`${file} holds no heads of chains.`)
}

const isAnchor = (value: unknown): value is Anchor => {
  const { account_id, audit_no, hash, at } = (value ?? {}) as Record<string, unknown>
  return (
    Number.isSafeInteger(account_id) &&
    Number.isSafeInteger(audit_no) &&
    typeof hash === 'string' &&
    HASH.test(hash) &&
    typeof at === 'string'
  )
}
