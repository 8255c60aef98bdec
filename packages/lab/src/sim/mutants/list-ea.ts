// Planted bugs of the native EA: the server can be right and still not be safe.
import { asleep, both, copied, damaged, handedOver } from './days.ts'
import type { Mutant } from './mutant.ts'

const NATIVE = 'packages/ea-sim/src/model/native'

export const EA_MUTANTS: readonly Mutant[] = [
  {
    name: 'journal-lost',
    rule: 'P3',
    seeds_max: 2_000,
    edits: [
      {
        file: `${NATIVE}/codec.ts`,
        find: 'records.push(record)',
        replace: "if (record.kind === 'opened' || record.kind === 'epoch') records.push(record)",
      },
    ],
  },
  {
    name: 're-execute-an-intent',
    rule: 'P3',
    seeds_max: 1_000,
    edits: [
      {
        file: `${NATIVE}/dispatch.ts`,
        find: 'return recipe === null ? null : goOn(job, recipe, office, started)',
        replace:
          'return recipe === null ? null : carryOut({ ...job, deadline: { from: started, heard: started, ttl_ms: 5_000 } }, recipe, office)',
      },
    ],
  },
  {
    name: 'resend-on-ambiguous-retcode',
    rule: 'P3',
    seeds_max: 100,
    edits: [
      {
        file: `${NATIVE}/classify.ts`,
        find: "return kind === 'done' ? 'ambiguous' : kind",
        replace: "return kind === 'done' || kind === 'ambiguous' ? 'transient' : kind",
      },
    ],
  },
  {
    name: 'order-before-its-intent',
    rule: 'P3',
    seeds_max: 5_000,
    days: damaged,
    edits: [
      {
        file: `${NATIVE}/flow-order.ts`,
        find: 'office.record(intentOf(job, false, course.compare)) // step 5\n  yield* flush()',
        replace: 'office.record(intentOf(job, false, course.compare)) // step 5',
      },
    ],
  },
  {
    name: 'damage-read-as-absence',
    rule: 'P3',
    seeds_max: 2_000,
    theme: 'rot',
    edits: [
      {
        file: `${NATIVE}/startup.ts`,
        find: "if (this.#damage !== 'none') this.#office.record",
        replace: "if (this.#damage !== 'none' && boot_id === '') this.#office.record",
      },
    ],
  },
  {
    name: 'copy-trusted-after-a-restart',
    rule: 'P3',
    seeds_max: 200,
    theme: 'copied at work',
    edits: [
      {
        file: `${NATIVE}/startup.ts`,
        find: 'const restarted = journal.boot_id !== boot_id',
        replace: "const restarted = boot_id === ''",
      },
    ],
  },
  {
    name: 'compare-and-set-ignored',
    rule: 'P3',
    seeds_max: 300,
    theme: 'parts',
    edits: [
      {
        file: `${NATIVE}/recipes/close.ts`,
        find: 'if (sameVolume(volume, wanted.expected_volume, volume_step))',
        replace: 'if (volume > 0)',
      },
    ],
  },
  {
    name: 'ttl-from-receipt',
    rule: 'P5',
    seeds_max: 500,
    edits: [
      {
        file: `${NATIVE}/native-ea.ts`,
        find: 'this.#parts.inbox.receive(received, sent)',
        replace: 'this.#parts.inbox.receive(received, now)',
      },
    ],
  },
  {
    name: 'wall-clock-ignored-in-the-deadline',
    rule: 'P5',
    seeds_max: 3_000,
    days: asleep,
    edits: [
      {
        file: `${NATIVE}/stamp.ts`,
        find: 'Math.max(0, now.mono_ms - from.mono_ms, now.wall_ms - from.wall_ms)',
        replace: 'Math.max(0, now.mono_ms - from.mono_ms)',
      },
    ],
  },
  {
    name: 'monotonic-clock-ignored-in-the-deadline',
    rule: 'P5',
    seeds_max: 300,
    theme: 'clock set back',
    edits: [
      {
        file: `${NATIVE}/stamp.ts`,
        find: 'Math.max(0, now.mono_ms - from.mono_ms, now.wall_ms - from.wall_ms)',
        replace: 'Math.max(0, now.wall_ms - from.wall_ms)',
      },
    ],
  },
  {
    name: 'no-settle-wait',
    rule: 'P7',
    seeds_max: 300,
    edits: [
      {
        file: `${NATIVE}/office.ts`,
        find: '>= this.settings.settle_ms\n  }\n\n  /** Monotonic time since a record',
        replace: '>= 0\n  }\n\n  /** Monotonic time since a record',
      },
    ],
  },
  {
    // A delivery that comes so late is past its deadline, too (P5): seen at the disk, not at the broker.
    name: 'no-tombstone',
    rule: 'P7',
    seeds_max: 200,
    theme: 'late deliveries',
    edits: [
      {
        file: `${NATIVE}/flow-probe.ts`,
        find: 'if (office.journal.entry(asked.id)?.final == null) bury({ command: asked, deadline: null }, office)\n  yield* tellFinal(job, office, asked.id)',
        replace:
          "yield* answer(job, office, 'completed', 'state', { outcome: 'not_executed', evidence: 'tombstone' })",
      },
    ],
  },
  {
    name: 'generation-ignored',
    rule: 'P12',
    seeds_max: 1_000,
    edits: [
      {
        file: `${NATIVE}/flow-order.ts`,
        find: 'if (generation > command.command_no) return',
        replace: 'if (generation < 0) return',
      },
    ],
  },
  {
    name: 'older-modify-sent-after-a-newer',
    rule: 'P12',
    seeds_max: 300,
    theme: 'levels',
    edits: [
      {
        file: `${NATIVE}/flow-order.ts`,
        find: 'return newest > command.command_no ? newest : 0',
        replace: 'return newest < 0 ? newest : 0',
      },
    ],
  },
  {
    name: 'no-wait-for-the-original-of-a-copy',
    rule: 'P7',
    seeds_max: 10_000,
    days: both(copied, handedOver),
    edits: [
      {
        file: `${NATIVE}/flow-settle.ts`,
        find: 'command.command_no > journal.twin_to) return false',
        replace: 'command.command_no > 0) return false',
      },
    ],
  },
  {
    name: 'close-read-while-another-is-on-its-way',
    rule: 'P3',
    seeds_max: 500,
    theme: 'crossing',
    edits: [
      {
        file: `${NATIVE}/flow-settle.ts`,
        find: 'const trusted = on_its_way ? settled && !past : settled || !past',
        replace: 'const trusted = settled || (!on_its_way && !past)',
      },
    ],
  },
]
