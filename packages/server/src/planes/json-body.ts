// Bytes in, JSON out: only JSON, only valid UTF-8, only what the ledger can keep (json.ts says why).
import { JsonRefused, parseJson, Refusal } from '@ngtb/protocol'
import type { FastifyInstance } from 'fastify'

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

export function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    // Without content is no mistake where no body is wanted; where one is, the schema's check says so.
    if ((body as Buffer).length === 0) return done(null, undefined)
    try {
      done(null, readJson(body as Buffer))
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
