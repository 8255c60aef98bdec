// The log as a channel: what is raised and cleared stands in the server's own log. Always there.
import type { AlertMessage, Channel, Log } from '../ports.ts'

export function logChannel(log: Log): Channel {
  return {
    name: 'log',
    about: 'the log of this server',
    min_severity: 'info',
    async send(message, attempt) {
      const { tiding, severity } = message
      const level =
        tiding !== 'raised' || severity === 'info' ? 'info' : severity === 'critical' ? 'error' : 'warn'
      log[level](`alert ${tiding}: ${message.text}`, { ...detailsOf(message), attempt })
      return { kind: 'done' }
    },
    async close() {},
  }
}

const detailsOf = ({ delivery_id, alert_id, rule, name, account_number }: AlertMessage) => ({
  ...{ alert_id, delivery_id, rule, name, account_number },
})
