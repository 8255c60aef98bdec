// A short text that no other play has: its names end with it.
import { randomBytes } from 'node:crypto'

export const runId = (): string => randomBytes(4).toString('hex')
