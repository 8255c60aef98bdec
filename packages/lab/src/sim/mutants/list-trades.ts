// Planted bugs of reconciliation: what a native EA's list may do (contract §7).
import { loading, netting } from './days.ts'
import type { Mutant } from './mutant.ts'

const CORE = 'packages/core/src'
const SERVICES = 'packages/server/src/services'

export const TRADE_MUTANTS: readonly Mutant[] = [
  {
    name: 'closed-at-the-first-absence',
    rule: 'R4',
    seeds_max: 300,
    days: loading,
    edits: [
      {
        file: `${CORE}/trades/reconcile-native.ts`,
        find: 'if (isOver(trade, snapshot, now)) {',
        replace: 'if (true) {',
      },
    ],
  },
  {
    name: 'closed-though-nobody-looked',
    rule: 'R4',
    seeds_max: 1_500,
    days: loading,
    edits: [
      {
        file: `${CORE}/trades/reconcile-native.ts`,
        find: 'absent_since !== null && now - absent_since > ABSENT_FOR_MS && not_found.has(ticket)',
        replace: 'absent_since !== null && now - absent_since > 0 * ABSENT_FOR_MS + 0 * not_found.size',
      },
    ],
  },
  {
    name: 'list-judges-what-is-newer',
    rule: 'P8',
    seeds_max: 3_000,
    days: loading,
    edits: [
      {
        file: `${CORE}/trades/reconcile-native.ts`,
        find: 'const isNewer = (trade: Trade) => trade.rev > snapshot.based_on_rev',
        replace: 'const isNewer = (trade: Trade) => trade.rev > Number.MAX_SAFE_INTEGER',
      },
    ],
  },
  {
    name: 'an-end-of-an-order-that-nobody-saw-is-not-told',
    rule: 'P7',
    seeds_max: 500,
    edits: [
      {
        file: 'packages/ea-sim/src/model/native/order-watch.ts',
        find: 'this.#ended_since_ms = Math.max(0, (newest_end ?? 0) - OVERLAP_MS)',
        replace: 'this.#ended_since_ms = Number.MAX_SAFE_INTEGER',
      },
    ],
  },
  {
    name: 'an-event-acknowledged-and-not-taken',
    rule: 'R9',
    seeds_max: 200,
    edits: [
      {
        file: `${SERVICES}/streams.ts`,
        find: 'const fresh = body.events.slice(verdict.skip)',
        replace: 'const fresh = body.events.slice(verdict.skip + (body.events.length > 1 ? 1 : 0))',
      },
    ],
  },
  {
    name: 'a-kind-of-event-is-not-known',
    rule: 'P10',
    seeds_max: 300,
    days: netting,
    edits: [
      {
        file: 'packages/protocol/src/streams.ts',
        find: '    changed: ChangedEvent,\n',
        replace: '',
      },
    ],
  },
  {
    name: 'a-stop-put-down-to-the-command',
    rule: 'R12',
    seeds_max: 1_000,
    edits: [
      {
        file: `${CORE}/trades/deal.ts`,
        find: "if (reason !== null && reason !== 'DEAL_REASON_EXPERT') return BY_REASON[reason]",
        replace:
          "if (reason !== null && reason !== 'DEAL_REASON_EXPERT' && !tagged) return BY_REASON[reason]",
      },
    ],
  },
  {
    name: 'late-events-of-an-earlier-process-taken',
    rule: 'R9',
    seeds_max: 5_000,
    edits: [
      {
        file: `${SERVICES}/streams.ts`,
        find: 'if (journal.epoch !== epoch)',
        replace: 'if (journal.epoch < epoch)',
      },
    ],
  },
]
