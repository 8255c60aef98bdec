// `ngtb key …`: the keys of machines. On the ledger, server up or down; a running server notices within a second.
import { Refusal, SCOPES, type Scope } from '@ngtb/protocol'
import { keyView, type Ledger } from '@ngtb/server'
import { type Command, Option } from 'commander'
import { Misuse } from './failures.ts'
import { ACTOR, withLedger } from './ledger.ts'
import { collect, count, group, login, subcommand } from './options.ts'
import { facts, type Json, moment, say, table } from './output.ts'

type KeyRow = Parameters<typeof keyView>[0]

interface CreateOptions extends Json {
  scope: string[]
  account?: string
  label: string
  days?: number
}

const PAGE = 500
const SCOPE_ABOUT: Record<Scope, string> = {
  'ea:session': "an EA's own session",
  'commands:read': 'read everything of the account',
  'commands:open': 'open, and everything that reduces risk',
  'commands:close': 'only modify, close, close-all, cancel',
  'alerts:write': 'raise, acknowledge and clear alerts',
  admin: 'all, and keys and accounts',
}
const SCOPES_ABOUT = `\nScopes:\n${SCOPES.map((scope) => `  ${scope.padEnd(16)}${SCOPE_ABOUT[scope]}`).join('\n')}`

export function keyCommands(program: Command): void {
  const key = group(program, 'key', 'The keys of programs and EAs', 'key create --scope commands:read')
  subcommand(
    key,
    'create',
    'Make a key; it is shown once',
    'key create --scope commands:open --account 12345678',
  )
    .addHelpText('after', SCOPES_ABOUT)
    .addOption(
      new Option('--scope <scope>', 'what it may do (see below); may be repeated')
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .option('--account <login>', 'bind it to one account', login)
    .option('--label <text>', 'what it is for', '')
    .option('--days <days>', 'let it expire', count())
    .action((options: CreateOptions) => withLedger((ledger) => create(ledger, options)))
  subcommand(key, 'list', 'List the keys, without their secrets', 'key list').action((options: Json) =>
    withLedger((ledger) => list(ledger, options)),
  )
  subcommand(key, 'rotate', 'Make a new key in place of an old one', 'key rotate a1b2c3d4e5f6 --grace 3600')
    .argument('<key_id>')
    .option(
      '--grace <seconds>',
      'how long the old one lives on, unless the new one is used (default: 24 h)',
      count(0),
    )
    .action((key_id: string, options: Json & { grace?: number }) =>
      withLedger(({ services }) => rotate(services, key_id, options)),
    )
  subcommand(key, 'revoke', 'End a key now', 'key revoke a1b2c3d4e5f6')
    .argument('<key_id>')
    .action((key_id: string, options: Json) =>
      withLedger(({ services }) => revoke(services, key_id, options)),
    )
}

async function create({ services }: Ledger, options: CreateOptions): Promise<void> {
  const scopes = [...new Set(options.scope.flatMap((text) => text.split(',')))].map(scopeOf)
  const account_id = await boundTo(services, options.account)
  const expires_at = options.days === undefined ? null : services.clock.now() + options.days * 86_400_000
  const { row, api_key } = await services.keys.create(
    { account_id, scopes, label: options.label, expires_at },
    ACTOR,
  )
  show(options, { api_key, ...(await view(services, row)) }, 'The key is shown only now.')
}

function scopeOf(text: string): Scope {
  const scope = SCOPES.find((known) => known === text.trim())
  if (scope === undefined) throw new Misuse(`There is no scope ${text}. Use one of: ${SCOPES.join(', ')}.`)
  return scope
}

async function boundTo(services: Ledger['services'], account: string | undefined): Promise<number | null> {
  if (account === undefined) return null
  const desk = await services.desks.byNumber(account)
  if (!desk) throw new Refusal('NGTB_ACCOUNT_UNKNOWN', `there is no account with the login ${account}`)
  return desk.account_id
}

async function view(services: Ledger['services'], row: KeyRow) {
  const account =
    row.account_id === null ? undefined : (await services.desks.get(row.account_id).ready()).account
  return keyView(row, account)
}

async function list({ services }: Ledger, options: Json): Promise<void> {
  const items: ReturnType<typeof keyView>[] = []
  let after: (string | number)[] | null = null
  do {
    const page = await services.keys.list({ limit: PAGE, after })
    for (const row of page.items) items.push(await view(services, row))
    after = page.next
  } while (after !== null)
  say(options, { items }, () =>
    items.length === 0
      ? 'No key yet: npx ngtb key create --scope admin'
      : table(
          ['key_id', 'login', 'scopes', 'label', 'created (UTC)', 'last used', 'expires', 'revoked'],
          items.map((key) => [
            key.key_id,
            key.account_number ?? 'all',
            key.scopes.join(' '),
            key.label,
            moment(key.created_at),
            moment(key.last_used_at),
            moment(key.expires_at),
            moment(key.revoked_at),
          ]),
        ),
  )
}

async function rotate(
  services: Ledger['services'],
  key_id: string,
  options: Json & { grace?: number },
): Promise<void> {
  const { row, api_key } = await services.keys.rotate(key_id, ACTOR, options.grace)
  const old = await services.store.key(key_id)
  const dies_at = old?.expires_at == null ? null : new Date(old.expires_at).toISOString()
  const made = { api_key, ...(await view(services, row)), replaces: key_id, old_key_dies_at: dies_at }
  show(options, made, `${key_id} lives until ${moment(dies_at)} UTC, or until the new key is first used.`)
}

async function revoke(services: Ledger['services'], key_id: string, options: Json): Promise<void> {
  const row = await services.keys.revoke(key_id, ACTOR)
  say(
    options,
    await view(services, row),
    () => `Key ${key_id} is revoked: a running server refuses it within a second.`,
  )
}

function show(options: Json, key: { api_key: string } & ReturnType<typeof keyView>, note: string): void {
  say(options, key, () =>
    [
      facts([
        ['Key', key.api_key],
        ['key_id', key.key_id],
        ['Scopes', key.scopes.join(' ')],
        ['Account', key.account_number ?? 'all'],
        ['Expires', key.expires_at === null ? 'never' : `${moment(key.expires_at)} UTC`],
      ]),
      '',
      note,
      ...(key.scopes.includes('ea:session') ? [] : [`Use it: export NGTB_API_KEY=${key.api_key}`]),
    ].join('\n'),
  )
}
