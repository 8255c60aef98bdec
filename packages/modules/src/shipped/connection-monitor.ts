// The published loop: every 60 s, an alert for each connection below 70, or with three failures in a row.
import { defineModule } from '../definition.ts'
import { troubleName, troublesOf } from '../rules/health.ts'

/** Accounts that an alert was raised for, in this life. */
const raised = new Set<string>()

export default defineModule({
  name: 'connection-monitor',
  about: 'alerts when a connection is weak or failing',
  scopes: ['commands:read'],
  settings: { every_seconds: 60, health_min: 70, failures_max: 3 },
  check: ({ every_seconds }) => (every_seconds >= 0.1 ? null : 'every_seconds is a number from 0.1'),
  every: {
    seconds: ({ every_seconds }) => every_seconds,
    async run({ client, accounts, settings, alert, clear, log }) {
      const all = await client.connections().all()
      const mine = all.filter((one) => accounts.length === 0 || accounts.includes(one.account_number))
      const troubles = troublesOf(mine, settings)
      for (const { account_number, name, text } of troubles) {
        if (!raised.has(account_number)) log.warn(text, { account: account_number })
        if (await alert(text, { name, account_number })) raised.add(account_number)
      }
      const bad = new Set(troubles.map((trouble) => trouble.account_number))
      for (const account of [...raised].filter((one) => !bad.has(one))) {
        raised.delete(account)
        log.info(`Account ${account} is well again`, { account })
        await clear(troubleName(account))
      }
    },
  },
})
