// `ngtb audit verify`: is the ledger what its own history says (P13)?
import type { Command } from 'commander'
import { EXIT } from './failures.ts'
import { withLedger } from './ledger.ts'
import { group, subcommand } from './options.ts'
import { count, type Json, say, table } from './output.ts'
import { progress } from './progress.ts'

export function auditCommands(program: Command): void {
  const audit = group(program, 'audit', 'The audit trail', 'audit verify')
  subcommand(
    audit,
    'verify',
    'Check the hash chain of every account, and rows against events',
    'audit verify',
  ).action(verify)
}

async function verify(options: Json): Promise<void> {
  await withLedger(async (ledger) => {
    const bar = progress('Checking events', 0)
    const { accounts, events, problems } = await ledger.verify({
      onProgress: (done, total) => bar.set(done, total),
    })
    bar.end()
    const numbers = new Map(
      (await ledger.services.store.accounts()).map((account) => [account.account_id, account.account_number]),
    )
    const named = problems.map((problem) => ({
      ...problem,
      account_number: numbers.get(problem.account_id) ?? null,
    }))
    const whole = problems.length === 0
    say(options, { whole, accounts, events, problems: named }, () =>
      whole
        ? `The audit trail is whole: ${count(events)} events of ${accounts} chains, and every row is what they say.`
        : [
            `The audit trail is BROKEN: ${problems.length} problem${problems.length === 1 ? '' : 's'}.`,
            '',
            table(
              ['account_id', 'login', 'event', 'what'],
              named.map((problem) => [
                problem.account_id,
                problem.account_number ?? 'system',
                problem.audit_no ?? problem.subject,
                problem.reason,
              ]),
            ),
            '',
            'Keep the database as it is, and compare it with a backup: somebody changed rows behind the server.',
          ].join('\n'),
    )
    if (!whole) process.exitCode = EXIT.not_held
  })
}
