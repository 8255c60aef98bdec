// `ngtb audit …`: is the ledger what its own history says (P13), and what a person keeps elsewhere to know it.
import { writeFileSync } from 'node:fs'
import type { Ledger } from '@ngtb/server'
import type { Command } from 'commander'
import { type Kept, keptHeads } from './audit-anchor.ts'
import { EXIT, NotHeld } from './failures.ts'
import { withLedger } from './ledger.ts'
import { collect, group, login, subcommand } from './options.ts'
import { count, type Json, moment, say, table } from './output.ts'
import { progress } from './progress.ts'

const SYSTEM = 'system'

export function auditCommands(program: Command): void {
  const audit = group(program, 'audit', 'The audit trail', 'audit verify')
  subcommand(
    audit,
    'verify',
    'Check the hash chain of every account, and rows against events',
    'audit verify --anchor anchor.json',
  )
    .option('--account <login>', `of one account alone; "${SYSTEM}": the system's own chain`, chainName)
    .option(
      '--anchor <file or hash>',
      'a file of `audit anchor`, or the hash of an event, that was kept elsewhere; may be repeated',
      collect,
    )
    .action(verify)
  subcommand(
    audit,
    'anchor',
    'The heads of the chains now, to be kept where nobody who can change the ledger can change them',
    'audit anchor --out /media/stick/anchor.json',
  )
    .option('--account <login>', `of one account alone; "${SYSTEM}": the system's own chain`, chainName)
    .option('--out <file>', 'write them there, for `audit verify --anchor`; a file that is there is kept')
    .action(anchor)
}

const chainName = (text: string) => (text.toLowerCase() === SYSTEM ? SYSTEM : login(text))

/** @returns undefined: all of them */
async function chainOf({ services }: Ledger, name: string | undefined): Promise<number | undefined> {
  if (name === undefined) return undefined
  if (name === SYSTEM) return 0
  const account = await services.store.accountByNumber(name)
  if (!account) throw new NotHeld(`There is no account with the login ${name}.`, 'npx ngtb account list')
  return account.account_id
}

interface VerifyAsked extends Json {
  account?: string
  anchor?: string[]
}

async function verify(options: VerifyAsked): Promise<void> {
  const kept = keptHeads(options.anchor ?? [])
  await withLedger(async (ledger) => {
    const account_id = await chainOf(ledger, options.account)
    const bar = progress('Checking events', 0)
    const verdict = await ledger.verify({
      account_id,
      ...kept,
      onProgress: (done, total) => bar.set(done, total),
    })
    bar.end()
    const { accounts, events, problems, problem_count } = verdict
    const numbers = new Map(
      (await ledger.services.store.accounts()).map((account) => [account.account_id, account.account_number]),
    )
    const named = problems.map((problem) => ({
      ...problem,
      account_number: numbers.get(problem.account_id) ?? null,
    }))
    const whole = problem_count === 0
    say(options, { whole, accounts, events, problem_count, problems: named }, () =>
      whole ? wholeText(verdict, kept) : brokenText(named, problem_count),
    )
    if (!whole) process.exitCode = EXIT.not_held
  })
}

function wholeText({ accounts, events }: Awaited<ReturnType<Ledger['verify']>>, kept: Kept): string {
  const held = kept.anchors.length + kept.hashes.length
  const chains = accounts === 1 ? '1 chain' : `${accounts} chains`
  return [
    `The audit trail is whole: ${count(events)} events of ${chains}, and every row is what they say.`,
    held > 0
      ? `It holds ${held === 1 ? 'the head' : `all ${held} heads`} that you kept.`
      : 'Against somebody who rewrites or cuts whole chains, keep their heads elsewhere: npx ngtb audit anchor.',
  ].join('\n')
}

type Named = Awaited<ReturnType<Ledger['verify']>>['problems'][number] & { account_number: string | null }

const brokenText = (problems: readonly Named[], all: number) =>
  [
    `The audit trail is BROKEN: ${count(all)} problem${all === 1 ? '' : 's'}.`,
    '',
    table(
      ['account_id', 'login', 'event', 'what'],
      problems.map((problem) => [
        problem.account_id,
        problem.account_number ?? SYSTEM,
        problem.audit_no ?? problem.subject,
        problem.reason,
      ]),
    ),
    ...(all > problems.length ? [`… and ${count(all - problems.length)} more.`] : []),
    '',
    'Keep the database as it is, and compare it with a backup: somebody changed rows behind the server.',
  ].join('\n')

async function anchor(options: Json & { account?: string; out?: string }): Promise<void> {
  await withLedger(async (ledger) => {
    const anchors = await ledger.anchors(await chainOf(ledger, options.account))
    const kept = { made_at: anchors[0]?.at ?? null, anchors }
    // Never over an older one: it is the older that finds what was rewritten since.
    if (options.out !== undefined)
      writeFileSync(options.out, `${JSON.stringify(kept, null, 2)}\n`, { flag: 'wx' })
    say(options, { ...kept, file: options.out ?? null }, () =>
      [
        table(
          ['account_id', 'login', 'events', 'seq', 'hash of the last'],
          anchors.map((one) => [
            one.account_id,
            one.account_number ?? SYSTEM,
            one.audit_no,
            one.seq,
            one.hash,
          ]),
        ),
        '',
        `${moment(kept.made_at)} UTC. ${options.out === undefined ? 'With --out FILE they are written down.' : `Written to ${options.out}.`}`,
        'Keep it on another machine, on paper, in a mail to somebody: later, npx ngtb audit verify --anchor FILE|HASH',
        'finds a chain that was rewritten whole or cut at its end, which no look at the ledger alone can find.',
      ].join('\n'),
    )
  })
}
