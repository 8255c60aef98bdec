// S7: no opening command is written beyond the limits that its account has at that commit, counted from the tables.
import { COMMANDS } from '@ngtb/protocol'
import type { ChangeSet, Tables } from '@ngtb/server/parts'
import type { Complaints } from './complaint.ts'

type Command = ChangeSet['commands'][number]
const MINUTE_MS = 60_000
const MAY_BE: ReadonlySet<string> = new Set(['pending', 'executing', 'timeout'])

const opens = ({ type }: Command) => !COMMANDS[type].reduces_risk

export function checkLimits(change: ChangeSet, before: Tables, complaints: Complaints): void {
  const at = before.accounts.get(change.account.account_id)
  const limits = at?.account.limits
  if (!at || !limits) return
  const newest = new Map(change.commands.map((command) => [command.command_id, command]))
  const made = [...newest.values()]
    .filter((command) => opens(command) && !at.commands.has(command.command_id))
    .sort((a, b) => a.command_no - b.command_no)
  if (made.length === 0) return
  const were = [...at.commands.values()].filter(opens)
  const unsettled = were.filter(({ status }) => MAY_BE.has(status)).length
  const open = [...at.trades.values()].filter(({ status }) => status === 'open').length
  const waiting = [...at.orders.values()].filter(({ over_by }) => over_by === null).length
  for (const [n, command] of made.entries()) {
    const { command_id, payload, created_at } = command
    const say = (what: string) => complaints.add('S7', `${command_id} was created: ${what}`)
    const { symbol, volume } = payload as { symbol: string; volume: number }
    const recent = were.filter((one) => one.created_at > created_at - MINUTE_MS).length
    const stands = unsettled + open + waiting + n
    if (limits.close_only) say('close_only is set')
    if (limits.symbols !== null && !limits.symbols.includes(symbol)) say(`${symbol} may not be opened`)
    if (volume > (limits.max_volume ?? volume) * (1 + 1e-9))
      say(`${volume} lots, ${limits.max_volume} may be`)
    if (stands >= (limits.max_open_positions ?? Number.POSITIVE_INFINITY))
      say(`${stands} stand against ${limits.max_open_positions} positions`)
    if (recent + n >= (limits.max_openings_per_minute ?? Number.POSITIVE_INFINITY))
      say(`${recent + n} openings in a minute, ${limits.max_openings_per_minute} may be`)
  }
}
