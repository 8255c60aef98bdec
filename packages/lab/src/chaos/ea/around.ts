// Around each effect of the EA: where the process dies, or stands still, by the contract's K10 … K15.
import { openSync, writeSync } from 'node:fs'
import { type Effect, type EffectResult, encodeRecords, type JournalRecord } from '@ngtb/ea-sim'
import type { RemoteBroker } from '../broker/remote-port.ts'
import type { EaCrash } from './crash.ts'

export interface AroundParts {
  readonly crash: EaCrash
  readonly broker: RemoteBroker
  readonly journal_path: string
}

type Around = (effect: Effect, perform: () => Promise<EffectResult>) => Promise<EffectResult>

/** The records of an append name the types; of an order's command the type was named by its intent. */
export function aroundEffects({ crash, broker, journal_path }: AroundParts): Around {
  const types = new Map<string, string>()
  return async (effect, perform) => {
    if (effect.kind === 'append') {
      const { intents, results } = namesOf(effect.records)
      for (const record of effect.records)
        if (record.kind === 'intent') types.set(record.command.id, record.command.type)
      if (crash.isHere('K11', intents)) {
        tear(journal_path, effect.records)
        await crash.strike()
      }
      const done = await perform()
      await crash.at('K12', intents)
      await crash.at('K15', results)
      return done
    }
    if (effect.kind !== 'order') return perform()
    const type = types.get(effect.request.command_id)
    const named = type === undefined ? [] : [type]
    if (crash.isHere('K13', named)) {
      if (!crash.stands) await broker.shout(effect.request)
      await crash.strike()
    }
    const done = await perform()
    await crash.at('K14', named)
    return done
  }
}

/** What is not kept in the journal leaves only its number there: any type may be meant. */
const ANY = '*'

function namesOf(records: readonly JournalRecord[]): { intents: string[]; results: string[] } {
  const intents: string[] = []
  const results: string[] = []
  for (const record of records) {
    if (record.kind === 'intent') intents.push(record.command.type)
    if (record.kind === 'seen') results.push(ANY)
    if ('response' in record) results.push(record.type)
  }
  return { intents, results }
}

/** The first half of what should be written: a process that dies in the middle of it (K11). */
function tear(path: string, records: readonly JournalRecord[]): void {
  const text = encodeRecords(records)
  writeSync(openSync(path, 'a'), text.slice(0, text.length / 2), null, 'latin1')
}
