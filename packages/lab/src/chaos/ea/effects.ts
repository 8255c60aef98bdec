// Doing what NativeEa asks to be done: the disk, the cable to the trade server, the list for the server.
import type { Effect, EffectResult, JournalRecord, NativeEa, OrderRequest } from '@ngtb/ea-sim'
import { CableBroken, type RemoteBroker } from '../broker/remote-port.ts'
import type { EaCrash } from './crash.ts'
import type { JournalFile } from './journal-file.ts'

export interface EffectParts {
  readonly ea: NativeEa
  readonly journal: JournalFile
  readonly broker: RemoteBroker
  readonly crash: EaCrash
  /** Sends a full list of positions; true: the server took it. */
  sync(): Promise<boolean>
}

const OK: EffectResult = { kind: 'ok' }

export async function perform(effect: Effect, parts: EffectParts): Promise<EffectResult> {
  const { journal, broker } = parts
  switch (effect.kind) {
    case 'append':
      return append(effect.records, effect.durable, parts)
    case 'order':
      return order(effect.request, parts)
    case 'look':
      return orLost(async () => ({ kind: 'look', result: await broker.look(effect.query) }))
    case 'replace_journal':
      return { kind: 'replaced', journal_id: journal.replace() }
    case 'rewrite_journal':
      journal.rewrite(effect.records)
      return OK
    case 'sync':
      return (await parts.sync()) ? OK : { kind: 'lost', cause: 'the server did not take it' }
    case 'subscribe':
      return OK
  }
}

async function append(
  records: readonly JournalRecord[],
  durable: boolean,
  { journal, crash }: EffectParts,
): Promise<EffectResult> {
  const intents = records.flatMap((record) => (record.kind === 'intent' ? [record.command.type] : []))
  if (crash.isHere('K11', intents)) {
    journal.tear(records)
    await crash.strike()
  }
  journal.append(records, durable)
  await crash.at('K12', intents)
  return OK
}

async function order(request: OrderRequest, { broker, crash, ea }: EffectParts): Promise<EffectResult> {
  const type = ea.journal.entry(request.command_id)?.intent?.command.type
  const types = type === undefined ? [] : [type]
  if (crash.isHere('K13', types)) {
    if (!crash.stands) await broker.shout(request)
    await crash.strike()
  }
  const result = await orLost(async () => ({ kind: 'order', result: await broker.order(request) }))
  await crash.at('K14', types)
  return result
}

/** A cable that broke says nothing about what was asked through it. */
async function orLost(ask: () => Promise<EffectResult>): Promise<EffectResult> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof CableBroken)) throw error
    return { kind: 'lost', cause: error.message }
  }
}
