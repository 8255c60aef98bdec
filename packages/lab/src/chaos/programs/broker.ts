// The trade server in a process of its own: it survives the terminal's death, and remembers who ordered what.
// What it holds is the truth that the auditor compares everything with.
import net from 'node:net'
import { BrokerAccount, type BrokerPlan, type ManualTrade } from '../broker/account.ts'
import { Lines } from '../broker/lines.ts'
import type { FromBroker, ToBroker } from '../broker/remote-port.ts'
import { obey } from './program.ts'

/** Effects that come late take place within this. */
const ADVANCE_EVERY_MS = 10
const QUOTE_EVERY_MS = 100

const accounts = new Map<string, BrokerAccount>()
const cables = new Map<string, Set<Lines>>()

const server = net.createServer((socket) => {
  const lines = new Lines(socket)
  lines.onValue = (value) => {
    const { login } = value as { login: string }
    plugged(login).add(lines)
    lines.onEnd = () => plugged(login).delete(lines)
    lines.onValue = (call) => void answer(lines, accountOf(login), call as ToBroker)
  }
})

obey({
  async start() {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    setInterval(() => each((account) => account.advance()), ADVANCE_EVERY_MS)
    setInterval(() => each((account) => account.quote()), QUOTE_EVERY_MS)
    return { port: (server.address() as net.AddressInfo).port }
  },
  open({ login, plan }: { login: string; plan: BrokerPlan }) {
    const account = new BrokerAccount(login, plan)
    accounts.set(login, account)
    account.broker.listener = (event) => {
      for (const lines of plugged(login)) lines.send({ event } satisfies FromBroker)
    }
    account.broker.orders.listener = () => {
      for (const lines of plugged(login)) lines.send({ orders: true } satisfies FromBroker)
    }
  },
  plan({ login, plan }: { login: string; plan: BrokerPlan }) {
    accountOf(login).plan = plan
  },
  books: ({ login }: { login: string }) => accountOf(login).books(),
  standing: ({ login }: { login: string }) => accountOf(login).standing(),
  manual({ login, trade }: { login: string; trade: ManualTrade }) {
    return accountOf(login).manual(trade)
  },
  /** The terminal loses its trade server, and finds it again. */
  connected({ login, connected }: { login: string; connected: boolean }) {
    accountOf(login).connected(connected)
  },
  /** The cables of a terminal break, calls under way included. */
  unplug({ login }: { login: string }) {
    for (const lines of plugged(login)) lines.close()
  },
})

async function answer(lines: Lines, account: BrokerAccount, call: ToBroker): Promise<void> {
  if (!('call' in call)) return
  const { reply, after_ms } = account.take(call)
  if (after_ms > 0) await new Promise((resolve) => setTimeout(resolve, after_ms))
  lines.send({ id: call.id, reply } satisfies FromBroker)
}

function accountOf(login: string): BrokerAccount {
  const account = accounts.get(login)
  if (account === undefined) throw new Error(`the trade server has no account ${login}`)
  return account
}

function plugged(login: string): Set<Lines> {
  const lines = cables.get(login) ?? new Set()
  cables.set(login, lines)
  return lines
}

function each(work: (account: BrokerAccount) => void): void {
  for (const account of accounts.values()) work(account)
}
