// Port 9905: the management API. Everything here is strict: unknown fields are refused.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { Int64, oneOf, SymbolName, Text } from '../model/fields.ts'
import { EnrolmentView, PairedView, WaysView } from '../model/pairing.ts'
import {
  AccountReplayView,
  AccountView,
  CommandDetailView,
  CommandReplayView,
  CommandView,
  ConnectionView,
  CreatedCommandView,
  KeyView,
  NewKeyView,
  OrphanView,
  SystemStatusView,
} from '../model/views.ts'
import { SCOPES } from '../vocabulary.ts'
import { alertEndpoints } from './alerts.ts'
import { commandEndpoints } from './command.ts'
import { endpoints } from './endpoint.ts'
import { factEndpoints } from './facts.ts'
import { dataEndpoints } from './management-data.ts'
import {
  account,
  KeyParams,
  LoginCommandParams,
  LoginParams,
  listOf,
  Moment,
  PageQuery,
  paging,
  READ,
  STEER,
  strict,
} from './management-parts.ts'
import { peopleEndpoints } from './people.ts'

export const CreateCommandBody = Type.Object(
  {
    type: Type.Optional(Type.String({ maxLength: 40 })),
    command_type: Type.Optional(Type.String({ maxLength: 40, description: 'the same as type' })),
    payload: Type.Optional(Type.Unknown()),
    priority: Type.Optional(Type.Union([Type.String({ maxLength: 20 }), Type.Integer()])),
    ttl_ms: Type.Optional(Type.Integer({ minimum: limits.ttl_ms_min, maximum: limits.ttl_ms_max })),
    command_id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })),
    require_connected: Type.Optional(Type.Boolean()),
  },
  strict,
)
export type CreateCommandBody = Static<typeof CreateCommandBody>

export const CreateBatchBody = Type.Object(
  {
    commands: Type.Array(
      Type.Object(
        {
          ...CreateCommandBody.properties,
          idempotency_key: Type.Optional(Type.String({ pattern: '^[\\x21-\\x7e]{1,255}$' })),
        },
        strict,
      ),
      { minItems: 1, maxItems: limits.commands_per_batch_max },
    ),
  },
  strict,
)
export type CreateBatchBody = Static<typeof CreateBatchBody>

/** A person's word where no evidence can come (P6): exactly one of the two, and why. */
export const SettleBody = Type.Object(
  {
    completed: Type.Optional(Type.Object({ ticket: Type.Optional(Int64) }, strict)),
    not_executed: Type.Optional(Type.Literal(true)),
    note: Type.String({ minLength: 1, maxLength: limits.text_length_max }),
  },
  strict,
)
export type SettleBody = Static<typeof SettleBody>

export const CreateKeyBody = Type.Object(
  {
    scopes: Type.Array(oneOf(SCOPES), {
      minItems: 1,
      maxItems: SCOPES.length,
    }),
    account: Type.Optional(Int64),
    label: Type.Optional(Text),
    expires_in_s: Type.Optional(Type.Integer({ minimum: 60, maximum: 10 * 365 * 86_400 })),
  },
  strict,
)
export type CreateKeyBody = Static<typeof CreateKeyBody>

export const AddAccountBody = Type.Object({ account: Int64, broker: Type.Optional(Text) }, strict)
export const EnrolBody = Type.Object({ account: Int64 }, strict)
/** A name or an address, without scheme and port. */
const HostName = Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9._:-]+$' })
export const PairBody = Type.Object(
  { account: Int64, broker: Type.Optional(Text), host: Type.Optional(HostName) },
  strict,
)
export type PairBody = Static<typeof PairBody>
export const RotateKeyBody = Type.Object(
  { grace_s: Type.Optional(Type.Integer({ minimum: 0, maximum: 30 * 86_400 })) },
  strict,
)

export const CommandListQuery = Type.Object(
  {
    ...paging,
    status: Type.Optional(Type.String({ maxLength: 100, description: 'one, or several with commas' })),
    type: Type.Optional(Type.String({ maxLength: 200, description: 'one, or several with commas' })),
    symbol: Type.Optional(SymbolName),
    since: Type.Optional(Moment),
  },
  strict,
)
/** Neither: all of it. Both: whichever comes first. */
export const ReplayQuery = Type.Object(
  { at: Type.Optional(Moment), seq: Type.Optional(Type.Integer({ minimum: 0 })) },
  strict,
)

export const managementEndpoints = endpoints({
  health: { method: 'GET', path: '/health', summary: 'Alive? 200 or 503', access: 'open' },
  system_status: {
    method: 'GET',
    path: '/api/system/status',
    summary: 'Connections, commands and data',
    access: 'watch',
    reply: SystemStatusView,
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics for Prometheus, as text: docs/reference/metrics.md',
    access: 'watch',
  },
  command_status: commandEndpoints.command_status,
  v1_system_status: {
    method: 'GET',
    path: '/api/v1/system/status',
    summary: 'Connections, commands and data',
    access: READ,
    reply: SystemStatusView,
  },
  v1_accounts: {
    method: 'GET',
    path: '/api/v1/accounts',
    summary: 'The accounts this key may see',
    access: READ,
    query: PageQuery,
    reply: listOf(AccountView),
  },
  v1_account_add: {
    method: 'POST',
    creates: true,
    path: '/api/v1/accounts',
    summary: 'Add an account and its EA key before its EA connects',
    access: ['admin'],
    body: AddAccountBody,
  },
  v1_account: {
    method: 'GET',
    path: account,
    summary: 'One account',
    access: READ,
    params: LoginParams,
    reply: AccountView,
  },
  v1_enrol: {
    method: 'POST',
    creates: true,
    path: '/api/v1/enrolments',
    summary: 'Arm the enrolment of one login for ten minutes',
    access: ['admin'],
    body: EnrolBody,
    reply: EnrolmentView,
  },
  v1_pair: {
    method: 'POST',
    creates: true,
    path: '/api/v1/pairings',
    summary:
      'A key for the EA of one login and where it finds this server: shown once. A known login’s key is exchanged',
    access: ['admin'],
    body: PairBody,
    reply: PairedView,
  },
  v1_addresses: {
    method: 'GET',
    path: '/api/v1/system/addresses',
    summary: 'By which URLs an EA reaches this server: what to allow in MetaTrader',
    access: ['admin'],
    reply: WaysView,
  },
  v1_connections: {
    method: 'GET',
    path: '/api/v1/connections',
    summary: 'The connections of the EAs',
    access: READ,
    query: PageQuery,
    reply: listOf(ConnectionView),
  },
  v1_command_create: {
    method: 'POST',
    creates: true,
    path: `${account}/commands`,
    summary: 'Create a command: 201, or 200 when the key was used before with the same body (P2)',
    access: STEER,
    params: LoginParams,
    body: CreateCommandBody,
    reply: CreatedCommandView,
    rate: 'create',
  },
  v1_command_batch: {
    method: 'POST',
    creates: true,
    path: `${account}/commands/batch`,
    summary: 'Create many commands, all or none, in one commit; each with its own key',
    access: STEER,
    params: LoginParams,
    body: CreateBatchBody,
    reply: Type.Object({ commands: Type.Array(CreatedCommandView) }),
    rate: 'create',
  },
  v1_commands: {
    method: 'GET',
    path: `${account}/commands`,
    summary: 'Commands, newest first',
    access: READ,
    params: LoginParams,
    query: CommandListQuery,
    reply: listOf(CommandView),
  },
  v1_command: {
    method: 'GET',
    path: `${account}/commands/:command_id`,
    summary: 'One command with attempts and events',
    access: READ,
    params: LoginCommandParams,
    reply: CommandDetailView,
  },
  v1_command_replay: {
    method: 'GET',
    path: `${account}/commands/:command_id/replay`,
    summary: 'A command as its audit events tell it, at a time or up to a seq',
    access: READ,
    params: LoginCommandParams,
    query: ReplayQuery,
    reply: CommandReplayView,
  },
  v1_account_replay: {
    method: 'GET',
    path: `${account}/replay`,
    summary: 'An account as its audit events tell it, at a time or up to a seq',
    access: READ,
    params: LoginParams,
    query: ReplayQuery,
    reply: AccountReplayView,
  },
  v1_command_cancel: {
    method: 'POST',
    path: `${account}/commands/:command_id/cancel`,
    summary: 'Cancel an undelivered command',
    access: STEER,
    params: LoginCommandParams,
    reply: CommandView,
    rate: 'safety',
  },
  v1_command_settle: {
    method: 'POST',
    path: `${account}/commands/:command_id/settle`,
    summary: 'A person settles an unknown outcome, with a note; audited',
    access: ['admin'],
    params: LoginCommandParams,
    body: SettleBody,
    reply: CommandView,
    rate: 'safety',
  },
  v1_orphans: {
    method: 'GET',
    path: `${account}/orphans`,
    summary: 'Results for commands that the ledger does not know, newest first',
    access: READ,
    params: LoginParams,
    reply: Type.Object({ items: Type.Array(OrphanView) }),
  },
  ...dataEndpoints,
  ...peopleEndpoints,
  ...factEndpoints,
  ...alertEndpoints,
  v1_keys: {
    method: 'GET',
    path: '/api/v1/keys',
    summary: 'Keys, without their secrets',
    access: ['admin'],
    query: PageQuery,
    reply: listOf(KeyView),
  },
  v1_key_create: {
    method: 'POST',
    creates: true,
    path: '/api/v1/keys',
    summary: 'Make a key; its secret is shown once',
    access: ['admin'],
    body: CreateKeyBody,
    reply: NewKeyView,
  },
  v1_key_rotate: {
    method: 'POST',
    creates: true,
    path: '/api/v1/keys/:key_id/rotate',
    summary: 'A new key in place of this one, which dies after a grace or at first use of the new',
    access: ['admin'],
    params: KeyParams,
    body: RotateKeyBody,
    reply: NewKeyView,
  },
  v1_key_revoke: {
    method: 'DELETE',
    path: '/api/v1/keys/:key_id',
    summary: 'Revoke a key now',
    access: ['admin'],
    params: KeyParams,
    reply: KeyView,
  },
})
