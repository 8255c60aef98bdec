// Port 9903: the EA's log lines.
import Type, { type Static } from 'typebox'
import { limits } from '../limits.ts'
import { ea } from './command.ts'
import { endpoints } from './endpoint.ts'

export const LogBody = Type.Object({
  ...ea,
  level: Type.String({ minLength: 1, maxLength: 20, description: 'DEBUG, INFO, WARNING, ERROR or CRITICAL' }),
  message: Type.String({ maxLength: limits.log_message_length_max }),
  details: Type.Optional(Type.Unknown()),
})
export type LogBody = Static<typeof LogBody>

export const logEndpoints = endpoints({
  log: {
    method: 'POST',
    path: '/api/log',
    dialect: 'also legacy',
    summary: 'One log line of the EA',
    access: 'ea',
    body: LogBody,
  },
})
