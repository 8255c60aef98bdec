// The EAs of `ngtb sim`: their symbols, their keys, their journals, and what they say when nobody answers.
import { join } from 'node:path'
import {
  DEFAULT_SYMBOLS,
  type EaEvent,
  findSymbol,
  mergeTicks,
  type NativeEvent,
  Random,
  randomWalk,
  readTickFile,
  SimulatedBroker,
  symbolOfFile,
} from '@ngtb/ea-sim'
import { type RunFile, readEnvironment, SETTINGS } from '@ngtb/server/settings'
import { Misuse } from './failures.ts'
import { ACTOR, withLedger } from './ledger.ts'
import { remark } from './output.ts'
import { nativeEa, plainEa, type SimEa, type SimEaOptions } from './sim-ea.ts'

export interface FleetPlan {
  logins: string[]
  url: string
  /** The server of this directory, where the ledger can make keys. */
  local: RunFile | null
  keys: ReadonlyMap<string, MadeKey>
  broker: string
  symbols: string[]
  ticksPerSec: number
  /** A file to replay instead of a random walk. */
  ticks?: string | undefined
  speed: number
  native: boolean
  journal?: string | undefined
}

export interface MadeKey {
  key_id: string
  api_key: string
}

export function symbolsOf({ symbols, ticks }: { symbols: string; ticks?: string }): string[] {
  const wanted =
    ticks === undefined ? symbols.split(',').map((name) => name.trim().toUpperCase()) : [symbolOfFile(ticks)]
  const unknown = wanted.find((name) => findSymbol(name) === undefined)
  if (unknown !== undefined)
    throw new Misuse(
      `The simulated broker does not trade ${unknown}. It has: ${DEFAULT_SYMBOLS.map((spec) => spec.symbol).join(', ')}.`,
    )
  return wanted
}

/** A known login never gets its key again by connecting: on the local ledger each run makes one, and ends it. */
export async function keysOf(
  logins: string[],
  local: RunFile | null,
  broker: string,
): Promise<Map<string, MadeKey>> {
  const keys = new Map<string, MadeKey>()
  if (local === null) return keys
  await withLedger(async ({ services }) => {
    for (const account of logins) {
      const desk = await services.desks.enrol(account, broker, ACTOR)
      const wanted = { account_id: desk.account_id, scopes: ['ea:session'] as const, label: 'ngtb sim' }
      const { row, api_key } = await services.keys.create(wanted, ACTOR)
      keys.set(account, { key_id: row.key_id, api_key })
    }
  })
  return keys
}

export async function forget(keys: Iterable<MadeKey>): Promise<void> {
  const made = [...keys]
  if (made.length === 0) return
  await withLedger(async ({ services }) => {
    for (const { key_id } of made) await services.keys.revoke(key_id, ACTOR)
  })
}

export function fleetOf(plan: FleetPlan): SimEa[] {
  const absent = absenceTeller(plan.url)
  return plan.logins.map((account, at) => {
    const options = optionsOf(plan, account, at)
    return plan.native
      ? nativeEa({
          ...options,
          journal_path: journalOf(plan, account),
          onEvent: nativeTeller(account, absent),
        })
      : plainEa({ ...options, onEvent: absent })
  })
}

function optionsOf(plan: FleetPlan, account: string, at: number): SimEaOptions {
  const api_key = plan.keys.get(account)?.api_key
  return {
    account,
    url: plan.url,
    ...(plan.local === null ? {} : { ports: plan.local.ports }),
    broker_name: plan.broker,
    // A broker of another day: its tickets were never seen before, whatever an earlier run has left in the ledger.
    broker: new SimulatedBroker({ ticket_start: Date.now() }),
    ...(api_key === undefined ? {} : { api_key }),
    ...(plan.ticks === undefined
      ? { ticks: walk(plan.symbols, at, plan.ticksPerSec), endless: true }
      : { ticks: readTickFile(plan.ticks), speed: plan.speed }),
  }
}

/** The folder is a part of what binds a journal: each login has one of its own. */
function journalOf({ journal }: FleetPlan, account: string): string {
  const data_dir = readEnvironment().NGTB_DATA_DIR || SETTINGS.NGTB_DATA_DIR.default
  return journal ?? join(data_dir, 'sim', account, 'journal.log')
}

function walk(symbols: string[], seed: number, per_sec: number) {
  const start_ms = Date.now()
  return mergeTicks(
    DEFAULT_SYMBOLS.filter((spec) => symbols.includes(spec.symbol)).map((spec, at) =>
      randomWalk({ spec, random: new Random(seed * 1_000 + at), start_ms, interval_ms: 1_000 / per_sec }),
    ),
  )
}

/** Says once that nobody is there: the EAs go on trying, and that must not look like work. */
function absenceTeller(url: string): (event: EaEvent | NativeEvent) => void {
  let over = false
  return (event) => {
    if (event.type === 'connected') over = true
    // A refusal by a server begins with the endpoint's name and a status; this one never got that far.
    if (over || event.type !== 'request_failed' || !event.cause.includes('ECONNREFUSED')) return
    over = true
    remark(`no server at ${url}, trying again (start one: npx ngtb start)`)
  }
}

const NATIVE_WORDS: Partial<Record<NativeEvent['type'], string>> = {
  standby: 'another EA owns the account: waiting until its lease of 15 s ends, then taking over',
  copy: 'this journal is a copy or an old image: a new one is begun, the old one is kept beside it',
  fenced: 'another EA has taken the account over',
  halted: 'the journal can not be written: nothing is executed until it can',
}

function nativeTeller(account: string, absent: (event: NativeEvent) => void): (event: NativeEvent) => void {
  let last = ''
  return (event) => {
    absent(event)
    const word = NATIVE_WORDS[event.type]
    if (event.type === 'connected') last = ''
    if (word === undefined || word === last) return
    last = word
    remark(`login ${account}: ${word}`)
  }
}
