// An alert in words, for a person: what, how grave, of which account, since when.
import type { AlertMessage } from '../ports.ts'

const WORDS = { raised: 'ALERT', cleared: 'over', test: 'test' } as const

export const headline = ({ tiding, severity, account_number, rule }: AlertMessage): string => {
  if (tiding === 'test') return 'ngTradingBot: test'
  const whose = account_number === null ? 'system' : `account ${account_number}`
  const grave = tiding === 'raised' ? ` ${severity}` : ''
  return `ngTradingBot ${WORDS[tiding]}${grave}: ${rule === 'raised' ? '' : `${rule.replaceAll('_', ' ')}, `}${whose}`
}

export const bodyText = (message: AlertMessage): string => {
  const { text, raised_at, at, tiding, name } = message
  const times = tiding === 'cleared' ? `raised ${raised_at}, over ${at}` : `raised ${raised_at}`
  return `${text}\n\n${times}\nname: ${name}`
}
