// Bytes in, JSON out: only JSON, only valid UTF-8, only what the ledger can keep (json.ts says why).
import { JsonRefused, limits, parseJson, Refusal } from '@ngtb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { readLenient } from '../legacy/lenient-json.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** @throws {Refusal} NGTB_BODY_NOT_JSON */
export function readJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new Refusal('NGTB_BODY_NOT_JSON', 'the body is empty: send a JSON object')
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw new Refusal('NGTB_BODY_NOT_JSON', 'the body is not valid UTF-8')
  }
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof JsonRefused) throw new Refusal('NGTB_BODY_NOT_JSON', error.message)
    throw error
  }
}

/**
 * JSON, or, at a door of EAs that splice theirs, what can be read of it. Where nobody else comes, the first of two
 * equal keys counts (lenient-json.ts: S3).
 * @throws {Refusal} NGTB_BODY_NOT_JSON
 */
function readBody(request: FastifyRequest, bytes: Buffer): unknown {
  const { lenient = 'no' } = request.routeOptions.config
  const patient = bytes.length <= limits.body_bytes_max
  if (lenient === 'always' && patient) {
    const read = readLenient(bytes)
    if (read?.salvaged) request.salvaged = bytes
    if (read) return read.value
  }
  try {
    return readJson(bytes)
  } catch (error) {
    const read = lenient === 'no' || !patient ? null : readLenient(bytes)
    if (read === null) throw error
    request.salvaged = bytes
    request.no_json = error as Error
    return withoutNulls(read.value)
  }
}

/** `nan` and the like are read as null: it says nothing, and that is what is left out. */
const withoutNulls = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null))
    : value

export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    // Without content is no mistake where no body is wanted; where one is, the schema's check says so.
    if ((body as Buffer).length === 0) return done(null, undefined)
    try {
      done(null, readBody(request, body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    if ((body as Buffer).length === 0) return done(null, undefined)
    done(
      new Refusal(
        'NGTB_MEDIA_TYPE',
        `content type ${request.headers['content-type'] ?? '(none)'}: send application/json`,
      ),
    )
  })
}
