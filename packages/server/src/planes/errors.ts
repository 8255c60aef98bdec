// What a refusal looks like: problem+json on /api/v1, the published envelope elsewhere. Never a stack, never SQL.
import { ERRORS, type ErrorCode, Refusal } from '@ngtb/protocol'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../ports.ts'

/** Fastify's own refusals, in our words. */
const FASTIFY: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'NGTB_BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'NGTB_MEDIA_TYPE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'NGTB_BODY_NOT_JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'NGTB_BODY_NOT_JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'NGTB_BODY_NOT_JSON',
  FST_ERR_BAD_URL: 'NGTB_NOT_FOUND',
  FST_ERR_REOPENED_CLOSE_SERVER: 'NGTB_STOPPING',
}

export function toRefusal(error: unknown, log: Log, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error
  const code = FASTIFY[(error as FastifyError).code]
  if (code) return new Refusal(code)
  const status = (error as FastifyError).statusCode
  if (status !== undefined && status >= 400 && status < 500)
    return new Refusal('NGTB_BODY_INVALID', (error as Error).message.slice(0, 200))
  log.error('the server made a mistake', {
    request_id: request.id,
    method: request.method,
    path: pathOf(request),
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  })
  return new Refusal('NGTB_INTERNAL')
}

export function sendRefusal(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, http, hint, message, retry_after_s, more } = refusal
  reply.header('x-request-id', request.id)
  if (retry_after_s !== undefined) reply.header('retry-after', String(Math.ceil(retry_after_s)))
  if (code === 'NGTB_BODY_TOO_LARGE') readOut(request, reply)
  if (!pathOf(request).startsWith('/api/v1/'))
    return reply
      .code(http)
      .send({ status: 'error', error: code, message: `${message}. ${hint}`, request_id: request.id, ...more })
  return reply
    .code(http)
    .header('content-type', 'application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:ngtb:error:${ERRORS[code].number}`,
        title: ERRORS[code].title,
        status: http,
        detail: message,
        code,
        hint,
        request_id: request.id,
      }),
    )
}

/** Closed while a sender still sends, he reads "connection reset" instead of our answer: the rest is thrown away. */
function readOut(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('connection', 'keep-alive')
  request.raw.resume() // ends with the body, or at the request's time limit
}

/** The path without the query, which may hold what a log must not. */
export const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? request.url
