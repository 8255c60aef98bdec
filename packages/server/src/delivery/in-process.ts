// The bell of a server that is alone with its ledger: everyone who waits, waits in this process (services/bells.ts).
import type { Bell } from '../ports.ts'

export const inProcessBell: Bell = {
  others: 0,
  ring() {},
  onRing() {},
  async start() {},
  async stop() {},
}
