// Monitoring as published: look at every connection each 60 s, and raise an alert for the unwell.
import { setTimeout as sleep } from 'node:timers/promises'
import { getCoreComm } from '@ngtb/server'
import { onStage, runDirectly } from './stage.ts'

/** One round is enough for an example; a monitor of your own goes on. */
export async function main({ rounds = 1, every_ms = 60_000 } = {}) {
  return onStage(async ({ data_dir }) => {
    if (data_dir === null) throw new Error('getCoreComm() needs the server in this process')
    const comm = getCoreComm()
    await comm.registerConnection({ account_id: 1, account_number: 12345678, broker: 'Pepperstone' })
    const alerts: string[] = []
    for (let round = 1; ; round++) {
      for (const conn of comm.getAllConnections()) {
        console.log(`account ${conn.account_id}: ${conn.state}, health ${conn.health_score}`)
        if (conn.health_score < 70 || conn.consecutive_failures >= 3)
          alerts.push(`account ${conn.account_id} is unwell: health ${conn.health_score}`)
      }
      for (const alert of alerts) console.warn('ALERT', alert)
      if (round >= rounds) return { checked: comm.getAllConnections().length, alerts }
      await sleep(every_ms)
    }
  })
}

await runDirectly(import.meta.url, main)
