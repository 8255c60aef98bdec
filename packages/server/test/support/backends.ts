// The two ledgers that one contract holds.
import type { Store } from '../../src/ports.ts'
import { MemoryLedger } from '../../src/storage/memory/ledger.ts'
import { createMemoryStore } from '../../src/storage/memory/store.ts'
import { openStore } from './ledger.ts'
import { freshDatabase } from './server.ts'

export interface Backend {
  /** One more server on the same ledger. */
  open(): Store
  drop(): Promise<void>
}

export const BACKENDS: Record<string, () => Promise<Backend>> = {
  async memory() {
    const ledger = new MemoryLedger()
    return { open: () => createMemoryStore({ ledger }), drop: async () => {} }
  },
  async PostgreSQL() {
    const database = await freshDatabase()
    return { open: () => openStore(database.url), drop: () => database.drop() }
  },
}

export async function newBackend(name: string): Promise<Backend> {
  const make = BACKENDS[name]
  if (!make) throw new Error(`no ledger called ${name}`)
  return make()
}
