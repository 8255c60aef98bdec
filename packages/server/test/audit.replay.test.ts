// State at a moment is the fold of events (P13): for every step of a varied life, replay gives the rows as they were.
import { commandImage, type Image, tradeImage } from '@ngtb/core'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { systemIds } from '../src/platform/ids.ts'
import type { ChangeSet, Store, StoredAudit } from '../src/ports.ts'
import { replayAccount, replayCommand } from '../src/services/audit-replay.ts'
import { Scene } from './support/client.ts'
import { sql } from './support/ledger.ts'
import { Life } from './support/lives.ts'
import { testServer } from './support/server.ts'
import { ManualTime } from './support/time.ts'

let stop: (() => Promise<void>) | undefined
afterEach(async () => {
  await stop?.()
  stop = undefined
})

/** Every step that was committed, in its order: what the rows were after it. */
function recorded(store: Store): ChangeSet[] {
  const steps: ChangeSet[] = []
  const commit = store.commit
  store.commit = async (change) => {
    await commit(change)
    steps.push(change)
  }
  return steps
}

/** The rows of one account as they are after each of its steps. */
class Model {
  readonly commands = new Map<string, Image>()
  readonly trades = new Map<string, Image>()
  readonly other = new Map<string, Map<string, Image>>()

  take(change: ChangeSet): void {
    for (const row of change.commands) this.commands.set(row.command_id, commandImage(row))
    for (const row of change.trades) this.trades.set(row.ticket, tradeImage(row))
    const put = (what: string, name: string, row: object) => {
      const section = this.other.get(what) ?? new Map()
      this.other.set(what, section.set(name, { ...row }))
    }
    put('account', '', change.account)
    for (const row of change.connections) put('connection', '', row)
    for (const row of change.journals) put('journal', row.journal_id, row)
    for (const row of change.generations) put('generation', row.scope, row)
    for (const row of change.orphans) put('orphan', row.command_id, row)
    for (const row of change.strategies) put('strategy', String(row.strategy_magic), row)
    for (const row of change.keys)
      put('key', row.key_id, { ...row, secret_check: systemIds.sha256(row.secret_hash) })
  }

  get unsettled(): Map<string, Image> {
    return only(this.commands, ({ status }) => /pending|executing|timeout/.test(String(status)))
  }

  get open(): Map<string, Image> {
    return only(this.trades, ({ status }) => status === 'open')
  }
}

const only = (rows: Map<string, Image>, wanted: (row: Image) => boolean) =>
  new Map([...rows].filter(([, row]) => wanted(row)))
const sorted = (rows: ReadonlyMap<string, Image>) => Object.fromEntries([...rows].sort())
/** As JSON: what comes back from the ledger is no longer the same object. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

async function chainOf(store: Store, account_id: number): Promise<StoredAudit[]> {
  return store.auditChain(account_id, 0, 100_000)
}

async function holdsAtEveryStep(
  store: Store,
  steps: readonly ChangeSet[],
  account_id: number,
): Promise<void> {
  const chain = await chainOf(store, account_id)
  const account = (await store.load(account_id))?.account
  if (!account) throw new Error('no account')
  const model = new Model()
  const own = steps.filter((change) => change.account.account_id === account_id)
  let audit_no = 0
  for (const change of own) {
    model.take(change)
    if (change.account.audit_no === audit_no) continue // a step without an event changed no state that is told
    audit_no = change.account.audit_no
    const seq = chain[audit_no - 1]?.seq
    for (const { command_id } of change.commands) {
      const replay = await replayCommand(store, account_id, command_id, { seq })
      expect(plain(replay?.state)).toEqual(plain(model.commands.get(command_id)))
    }
    const replay = await replayAccount(store, systemIds, account, { seq })
    const told = replay?.sections ?? new Map()
    expect(plain(sorted(told.get('command')))).toEqual(plain(sorted(model.unsettled)))
    expect(plain(sorted(told.get('trade')))).toEqual(plain(sorted(model.open)))
    for (const what of ['account', 'connection', 'journal', 'generation', 'orphan', 'strategy', 'key'])
      for (const [name, image] of told.get(what) ?? []) {
        const row = model.other.get(what)?.get(name)
        const fields = Object.keys(image)
        expect({ what, name, ...plain(image) }).toEqual({
          what,
          name,
          ...plain(Object.fromEntries(fields.map((field) => [field, row?.[field]]))),
        })
      }
    for (const what of ['journal', 'generation', 'orphan', 'strategy', 'key'])
      expect([...told.get(what).keys()].sort()).toEqual([...(model.other.get(what)?.keys() ?? [])].sort())
  }
  expect(audit_no).toBe(chain.length)
}

const numbers = fc.array(fc.nat(1_000_000), { minLength: 30, maxLength: 60 })

test.each([
  ['plain', false],
  ['native', true],
] as const)('a %s life: replay up to each step gives the rows as they were after it', async (_, native) => {
  const time = new ManualTime()
  const t = await testServer({ clock: time, timers: time })
  stop = () => t.stop()
  const steps = recorded(t.store)
  let login = 1_000
  const lived = new Set<string>()
  const live = (lives: number) =>
    fc.assert(
      fc.asyncProperty(numbers, async (drawn) => {
        const scene = await Scene.at(t, String(++login))
        const life = new Life(scene, time, drawn, native)
        for (let turn = 0; turn < drawn.length * 2; turn++) await life.act()
        const { account_id } = await scene.desk()
        for (const { kind } of await chainOf(t.store, account_id)) lived.add(kind)
        await holdsAtEveryStep(t.store, steps, account_id)
        expect(await scene.problems()).toEqual([])
      }),
      { numRuns: lives, endOnFailure: true },
    )
  // A life in which nothing happens would hold anything: more are lived until these have happened, too.
  const must = native
    ? ['connection.owned', 'command.delivered', 'command.completed', 'account.went_back', 'command.orphaned']
    : [
        'command.delivered',
        'command.completed',
        'command.outcome_unknown',
        'trade.opened',
        'trade.updated',
        'trade.closed',
      ]
  await live(3)
  for (let more = 0; more < 20 && !must.every((kind) => lived.has(kind)); more++) await live(1)
  expect([...lived]).toEqual(expect.arrayContaining([...must, 'command.created']))
})

test('by time: as it was then, who did it last, and what has become of it since', async () => {
  const time = new ManualTime()
  const s = await Scene.open({ clock: time, timers: time })
  stop = () => s.stop()
  const before = time.now()
  time.jump(10_000)
  const id = await s.made('CLOSE_ALL', {})
  time.jump(10_000)
  await s.poll()
  const delivered = time.now()
  time.jump(1_000)
  await s.answer(id, 'completed', { closed: [] })
  const ask = (query: string, path = `${s.path}/${id}`) =>
    s.t.call('webui', 'GET', `${path}/replay${query}`, { key: s.admin })
  expect((await ask(`?at=${before}`)).body).toMatchObject({ state: null, events: 0, last: null })
  const then = await ask(`?at=${new Date(delivered).toISOString()}`)
  expect(then).toMatchObject({ status: 200, body: { state: { status: 'executing', attempt: 1 }, events: 2 } })
  expect(then.body.last).toMatchObject({ kind: 'command.delivered', at: new Date(delivered).toISOString() })
  expect(then.body.departures).toContainEqual({
    what: 'command',
    subject: id,
    field: 'status',
    told: 'executing',
    is: 'completed',
  })
  const one_earlier = await ask(`?seq=${then.body.last.seq - 1}`)
  expect(one_earlier.body.state).toMatchObject({ status: 'pending', attempt: 0 })
  const now = await ask('')
  expect(now.body).toMatchObject({ state: { status: 'completed' }, departures: [], asked_at: null })

  const account = (query: string) => ask(query, `/api/v1/accounts/${s.login}`)
  expect((await account(`?at=${delivered}`)).body.state).toMatchObject({
    commands: [{ command_id: id, status: 'executing' }],
    commands_by_status: { executing: 1 },
    account: { command_no: 1, broker: 'Test' },
  })
  expect((await account('')).body).toMatchObject({
    departures: [],
    state: { commands: [], commands_by_status: { completed: 1 } },
  })
  expect(JSON.stringify((await account('')).body)).not.toContain('secret')
  expect(await ask('?at=yesterday')).toMatchObject({ status: 400 })
  expect(await ask('', `${s.path}/nobody`)).toMatchObject({
    status: 404,
    body: { code: 'NGTB_COMMAND_UNKNOWN' },
  })
})

test('a row that was changed behind the server departs from its replay', async () => {
  const s = await Scene.open()
  stop = () => s.stop()
  const id = await s.made('CLOSE_ALL', {})
  await s.event('opened', { ticket: 5, symbol: 'EURUSD', direction: 'BUY', volume: 0.1, open_price: 1 })
  const { database_url } = s.t
  await sql(database_url, "update command set status = 'failed', error = 'me'")
  await sql(database_url, 'update trade set volume = 9')
  await sql(database_url, 'update account set epoch = 9 where account_id = 1')
  const { account_id } = await s.desk()
  const command = await replayCommand(s.t.store, account_id, id, {})
  expect(command?.departures).toEqual([
    { what: 'command', subject: id, field: 'status', told: 'pending', is: 'failed' },
    { what: 'command', subject: id, field: 'error', told: null, is: 'me' },
  ])
  const account = (await s.t.store.load(account_id))?.account
  const replay = account && (await replayAccount(s.t.store, systemIds, account, {}))
  expect(replay?.departures).toEqual(
    expect.arrayContaining([
      { what: 'account', subject: null, field: 'epoch', told: 0, is: 9 },
      { what: 'command', subject: id, field: 'status', told: 'pending', is: 'failed' },
      { what: 'trade', subject: '5', field: 'volume', told: 0.1, is: 9 },
    ]),
  )
  await sql(database_url, 'delete from command')
  expect((await replayCommand(s.t.store, account_id, id, {}))?.departures).toEqual([
    { what: 'command', subject: id, field: null, told: true, is: false },
  ])
})
