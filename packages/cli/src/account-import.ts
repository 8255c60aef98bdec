// `ngtb account import FILE`: accounts of another server, with the keys that their EAs have (docs/guides/moving.md).
import { readFileSync } from 'node:fs'
import { toInt64 } from '@ngtb/protocol'
import type { Ledger } from '@ngtb/server'
import { Misuse } from './failures.ts'
import { ACTOR } from './ledger.ts'
import { type Json, say, table } from './output.ts'

interface Row {
  readonly line: number
  readonly account_number: string
  readonly api_key: string
  readonly broker: string
  readonly account_id?: number
}

const NEEDED = ['account_number', 'api_key'] as const

/** All of them or none are read; each is then taken by itself, and what was taken before changes nothing. */
export async function importAccounts({ services }: Ledger, file: string, options: Json): Promise<void> {
  const rows = readRows(file)
  const items: { account_number: string; account_id: number | null; outcome: string }[] = []
  for (const { line, account_number: login, ...rest } of rows)
    try {
      const { account_id, known } = await services.accounts.takeOver({ login, ...rest }, ACTOR)
      items.push({ account_number: login, account_id, outcome: known ? 'known' : 'imported' })
    } catch (error) {
      const outcome = `line ${line}: ${(error as Error).message}`
      items.push({ account_number: login, account_id: null, outcome })
    }
  const refused = items.filter(({ account_id }) => account_id === null).length
  say(options, { items, refused }, () =>
    [
      table(
        ['login', 'account_id', 'outcome'],
        items.map((item) => [item.account_number, item.account_id, item.outcome]),
      ),
      '',
      `${items.length - refused} accounts are here, with the keys of their EAs; ${refused} were refused.`,
    ].join('\n'),
  )
  if (refused > 0) process.exitCode = 1
}

/** @throws {Misuse} with the line that can't be read */
function readRows(file: string): Row[] {
  const lines = textOf(file)
    .split(/\r?\n/)
    .map((text, at) => ({ line: at + 1, cells: text.split(',').map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
  const names = lines[0]?.cells ?? []
  const missing = NEEDED.filter((name) => !names.includes(name))
  if (missing.length > 0)
    throw new Misuse(
      `${file}: the first line must name the columns; ${missing.join(' and ')} is missing. Columns: account_number, api_key, broker, account_id.`,
    )
  return lines.slice(1).map(({ line, cells }) => {
    const cell = (name: string) => cells[names.indexOf(name)] ?? ''
    const account_id = cell('account_id')
    if (account_id !== '' && !/^[1-9][0-9]{0,8}$/.test(account_id))
      throw new Misuse(`${file}, line ${line}: account_id ${account_id} is no whole number from 1`)
    return {
      line,
      account_number: loginAt(file, line, cell('account_number')),
      api_key: cell('api_key'),
      broker: cell('broker'),
      ...(account_id !== '' && { account_id: Number(account_id) }),
    }
  })
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '')
  } catch (error) {
    throw new Misuse(`${file} can not be read: ${(error as Error).message}`)
  }
}

function loginAt(file: string, line: number, text: string): string {
  const login = toInt64(text)
  if (login !== null) return login
  throw new Misuse(`${file}, line ${line}: account_number "${text}" is no login: a number from 1 to 2^63−1`)
}
