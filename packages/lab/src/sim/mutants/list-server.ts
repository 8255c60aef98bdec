// Planted bugs of core and services.
import { both, meddled, patient, plain, two, wentBack } from './days.ts'
import type { Mutant } from './mutant.ts'

const CORE = 'packages/core/src'
const SERVICES = 'packages/server/src/services'

export const SERVER_MUTANTS: readonly Mutant[] = [
  {
    name: 'ack-before-commit',
    rule: 'P1',
    seeds_max: 100,
    edits: [
      {
        file: `${SERVICES}/desk.ts`,
        find: 'return { result, committed: this.#commit(step, state) }',
        replace:
          'void this.#commit(step, state).catch(() => {})\n    return { result, committed: Promise.resolve() }',
      },
    ],
  },
  {
    name: 'orphan-results-dropped',
    rule: 'P1',
    seeds_max: 2_000,
    days: wentBack,
    edits: [{ file: `${SERVICES}/command-answers.ts`, find: 'step.saveOrphan(orphan)\n', replace: '\n' }],
  },
  {
    name: 'no-idempotency-key',
    rule: 'P2',
    seeds_max: 100,
    edits: [
      {
        file: `${SERVICES}/commands.ts`,
        find: 'const existing = await this.#known(step, wanted.command_id)',
        replace: 'const existing = null as Command | null',
      },
    ],
  },
  {
    name: 'another-body-under-the-same-key',
    rule: 'P2',
    seeds_max: 500,
    edits: [
      {
        file: `${SERVICES}/commands.ts`,
        find: 'if (existing.fingerprint !== fingerprint)',
        replace: 'if (existing.fingerprint === "")',
      },
    ],
  },
  {
    name: 'open-to-another-journal',
    rule: 'P3',
    seeds_max: 3_000,
    days: two,
    edits: [
      {
        file: `${CORE}/commands/delivery.ts`,
        find: "case 'compare':\n    case 'never':\n      return false",
        replace: "case 'compare':\n    case 'never':\n      return true",
      },
      {
        file: `${CORE}/commands/lifecycle.ts`,
        find: "if (event.kind === 'delivered' && delivered && once && !sameJournal(command, event)) return no",
        replace: '',
      },
    ],
  },
  {
    name: 'plain-open-handed-out-twice',
    rule: 'P3',
    seeds_max: 20_000,
    days: both(plain, patient),
    edits: [
      {
        file: `${CORE}/commands/delivery.ts`,
        find: 'if (!isNative(command) && to.journal_id === null) return COMMANDS[command.type].idempotent',
        replace: 'if (!isNative(command) && to.journal_id === null) return true',
      },
      {
        file: `${CORE}/commands/lifecycle.ts`,
        find: "if (event.kind === 'delivered' && delivered && once && !sameJournal(command, event)) return no",
        replace: '',
      },
    ],
  },
  {
    name: 'pop-on-delivery',
    rule: 'P4',
    seeds_max: 100,
    edits: [
      {
        file: `${CORE}/commands/deadlines.ts`,
        find: "if (command.status === 'executing')\n    return give_up === null",
        replace:
          "if (command.status === 'executing' && native) return null\n  if (command.status === 'executing')\n    return give_up === null",
      },
    ],
  },
  {
    name: 'unknown-outcome-never-asked-about',
    rule: 'P6',
    seeds_max: 500,
    edits: [
      {
        file: `${CORE}/commands/probes.ts`,
        find: "if (command.type === 'PROBE' || expires_at === null || give_up === null) return null",
        replace: 'if (command.created_at > 0 || expires_at === null || give_up === null) return null',
      },
    ],
  },
  {
    // Server and EA both wait: only without both is it seen.
    name: 'asked-and-answered-before-it-settled',
    rule: 'P6',
    seeds_max: 1_000,
    theme: 'slow relay',
    edits: [
      {
        file: `${CORE}/commands/deadlines.ts`,
        find: 'command.expires_at === null ? null : command.expires_at + policy.settle_ms + 2 * policy.poll_interval_ms',
        replace: 'command.expires_at === null ? null : command.expires_at',
      },
      {
        file: 'packages/ea-sim/src/model/native/flow-probe.ts',
        find: 'if (seen === null || !office.isSettled(office.started, began, seen)) return yield* unknownYet(job, office)',
        replace: 'if (seen === null || began.mono_ms < 0) return yield* unknownYet(job, office)',
      },
    ],
  },
  {
    name: 'timeout-called-failed',
    rule: 'P7',
    seeds_max: 300,
    edits: [
      {
        file: `${CORE}/commands/lifecycle.ts`,
        find: "note: 'outcome_unknown',",
        replace: "note: 'outcome_unknown', status: 'failed',",
      },
    ],
  },
  {
    name: 'expired-though-handed-out',
    rule: 'P7',
    seeds_max: 300,
    edits: [
      {
        file: `${CORE}/commands/deadlines.ts`,
        find: ": unknown('its EA did not tell what became of it, and its time to live and to settle ended')",
        replace:
          ": { kind: 'refused', at: now, refusal: { response: {}, error: 'expired', retcode: null, safe_to_retry: true } }",
      },
    ],
  },
  {
    name: 'list-closes-what-it-could-not-know',
    rule: 'P8',
    seeds_max: 300,
    theme: 'lists',
    edits: [
      {
        file: `${CORE}/trades/reconcile-plain.ts`,
        find: 'const missing = missingIn(facts, isNewer)',
        replace: 'const missing = missingIn(facts, () => false)',
      },
    ],
  },
  {
    name: 'no-epoch-fence',
    rule: 'P9',
    seeds_max: 500,
    edits: [
      {
        file: `${SERVICES}/ea-session.ts`,
        find: 'if (!isOwner(session, connection, account))',
        replace: 'if (account.epoch < 0)',
      },
    ],
  },
  {
    name: 'two-owners',
    rule: 'P9',
    seeds_max: 200,
    days: two,
    edits: [
      {
        file: `${CORE}/connections/ownership.ts`,
        find: 'const other = lease_until !== null && now < lease_until && ownership.owner_journal_id !== hello.journal_id',
        replace:
          'const other = lease_until !== null && now < 0 && ownership.owner_journal_id !== hello.journal_id',
      },
    ],
  },
  {
    name: 'a-refusal-counts-while-another-terminal-has-it',
    rule: 'P7',
    seeds_max: 10_000,
    theme: 'relay of closes',
    edits: [
      {
        file: `${SERVICES}/command-answers.ts`,
        find: '(await this.#heldElsewhere(step, command, session))',
        replace: 'false',
      },
    ],
  },
  {
    name: 'opens-below-a-stop-stay-due',
    rule: 'P12',
    seeds_max: 5_000,
    edits: [
      {
        file: `${SERVICES}/command-booking.ts`,
        find: 'if (step.state.connection.protocol === 2)\n      step.saveGeneration({ scope: scopeName(scope), ...scope, command_no: stop.command_no })',
        replace: '',
      },
      {
        file: `${SERVICES}/command-booking.ts`,
        find: 'if (isShutOut(command) && command.attempt === 0 && covers(scope, scopeOf(command)))',
        replace: 'if (command.attempt < 0 && covers(scope, scopeOf(command)) && isShutOut(command))',
      },
    ],
  },
  {
    name: 'oldest-first-whatever-the-priority',
    rule: 'P12',
    seeds_max: 300,
    edits: [
      {
        file: `${CORE}/commands/delivery.ts`,
        find: 'b.priority - a.priority || a.command_no - b.command_no',
        replace: 'a.command_no - b.command_no',
      },
    ],
  },
  {
    name: 'a-move-without-an-audit-event',
    rule: 'P13',
    seeds_max: 100,
    edits: [
      {
        file: `${SERVICES}/command-moves.ts`,
        find: 'step.audit(`command.',
        replace: "if (event.kind !== 'lease_expired') step.audit(`command.",
      },
    ],
  },
  {
    name: 'chain-not-linked',
    rule: 'P13',
    seeds_max: 50,
    edits: [
      { file: `${SERVICES}/step.ts`, find: 'prev_hash: audit_hash,', replace: "prev_hash: '0'.repeat(64)," },
    ],
  },
  {
    name: 'contended-account-opens',
    rule: 'P14',
    seeds_max: 500,
    days: two,
    edits: [
      {
        file: `${CORE}/connections/ownership.ts`,
        find: 'if (ownership.contended_until !== null && now < ownership.contended_until)',
        replace: 'if (ownership.contended_until !== null && now < 0)',
      },
    ],
  },
  {
    name: 'opens-before-the-replay',
    rule: 'P14',
    seeds_max: 3_000,
    days: wentBack,
    edits: [
      {
        file: `${CORE}/connections/ownership.ts`,
        find: 'if (ownership.replaying)',
        replace: 'if (ownership.replaying && now < 0)',
      },
    ],
  },
  {
    name: 'commands-of-other-accounts',
    rule: 'P15',
    seeds_max: 1_000,
    days: meddled,
    edits: [
      {
        file: `${SERVICES}/command-moves.ts`,
        find: 'const stored = await this.#ctx.store.command(step.account.account_id, command_id)',
        replace:
          'const [owner] = await this.#ctx.store.commandOwners(command_id)\n    const stored = owner === undefined ? null : await this.#ctx.store.command(owner, command_id)',
      },
    ],
  },
  {
    name: 'pushed-before-the-first-word',
    rule: 'P9',
    seeds_max: 2_000,
    theme: 'copies',
    edits: [
      {
        file: `${SERVICES}/ea-session.ts`,
        find: 'journals.get(journal_id)?.confirmed === true',
        replace: 'journals.has(journal_id)',
      },
    ],
  },
  {
    name: 'a-standby-renews-the-lease',
    rule: 'P6',
    seeds_max: 10_000,
    theme: 'slow relay',
    edits: [
      {
        file: `${SERVICES}/command-answers.ts`,
        find: "if (status === 'progress') return !mine || !isOwner(session, step.state.connection, step.account)",
        replace: "if (status === 'progress') return false",
      },
    ],
  },
  {
    name: 'failed-from-aside-counts',
    rule: 'P7',
    seeds_max: 10_000,
    theme: 'relay of closes',
    edits: [
      {
        file: `${SERVICES}/command-answers.ts`,
        find: "COMMANDS[command.type].resend !== 'never' && !(mine",
        replace: "COMMANDS[command.type].resend === 'repeat' && !(mine",
      },
      // Either guard alone holds: from aside is also from a terminal that the command left.
      {
        file: `${SERVICES}/command-answers.ts`,
        find: '(await this.#heldElsewhere(step, command, session))',
        replace: 'false',
      },
    ],
  },
  {
    name: 'superseded-handed-out-again',
    rule: 'P12',
    seeds_max: 10_000,
    theme: 'put back',
    edits: [
      {
        file: `${CORE}/commands/delivery.ts`,
        find: 'if (command.superseded_by !== null) return false',
        replace: '',
      },
    ],
  },
  {
    name: 'asked-early-by-the-note-of-another-clock',
    rule: 'P7',
    seeds_max: 1_000,
    theme: 'relay under a jumping clock',
    edits: [
      {
        file: `${CORE}/commands/probes.ts`,
        find: 'return Math.max(next_probe_at, firstProbeAt(command, policy, began_at) ?? 0)',
        replace: 'return next_probe_at',
      },
    ],
  },
  {
    name: 'asked-early-by-a-clock-that-jumped',
    rule: 'P7',
    seeds_max: 300,
    theme: 'relay under a jumping clock',
    edits: [
      {
        file: `${CORE}/commands/probes.ts`,
        find: 'return sent_at === null || sent_at >= began_at ? give_up : give_up + Math.max(0, began_at - sent_at)',
        replace: 'return give_up + 0 * began_at',
      },
    ],
  },
]
