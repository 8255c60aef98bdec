// What stands in a store's file: one JSON record a line, `keep` or `forget`, and what they add up to.
import type { CreateRequest } from './commands.ts'
import { NgtbError } from './errors.ts'

export type StoreRecord = { keep: CreateRequest } | { forget: string[] }

export const encodeStore = (record: StoreRecord): string => `${JSON.stringify(record)}\n`

/** What the records so far leave: requests, and which of their commands are not forgotten. */
export class Kept {
  readonly #requests = new Map<CreateRequest, Set<string>>()
  readonly #by_id = new Map<string, CreateRequest>()

  get size(): number {
    return this.#by_id.size
  }

  apply(record: StoreRecord): void {
    if ('keep' in record) this.keep(record.keep)
    else for (const id of record.forget) this.forget(id)
  }

  keep(request: CreateRequest): void {
    this.#requests.set(request, new Set(request.command_ids))
    for (const id of request.command_ids) this.#by_id.set(id, request)
  }

  /** False when it was not kept. A batch goes with the last of its commands. */
  forget(command_id: string): boolean {
    const request = this.#by_id.get(command_id)
    if (!request) return false
    const open = this.#requests.get(request)
    open?.delete(command_id)
    if (open?.size === 0) this.#requests.delete(request)
    return this.#by_id.delete(command_id)
  }

  get(command_id: string): CreateRequest | undefined {
    const request = this.#by_id.get(command_id)
    return request && this.#open(request)
  }

  all(): CreateRequest[] {
    return [...this.#requests.keys()].map((request) => this.#open(request))
  }

  /** The shortest history that leads here. */
  records(): StoreRecord[] {
    return [...this.#requests].flatMap(([request, open]): StoreRecord[] => {
      const forgotten = request.command_ids.filter((id) => !open.has(id))
      return forgotten.length === 0 ? [{ keep: request }] : [{ keep: request }, { forget: forgotten }]
    })
  }

  #open(request: CreateRequest): CreateRequest {
    const open = this.#requests.get(request)
    return { ...request, command_ids: request.command_ids.filter((id) => open?.has(id)) }
  }
}

/** A file's records. Its torn end is dropped (S2). @throws {NgtbError} for damage before the end */
export function readRecords(path: string, bytes: Uint8Array): StoreRecord[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n')
  const parts = lines.map(parsed)
  const whole = parts.slice(0, parts.findLastIndex((record) => record !== null) + 1)
  const damage = whole.findIndex((record, at) => record === null && lines[at] !== '')
  if (damage !== -1) throw damaged(path, damage + 1)
  return whole.filter((record) => record !== null)
}

function parsed(line: string): StoreRecord | null {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is StoreRecord {
  if (typeof value !== 'object' || value === null) return false
  if ('forget' in value) return isTexts(value.forget)
  if (!('keep' in value) || typeof value.keep !== 'object' || value.keep === null) return false
  const { login, command_ids, batch, body, kept_at, lapses_at } = value.keep as Record<string, unknown>
  const timed = typeof kept_at === 'number' && typeof lapses_at === 'number'
  const named = typeof login === 'string' && isTexts(command_ids) && command_ids.length > 0
  return timed && named && typeof batch === 'boolean' && typeof body === 'string'
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((part) => typeof part === 'string')

const damaged = (path: string, line: number) =>
  new NgtbError({
    code: 'NGTB_INTENT_STORE',
    status: 0,
    message: `line ${line} of ${path} is damaged: an intent that may have been sent can not be read`,
    hint: 'Look at the commands and trades of the account, then move the file away and begin a new one.',
  })
