// Every answer, and every push, is what the published description says: the schemas of OpenAPI and AsyncAPI.
import { describeFirst, type Endpoint, PushMessage } from '@ngtb/protocol'
import type Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { Json } from '../language/dialogue.ts'

const CHECKS = new Map<Type.TSchema, ReturnType<typeof compiled>>()
const compiled = (schema: Type.TSchema) => Compile(schema)

/** What is wrong with a 2xx answer of this endpoint, or nothing. */
export const illAnswer = ({ reply }: Endpoint, body: Json): string[] =>
  reply === undefined ? [] : against(reply, body)

export const illPush = (body: Json): string[] => against(PushMessage, body)

function against(schema: Type.TSchema, body: Json): string[] {
  const check = CHECKS.get(schema) ?? compiled(schema)
  CHECKS.set(schema, check)
  return check.Check(body) ? [] : [`what its schema says: ${describeFirst(check.Errors(body))}`]
}
