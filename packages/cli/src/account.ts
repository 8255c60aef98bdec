// `ngtb account …` and `ngtb enroll`: who may connect. On the ledger, server up or down.
import type { Ledger } from '@ngtb/server'
import type { Command } from 'commander'
import { importAccounts } from './account-import.ts'
import { ACTOR, withLedger } from './ledger.ts'
import { group, login, subcommand } from './options.ts'
import { facts, type Json, moment, say, table } from './output.ts'

type Account = Awaited<ReturnType<Ledger['services']['store']['accounts']>>[number]

const ARMED_MS = 10 * 60_000

export function accountCommands(program: Command): void {
  const account = group(program, 'account', 'The accounts that the server knows', 'account list')
  subcommand(
    account,
    'add',
    'Add an account and make the key of its EA',
    'account add 12345678 --broker Pepperstone',
  )
    .argument('<login>', 'the MT5 login', login)
    .option('--broker <name>', 'the broker, as it shall be shown', '')
    .action((number: string, options: Json & { broker: string }) =>
      withLedger((ledger) => add(ledger, number, options)),
    )
  subcommand(
    account,
    'import',
    'Take accounts of another server over, with the keys that their EAs have (CSV)',
    'account import accounts.csv',
  )
    .argument('<file>', 'columns account_number, api_key, and if known broker, account_id')
    .action((file: string, options: Json) => withLedger((ledger) => importAccounts(ledger, file, options)))
  subcommand(account, 'list', 'List the accounts', 'account list').action((options: Json) =>
    withLedger((ledger) => list(ledger, options)),
  )
  subcommand(
    program,
    'enroll',
    'Let the EA of one login enrol within ten minutes, or get its key again',
    'enroll 12345678',
  )
    .argument('<login>', 'the MT5 login', login)
    .action((number: string, options: Json) => withLedger((ledger) => enroll(ledger, number, options)))
}

async function add({ services }: Ledger, number: string, options: Json & { broker: string }): Promise<void> {
  const { desk, api_key, key_id } = await services.accounts.add(number, options.broker, ACTOR)
  const made = {
    account_id: desk.account_id,
    account_number: number,
    broker: options.broker,
    key_id,
    api_key,
  }
  say(options, made, () =>
    [
      facts([
        ['Account', `${made.account_id}, login ${number}`],
        ['EA key', api_key],
      ]),
      '',
      'The key is shown only now: put it into the EA. An account_id is what programs may use instead of the login.',
    ].join('\n'),
  )
}

async function view({ store }: Ledger['services'], account: Account) {
  const loaded = await store.load(account.account_id)
  const keys = await store.keysOf(account.account_id)
  const seen = loaded?.connection?.last_seen_at ?? null
  return {
    account_id: account.account_id,
    account_number: account.account_number,
    broker: account.broker,
    created_at: new Date(account.created_at).toISOString(),
    has_ea_key: keys.some((key) => key.scopes.includes('ea:session') && key.revoked_at === null),
    state: loaded?.connection?.state ?? 'never connected',
    last_seen_at: seen === null ? null : new Date(seen).toISOString(),
    open_trades: loaded?.trades.length ?? 0,
  }
}

async function list({ services }: Ledger, options: Json): Promise<void> {
  const accounts = (await services.store.accounts()).filter((account) => account.account_number !== null)
  const items = await Promise.all(accounts.map((account) => view(services, account)))
  say(options, { items }, () =>
    items.length === 0
      ? 'No account yet. An EA enrols by its first connect, or: npx ngtb account add LOGIN'
      : table(
          ['account_id', 'login', 'broker', 'EA key', 'state', 'last sign of life (UTC)', 'open trades'],
          items.map((item) => [
            item.account_id,
            item.account_number,
            item.broker,
            item.has_ea_key,
            item.state,
            moment(item.last_seen_at),
            item.open_trades,
          ]),
        ),
  )
}

async function enroll({ services }: Ledger, number: string, options: Json): Promise<void> {
  const until = await services.accounts.arm(number, ARMED_MS, ACTOR)
  const armed_until = new Date(until).toISOString()
  const known = (await services.store.accountByNumber(number)) !== null
  say(options, { account_number: number, armed_until, known }, () =>
    [
      `Login ${number} may enrol until ${moment(armed_until)} UTC: its EA's next connect without a key gets one.`,
      known
        ? 'The login is known: its old EA key lives for 24 hours more, or until the new one is used.'
        : '',
      services.config.enrolment === 'first-connect' && !known
        ? 'From this machine it could do so anyway.'
        : '',
    ]
      .filter((line) => line !== '')
      .join('\n'),
  )
}
