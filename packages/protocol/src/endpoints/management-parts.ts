// What the endpoints of the management port share: who may call, paths, pages.
import Type from 'typebox'
import { limits } from '../limits.ts'
import { CommandIdParams } from './command.ts'

export const strict = { additionalProperties: false } as const
export const READ = ['commands:read', 'commands:open', 'commands:close', 'admin'] as const
export const STEER = ['commands:open', 'commands:close', 'admin'] as const

export const LoginParams = Type.Object({ login: Type.String({ maxLength: 40 }) })
export const LoginCommandParams = Type.Object({ ...LoginParams.properties, ...CommandIdParams.properties })
export const LoginTicketParams = Type.Object({
  ...LoginParams.properties,
  ticket: Type.String({ maxLength: 40 }),
})
export const KeyParams = Type.Object({ key_id: Type.String({ maxLength: 64 }) })

export const paging = {
  cursor: Type.Optional(Type.String({ maxLength: 500 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.page_size_max })),
}
export const PageQuery = Type.Object(paging, strict)
/** A moment in a query: ISO 8601 or milliseconds since 1970. */
export const Moment = Type.String({ maxLength: 40 })
export const between = { from: Type.Optional(Moment), to: Type.Optional(Moment) }
export const listOf = (item: Type.TSchema) =>
  Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) })

export const account = '/api/v1/accounts/:login'
