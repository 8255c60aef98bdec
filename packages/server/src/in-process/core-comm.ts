// The manager of the server in this process (published: "In the server's process"). A thin face over the desks.

import {
  type EaStatus,
  type HeartbeatBody,
  type LocalServer,
  Refusal,
  type SystemStatusView,
} from '@ngtb/protocol'
import type { AccountName } from '../services/desks.ts'
import { loginOf } from '../services/desks.ts'
import type { Services } from '../services/services.ts'
import type { SyncReport } from '../services/trade-sync.ts'
import { serverTime } from '../services/views.ts'
import type { CommandExecutionRequest } from './command-execution.ts'
import { CommandExecution } from './command-execution.ts'
import { EAConnection } from './ea-connection.ts'

const ACTOR = 'in-process'

export interface Registration extends AccountName {
  broker?: string
}

export class CoreComm {
  readonly #services: Services
  readonly #connections = new Map<number, EAConnection>()

  constructor(services: Services) {
    this.#services = services
    for (const desk of services.desks.opened()) this.#connection(desk.account_id)
  }

  /** What the helpers of this process use (`@ngtb/sdk`). */
  readonly local: LocalServer = {
    createCommand: async (request) => (await this.createCommand(request))[0],
    getEaStatus: (account) => this.getEaStatus(account),
  }

  /** Registers an EA's connection; an account not seen before is made. */
  async registerConnection({ account_id, account_number, broker = '' }: Registration): Promise<EAConnection> {
    const { desks, connections } = this.#services
    const desk =
      account_number === undefined
        ? await desks.byName({ account_id })
        : await desks.enrol(loginOf(account_number), broker, ACTOR, account_id)
    if (account_id !== undefined && desk.account_id !== account_id)
      throw new Refusal(
        'NGTB_ACCOUNT_EXISTS',
        `login ${account_number} is account ${desk.account_id}, not ${account_id}: use account_id ${desk.account_id}, or leave it out`,
      )
    await desk.run((step) => connections.connect(step, { broker }, ACTOR))
    return this.#connection(desk.account_id)
  }

  async processHeartbeat(heartbeat: AccountName & Omit<HeartbeatBody, 'account' | 'api_key'>) {
    const desk = await this.#services.desks.byName(heartbeat)
    const { commands } = await this.#services.sessions.heartbeat(desk, heartbeat, ACTOR)
    return {
      status: 'success',
      commands: commands.map(({ command_id, type, payload }) => ({ id: command_id, type, ...payload })),
      server_time: serverTime(this.#services.clock.now()),
    }
  }

  /** @returns the id and an object that lives until the command is settled */
  async createCommand(request: CommandExecutionRequest): Promise<[string, CommandExecution]> {
    const { desks, commands, ids } = this.#services
    const desk = await desks.byName(request)
    const { command } = await commands.create(desk, {
      type: request.command_type,
      payload: request.payload,
      priority: request.priority,
      ttl_ms: request.ttl_ms,
      command_id: request.command_id ?? ids.uuid(),
      require_connected: request.require_connected,
      origin: ACTOR,
    })
    return [
      command.command_id,
      new CommandExecution(command, this.#services.clock, () => desk.state?.command(command.command_id)),
    ]
  }

  async processCommandResponse(
    answer: {
      command_id: string
      status: 'completed' | 'failed'
      response_data?: Record<string, unknown>
      error_message?: string
    } & AccountName,
  ) {
    const desk = await this.#deskOf(answer)
    const { response_data = {}, error_message } = answer
    const response = error_message === undefined ? response_data : { ...response_data, error: error_message }
    const { answered } = await this.#services.answers.answer(
      desk,
      [{ command_id: answer.command_id, status: answer.status, response }],
      null,
      ACTOR,
    )
    const [outcome] = answered
    if (!outcome || outcome.contradicts) throw new Refusal('NGTB_ANSWER_CONTRADICTS')
    return { status: 'success', command_id: answer.command_id, duplicate: outcome.duplicate }
  }

  /** The full list of an account's open positions, as its EA sees them. */
  async syncTradesFromEa({
    ea_trades,
    ...account
  }: AccountName & { ea_trades: readonly unknown[] }): Promise<{
    status: string
    reconciliation: SyncReport
  }> {
    if (!Array.isArray(ea_trades))
      throw new Refusal('NGTB_BODY_INVALID', 'ea_trades must be the list of all open positions')
    const began = this.#services.arrival()
    const desk = await this.#services.desks.byName(account)
    return {
      status: 'success',
      reconciliation: await this.#services.tradeSync.sync(desk, ea_trades, began, ACTOR),
    }
  }

  getConnection(account_id: number): EAConnection | undefined {
    return this.getAllConnections().find((connection) => connection.account_id === account_id)
  }

  getAllConnections(): EAConnection[] {
    return this.#services.desks
      .opened()
      .sort((a, b) => a.account_id - b.account_id)
      .map((desk) => this.#connection(desk.account_id))
  }

  getSystemStatus(): Promise<SystemStatusView> {
    return this.#services.status.system(null)
  }

  async getEaStatus(account: AccountName): Promise<EaStatus> {
    return this.#services.status.ea(await this.#services.desks.byName(account))
  }

  #connection(account_id: number): EAConnection {
    const connection = this.#connections.get(account_id) ?? new EAConnection(this.#services, account_id)
    this.#connections.set(account_id, connection)
    return connection
  }

  /** An id is unique within its account only: with several accounts the answer must say whose it is. */
  async #deskOf(answer: { command_id: string } & AccountName) {
    const { desks, store } = this.#services
    if (answer.account_id !== undefined || answer.account_number !== undefined) return desks.byName(answer)
    const owners = await store.commandOwners(answer.command_id)
    if (owners.length !== 1 || owners[0] === undefined)
      throw new Refusal(
        'NGTB_COMMAND_UNKNOWN',
        owners.length === 0
          ? `there is no command ${answer.command_id}`
          : 'several accounts have a command of that id: name the account',
      )
    return desks.get(owners[0])
  }
}

let current: CoreComm | undefined

export const setCoreComm = (comm: CoreComm | undefined): void => {
  current = comm
}

/** The manager of the server in this process. @throws {Error} when none runs here */
export function getCoreComm(): CoreComm {
  if (!current)
    throw new Error(
      'No server runs in this process. Call `await startServer()` first, or use the SDK: createClient({ url, api_key }).',
    )
  return current
}
