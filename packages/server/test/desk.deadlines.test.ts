// The one alarm clock of all desks: it never sleeps past a deadline (P6).
import { expect, test } from 'vitest'
import { silentLog } from '../src/platform/log.ts'
import type { Desk } from '../src/services/desk.ts'
import { Deadlines } from '../src/workers/deadlines.ts'
import { ManualTime } from './support/time.ts'
import { turns } from './support/wait.ts'

/** Desks of which the test says when they are due, and how long their step takes. */
class Toy {
  due: number | null = null
  ran: number[] = []
  hold: Promise<void> = Promise.resolve()
  state: object | null = {}
  loads = 0
  readonly account_id: number
  readonly #time: ManualTime

  constructor(account_id: number, time: ManualTime) {
    this.account_id = account_id
    this.#time = time
  }

  async run(): Promise<void> {
    this.due = null
    await this.hold
    this.ran.push(this.#time.now())
  }

  async ready(): Promise<void> {
    this.loads++
    if (this.loads >= 3) this.state = {}
    else throw new Error('the database is away')
  }
}

function scene() {
  const time = new ManualTime(0)
  const [a, b] = [new Toy(1, time), new Toy(2, time)]
  const deadlines = new Deadlines({
    desks: { opened: () => [a, b], get: (id: number) => (id === 1 ? a : b) } as never,
    delivery: { nextDeadline: (desk: Desk) => (desk.state ? (desk as unknown as Toy).due : null) } as never,
    connections: { nextDeadline: () => null } as never,
    clock: time,
    timers: time,
    log: silentLog,
  })
  return { time, a, b, deadlines }
}

test('P6: a deadline that appears while another desk is swept is not slept over', async () => {
  const { time, a, b, deadlines } = scene()
  deadlines.start()
  await time.advance(1)
  b.due = 30_000
  deadlines.changed(2)
  a.due = 1_000
  deadlines.changed(1)
  let release = () => {}
  b.hold = new Promise<void>((resolve) => {
    release = resolve
  })
  const on_the_way = time.advance(30_000 - 1) // rings b at 30 s, whose step takes its time
  b.due = 1_000
  await turns()
  a.due = 5_000 // a was swept already
  deadlines.changed(1)
  await turns()
  release()
  await on_the_way
  await time.advance(1_000)
  expect(a.ran).toEqual([1_000, 5_000])
})

test('P6: a desk that lost its picture is asked again until it has one', async () => {
  const { time, a, deadlines } = scene()
  a.state = null
  a.due = 400
  deadlines.start()
  await time.advance(10_000)
  expect(a.loads).toBe(3)
  expect(a.ran).toEqual([500])
})
