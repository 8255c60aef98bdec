// State at a moment, rebuilt from events alone (P13), and where it departs from the rows of today.
//
//   Z1. Nothing but events is read for the state; the rows are read for the comparison, at the same moment (H1).
//   Z2. A moment in the past: what departs has changed since. All of it: what departs was changed behind the server.
import {
  COMMAND_FIELDS,
  commandImage,
  differences,
  foldAccount,
  heldOfCommand,
  heldOfOrder,
  heldOfTrade,
  type Image,
  isBehind,
  isUnsettled,
  newAccountImage,
  orderImage,
  SubjectFold,
  tradeImage,
  type Until,
} from '@ngtb/core'
import type { Account, Ids, LoadedAccount, Snapshot, Store, StoredAudit } from '../ports.ts'
import { rowSections, rowsBeside, type Section, type Sections, toldSections } from './audit-account.ts'
import { AUDIT_PAGE } from './audit-chain.ts'

export interface Departure {
  /** command, trade, account, journal, … */
  readonly what: string
  readonly subject: string | null
  /** Null: it is missing on one side. */
  readonly field: string | null
  readonly told: unknown
  readonly is: unknown
}

export interface CommandReplay {
  readonly events: number
  /** The last event that was folded. */
  readonly last: StoredAudit | null
  /** Null: it was not there yet. */
  readonly state: Image | null
  readonly departures: readonly Departure[]
}

/** @returns null when neither an event nor a row knows of it */
export const replayCommand = (
  store: Store,
  account_id: number,
  command_id: string,
  until: Until,
): Promise<CommandReplay | null> =>
  store.snapshot(async (at) => {
    const fold = new SubjectFold()
    let told = 0
    let events = 0
    let last: StoredAudit | null = null
    for await (const event of eventsAbout(at, account_id, command_id)) {
      told += 1
      if (isBehind(event, until)) break
      if (!fold.add(event)) continue
      events += 1
      last = event
    }
    const [row] = await at.commandsAmong(account_id, [command_id])
    if (told === 0 && !row) return null
    const is = row ? commandImage(row) : null
    const { command: state } = fold
    const departures = departuresOf('command', command_id, { told: state, is }, heldOfCommand(state ?? {}))
    return { events, last, state, departures }
  })

async function* eventsAbout(at: Snapshot, account_id: number, subject: string): AsyncIterable<StoredAudit> {
  let after_no = 0
  for (;;) {
    const page = await at.auditAbout(account_id, subject, after_no, AUDIT_PAGE)
    yield* page
    after_no = page.at(-1)?.audit_no ?? 0
    if (page.length < AUDIT_PAGE) return
  }
}

function departuresOf(
  what: string,
  subject: string | null,
  { told, is }: { told: Image | null; is: Image | null },
  fields: readonly string[] = COMMAND_FIELDS,
): Departure[] {
  if (told && is) return differences(told, is, fields).map((difference) => ({ what, subject, ...difference }))
  return told === is ? [] : [{ what, subject, field: null, told: told !== null, is: is !== null }]
}

export interface AccountReplay {
  readonly events: number
  readonly last: StoredAudit | null
  /** By kind: heads and link, journals, generations, strategies, orphans, keys, unsettled commands, open trades. */
  readonly sections: Sections
  /** How many commands had which status. */
  readonly commands_by_status: Readonly<Record<string, number>>
  readonly departures: readonly Departure[]
}

export const replayAccount = (
  store: Store,
  ids: Ids,
  account: Account,
  until: Until,
): Promise<AccountReplay | null> =>
  store.snapshot(async (at) => {
    const { account_id } = account
    const loaded = await at.load(account_id)
    if (!loaded) return null
    const chain = await foldChain(at, account_id, until)
    const rows = await foldRows(at, account_id, chain.last?.seq ?? 0)
    const told = new Map([
      ...toldSections(chain.image, account_id),
      ['command', rows.commands] as const,
      ['trade', rows.trades] as const,
      ['order', rows.orders] as const,
    ])
    const beside = await rowsBeside(at, account_id)
    const is = new Map([
      ...rowSections({ loaded, ...beside, accounts: [] }, ids),
      ...(await rowsNow(at, loaded, rows)),
    ])
    return {
      events: chain.events,
      last: chain.last,
      sections: told,
      commands_by_status: rows.by_status,
      departures: [...told].flatMap(([what, section]) => sectionDepartures(what, section, is.get(what))),
    }
  })

async function foldChain(at: Snapshot, account_id: number, until: Until) {
  const image = newAccountImage()
  let last: StoredAudit | null = null
  let events = 0
  for (;;) {
    const page: StoredAudit[] = await at.auditChain(account_id, last?.audit_no ?? 0, AUDIT_PAGE)
    for (const event of page) {
      if (isBehind(event, until)) return { image, last, events }
      foldAccount(image, event)
      last = event
      events += 1
    }
    if (page.length < AUDIT_PAGE) return { image, last, events }
  }
}

interface FoldedRows {
  readonly commands: Map<string, Image>
  readonly trades: Map<string, Image>
  readonly orders: Map<string, Image>
  readonly by_status: Record<string, number>
}

/**
 * Subject by subject, so that only what was open then is kept.
 * @param to_seq the last event of the account that counts
 */
async function foldRows(at: Snapshot, account_id: number, to_seq: number): Promise<FoldedRows> {
  const rows: FoldedRows = { commands: new Map(), trades: new Map(), orders: new Map(), by_status: {} }
  let after: StoredAudit | null = null
  let fold = new SubjectFold()
  const ended = (subject: string | null | undefined) => {
    const { command, trade, order } = fold
    if (command) {
      const status = String(command.status)
      rows.by_status[status] = (rows.by_status[status] ?? 0) + 1
    }
    if (subject && command && isUnsettled(command)) rows.commands.set(subject, command)
    if (subject && trade?.status === 'open') rows.trades.set(subject, trade)
    if (subject && order?.over_by === null) rows.orders.set(subject, order)
    fold = new SubjectFold()
  }
  for (;;) {
    const page: StoredAudit[] = await at.auditBySubject(account_id, after, AUDIT_PAGE)
    for (const event of page) {
      if (event.subject !== after?.subject) ended(after?.subject)
      if (event.seq <= to_seq) fold.add(event)
      after = event
    }
    if (page.length < AUDIT_PAGE) break
  }
  ended(after?.subject)
  return rows
}

/** The rows of today: what is unsettled or open, and what became of that which was. */
async function rowsNow(
  at: Snapshot,
  { account, commands, trades, orders }: LoadedAccount,
  told: FoldedRows,
): Promise<[string, Section][]> {
  const { account_id } = account
  const were = await at.commandsAmong(account_id, [...told.commands.keys()])
  const were_open = await at.tradesAmong(account_id, [...told.trades.keys()])
  const were_waiting = await at.ordersAmong(account_id, [...told.orders.keys()])
  return [
    ['command', new Map([...were, ...commands].map((row) => [row.command_id, commandImage(row)]))],
    ['trade', new Map([...were_open, ...trades].map((row) => [row.ticket, tradeImage(row)]))],
    ['order', new Map([...were_waiting, ...orders].map((row) => [row.ticket, orderImage(row)]))],
  ]
}

/** The fields that are held to what was told; of most sections what was told is all that is compared. */
const HELD: Readonly<Record<string, (image: Image) => readonly string[]>> = {
  command: heldOfCommand,
  trade: heldOfTrade,
  order: heldOfOrder,
}

function sectionDepartures(what: string, told: Section, is: Section = new Map()): Departure[] {
  const names = new Set([...told.keys(), ...is.keys()])
  return [...names].flatMap((name) => {
    const image = told.get(name) ?? null
    const fields = image ? (HELD[what] ?? Object.keys)(image) : []
    return departuresOf(what, name === '' ? null : name, { told: image, is: is.get(name) ?? null }, fields)
  })
}
