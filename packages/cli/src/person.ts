// `ngtb person …`: who may log in at port 9905. On the ledger, server up or down, as keys are.
import { limits, ROLES, type Role } from '@ngtb/protocol'
import { type Ledger, personView, readRunFile } from '@ngtb/server'
import { type Command, Option } from 'commander'
import { baseUrl } from './addresses.ts'
import { Misuse } from './failures.ts'
import { ACTOR, withLedger } from './ledger.ts'
import { group, subcommand } from './options.ts'
import { facts, type Json, moment, say, table } from './output.ts'

type Services = Ledger['services']
type Invited = Awaited<ReturnType<Services['people']['invite']>>

const ROLE_ABOUT: Record<Role, string> = {
  viewer: 'reads everything',
  trader: 'trades, too; with a second factor',
  admin: 'all, and keys, accounts and people; with a second factor',
}
const ROLES_ABOUT = `\nRoles:\n${ROLES.map((role) => `  ${role.padEnd(8)}${ROLE_ABOUT[role]}`).join('\n')}`

export function personCommands(program: Command): void {
  const person = group(program, 'person', 'The people who may log in', 'person invite ada --role admin')
  subcommand(person, 'invite', 'Let a person in by a one-time link', 'person invite ada --role admin')
    .addHelpText('after', ROLES_ABOUT)
    .argument('<name>')
    .addOption(
      new Option('--role <role>', 'what they may do (see below)').choices(ROLES).makeOptionMandatory(),
    )
    .action((name: string, options: Json & { role: Role }) =>
      withLedger(async ({ services }) => {
        const invited = await services.people.invite(nameOf(name), options.role, ACTOR)
        showLink(services, options, invited)
      }),
    )
  subcommand(person, 'list', 'List the people', 'person list').action((options: Json) =>
    withLedger(({ services }) => list(services, options)),
  )
  subcommand(
    person,
    'reset',
    'Take away password and second factor, end the sessions, and make a new link',
    'person reset ada',
  )
    .argument('<name>')
    .action((name: string, options: Json) =>
      withLedger(async ({ services }) => {
        const { person_id } = await services.people.byName(name)
        showLink(services, options, await services.people.reset(person_id, ACTOR, true))
      }),
    )
  for (const [word, about, disabled] of [
    ['disable', 'Let a person in no more; the sessions end', true],
    ['enable', 'Let a person in again', false],
  ] as const)
    subcommand(person, word, about, `person ${word} ada`)
      .argument('<name>')
      .action((name: string, options: Json) =>
        withLedger(async ({ services }) => {
          const { person_id } = await services.people.byName(name)
          const row = await services.people.change(person_id, { disabled }, ACTOR)
          say(options, personView(row), () =>
            disabled
              ? `${row.name} is disabled: a running server lets nobody in by this name within a second.`
              : `${row.name} may log in again.`,
          )
        }),
      )
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]*$/u

function nameOf(name: string): string {
  if (!NAME.test(name) || name.length > limits.person_name_length_max)
    throw new Misuse(
      `${name} can not be a name: letters, digits and . _ @ + - without spaces, ${limits.person_name_length_max} at most.`,
    )
  return name
}

function showLink({ config }: Services, options: Json, { person, token, expires_at }: Invited): void {
  const running = readRunFile(config.NGTB_DATA_DIR)
  const url = running?.url ?? baseUrl(config, '127.0.0.1', config.PORT_WEBUI)
  const link = setupLink(url, token)
  const until = new Date(expires_at).toISOString()
  say(options, { person: personView(person), link, expires_at: until }, () =>
    [
      facts([
        ['Name', person.name],
        ['Role', person.role],
        ['Link', link],
        ['Valid', `once, until ${moment(until)} UTC`],
      ]),
      '',
      'Whoever opens the link chooses the password. From another machine, put its name for this server in place of the address.',
    ].join('\n'),
  )
}

export const setupLink = (url: string, token: string): string => `${url}/#/setup?token=${token}`

async function list({ people }: Services, options: Json): Promise<void> {
  const { items } = await people.list({ limit: limits.people_max, after: null })
  say(options, { items: items.map(personView) }, () =>
    items.length === 0
      ? 'Nobody yet: npx ngtb person invite NAME --role admin'
      : table(
          ['name', 'role', 'second factor', 'state', 'created (UTC)', 'last login'],
          items.map((row) => {
            const view = personView(row)
            const state = view.disabled ? 'disabled' : row.password_hash === null ? 'invited' : 'active'
            const factor = view.totp ? 'set' : 'not set'
            return [view.name, view.role, factor, state, moment(view.created_at), moment(view.last_login_at)]
          }),
        ),
  )
}
