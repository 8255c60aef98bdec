// What the sockets of an EA have in common, on whichever port: who may open one, and what a refusal looks like there.
import websocket from '@fastify/websocket'
import { EA_CLOSE, ERRORS, JsonRefused, Refusal } from '@ngtb/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import type { Principal } from '../services/keys.ts'
import { authorize } from './auth.ts'
import { toRefusal } from './errors.ts'
import type { House } from './house.ts'
import { rateCounters } from './rates.ts'

interface Upgrade {
  readonly url: string
  /** Of one message. */
  readonly bytes_max: number
  open(socket: WebSocket, request: FastifyRequest, principal: Principal): void
}

/** Mounts a WebSocket whose key comes with the upgrade. */
export async function eaUpgrade(
  app: FastifyInstance,
  house: House,
  { url, bytes_max, open }: Upgrade,
): Promise<void> {
  await app.register(websocket, { options: { maxPayload: bytes_max } })
  const count = rateCounters(app, house.config)
  const principals = new WeakMap<FastifyRequest, Principal>()
  app.route({
    method: 'GET',
    url,
    preValidation: async (request) => {
      try {
        principals.set(request, await eaOf(house, request))
      } catch (error) {
        // Guessing keys here is no cheaper than at any other door.
        if (error instanceof Refusal && error.http < 500) await count('keyless', request, request.ip)
        throw error
      }
    },
    handler: () => {
      throw new Refusal('NGTB_NOT_FOUND', `${url} is a WebSocket: open it with ws://`)
    },
    wsHandler: (socket, request) => {
      const principal = principals.get(request)
      if (principal) open(socket, request, principal)
      else socket.close(EA_CLOSE.KEY_GONE)
    },
  })
}

/**
 * The EA behind the key that came with the upgrade, as of now: it may have been revoked since.
 * @param message what it says; the account in it must be the key's own (P15)
 * @throws {Refusal}
 */
export async function eaOf(house: House, request: FastifyRequest, message: object = {}): Promise<Principal> {
  const principal = await authorize({ access: 'ea' }, house, request, message)
  if (principal === null) throw new Refusal('NGTB_EA_KEY_MISSING')
  return principal
}

/** A refusal as a socket says it: HTTP's number, and HTTP's body beside it. */
export function refusedReply(ref: unknown, error: unknown, house: House, request: FastifyRequest) {
  const refusal =
    error instanceof JsonRefused
      ? new Refusal('NGTB_BODY_NOT_JSON', error.message)
      : toRefusal(error, house.log, request)
  const { code, http, message, retry_after_s, more } = refusal
  const reply = {
    ...{ type: 'reply', ref, http, status: 'error', error: code },
    message: `${message}. ${ERRORS[code].hint}`,
    ...more,
    ...(retry_after_s === undefined ? {} : { retry_after_s }),
  }
  return { refusal, reply }
}
