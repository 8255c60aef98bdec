// How often one key, or one address without a key, may come (NGTB_RATE_*). Closing counts apart from opening.
import { type Endpoint, Refusal } from '@ngtb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'

/** Counts one request. @throws {Refusal} NGTB_RATE */
export type Count = (
  rate: Endpoint['rate'] | 'keyless',
  request: FastifyRequest,
  key: string,
) => Promise<void>

export function rateCounters(app: FastifyInstance, config: Config): Count {
  const counter = (max: number) =>
    app.createRateLimit({
      max,
      timeWindow: 1_000,
      keyGenerator: (request) => (request as FastifyRequest & { rateKey?: string }).rateKey ?? request.ip,
    })
  const byRate = {
    poll: counter(config.NGTB_RATE_POLL),
    ticks: counter(config.NGTB_RATE_TICKS),
    create: counter(config.NGTB_RATE_CREATE),
    safety: counter(config.NGTB_RATE_SAFETY),
    keyless: counter(config.NGTB_RATE_KEYLESS),
  }
  return async (rate, request, key) => {
    const kind = rate ?? 'poll'
    const path = kind === 'keyless' ? '' : request.routeOptions.url
    Object.assign(request, { rateKey: `${kind} ${path} ${key}` })
    const { isAllowed, ...limit } = await byRate[kind](request)
    if (!isAllowed && 'isExceeded' in limit && limit.isExceeded)
      throw new Refusal('NGTB_RATE', `more than ${limit.max} requests in a second`, {
        retry_after_s: Math.max(1, limit.ttlInSeconds),
      })
  }
}
