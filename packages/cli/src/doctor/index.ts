// `ngtb doctor`: looks at everything that can stand in the way, and says the remedy for each.
import { ConfigError, readConfig, readEnvironment, readRunFile } from '@ngtb/server'
import type { Command } from 'commander'
import { EXIT } from '../failures.ts'
import { subcommand } from '../options.ts'
import { type Json, say } from '../output.ts'
import { checkDatabase } from './database.ts'
import { checkFar } from './far.ts'
import { type Finding, fail, ok, type Patient } from './finding.ts'
import { checkLedger } from './ledger.ts'
import { checkDisk, checkEnrolment, checkNode, checkPorts, checkUrls } from './machine.ts'
import { checkRedis } from './redis.ts'
import { checkUpkeep } from './upkeep.ts'

export function doctorCommand(program: Command): void {
  subcommand(
    program,
    'doctor',
    'Check ports, database, Redis, keys, EAs, clock, disk, certificate, backups; say the remedies',
    'doctor',
  ).action(doctor)
}

async function doctor(options: Json): Promise<void> {
  const findings: Finding[] = []
  const found = (list: Finding[]) => {
    findings.push(...list)
    // Line by line: a check that hangs shows which one it is.
    if (!options.json) for (const finding of list) process.stdout.write(`${lineOf(finding)}\n`)
  }
  found([checkNode()])
  const patient = examine()
  if (Array.isArray(patient)) found(patient)
  else {
    found([ok('config', 'every setting can be used')])
    found(await checkPorts(patient))
    found([...(await checkRedis(patient)), checkDisk(patient), ...checkEnrolment(patient)])
    const { findings: database, ledger } = await checkDatabase(patient)
    found(database)
    if (ledger) found(await checkLedger(ledger, patient).finally(() => ledger.close()))
    found(checkUpkeep(patient, Date.now()))
    found(await checkFar())
    found(checkUrls(patient))
  }
  const failed = findings.filter((finding) => finding.state === 'fail').length
  const warned = findings.filter((finding) => finding.state === 'warn').length
  if (failed > 0) process.exitCode = EXIT.not_held
  say(options, { healthy: failed === 0, failed, warned, checks: findings }, () =>
    failed + warned === 0 ? '\nAll in order.' : `\n${failed} to mend, ${warned} to look at.`,
  )
}

function examine(): Patient | Finding[] {
  try {
    const env = readEnvironment()
    const config = readConfig(env)
    return { env, config, running: readRunFile(config.NGTB_DATA_DIR) }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return [fail('config', error.message, 'Correct it in the environment or in .env, then ask again.')]
  }
}

function lineOf({ state, check, says, remedy }: Finding): string {
  const line = `${state.padEnd(4)}  ${check.padEnd(10)}  ${says.replaceAll('\n', `\n${' '.repeat(18)}`)}`
  return remedy === null || state === 'ok' ? line : `${line}\n${' '.repeat(18)}→ ${remedy}`
}
