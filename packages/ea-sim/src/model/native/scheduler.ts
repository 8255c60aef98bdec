// One command at a time. What waits for time to pass is set aside, so that it holds up nobody.
//
//   S1. By priority, then command_no; at the same rank what was begun goes on before something new begins (P12).
//   S2. An order is begun only while the terminal has its trade server; what needs none of it goes on.

import type { Effect, EffectResult } from './api.ts'
import type { Flow, Job, Want } from './flow.ts'
import { isPast, type Stamp } from './stamp.ts'

interface Running {
  job: Job
  flow: Flow
  /** Set aside until then, on the monotonic clock. */
  due_mono_ms: number
  progress_mono_ms: number
}

export interface SchedulerPorts {
  begin: (job: Job) => Flow
  /** Needs the trade server to be begun. */
  needsBroker: (job: Job) => boolean
  /** Records wait to be written. */
  hasUnwritten: () => boolean
}

type Action = Exclude<Effect, { kind: 'append' }>

export class Scheduler {
  readonly #ports: SchedulerPorts
  readonly #queue = new Map<string, Job>()
  readonly #aside = new Map<string, Running>()
  #active: Running | null = null
  /** What the active flow gets next; undefined: it waits for something outside. */
  #result: EffectResult | undefined

  constructor(ports: SchedulerPorts) {
    this.#ports = ports
  }

  /** The job of a command that is queued or being worked on. */
  find(command_id: string): Job | null {
    const running = this.#active?.job.command.id === command_id ? this.#active : this.#aside.get(command_id)
    return running?.job ?? this.#queue.get(command_id) ?? null
  }

  isBegun(command_id: string): boolean {
    return this.#active?.job.command.id === command_id || this.#aside.has(command_id)
  }

  enqueue(job: Job): void {
    this.#queue.set(job.command.id, job)
  }

  /** A flow that was begun before this process. */
  resume(job: Job, flow: Flow, now: Stamp): void {
    const times = { due_mono_ms: now.mono_ms, progress_mono_ms: now.mono_ms }
    this.#aside.set(job.command.id, { job, flow, ...times })
  }

  /** Nothing that has not begun is begun: another EA may own the account now. */
  dropQueue(): void {
    this.#queue.clear()
  }

  dropAll(): void {
    this.#queue.clear()
    this.#aside.clear()
    this.#active = null
  }

  /** Is a flow in the middle of something outside? */
  get is_busy(): boolean {
    return this.#active !== null
  }

  /** Nothing waits, and nothing is begun. */
  get is_idle(): boolean {
    return this.#active === null && this.#aside.size === 0 && this.#queue.size === 0
  }

  /** Goes on until something must be done outside. `flush`: write what is recorded, then ask again. */
  next(now: Stamp, can_trade: boolean): Action | 'flush' | null {
    for (;;) {
      this.#active ??= this.#choose(now, can_trade)
      if (this.#active === null) return null
      if (this.#result === undefined) return null
      const action = this.#step(this.#active, this.#result, now)
      if (action !== null) return action
    }
  }

  /** What came of the action, or of the flush, that `next` returned. */
  done(result: EffectResult): void {
    this.#result = result
  }

  /** Those begun and not over whose lease wants to be renewed. */
  progressDue(now: Stamp, every_ms: number): Job[] {
    const running = [...this.#aside.values(), ...(this.#active === null ? [] : [this.#active])]
    const due = running.filter(({ progress_mono_ms }) => now.mono_ms - progress_mono_ms >= every_ms)
    for (const one of due) one.progress_mono_ms = now.mono_ms
    return due.map(({ job }) => job)
  }

  /** When progressDue has the next one. */
  progressAt(every_ms: number): number {
    const running = [...this.#aside.values(), ...(this.#active === null ? [] : [this.#active])]
    return running.reduce(
      (next, one) => Math.min(next, one.progress_mono_ms + every_ms),
      Number.POSITIVE_INFINITY,
    )
  }

  /** On the monotonic clock; Infinity: only something from outside brings it on. */
  wakeAt(now: Stamp, can_trade: boolean): number {
    let next = Number.POSITIVE_INFINITY
    for (const { due_mono_ms } of this.#aside.values()) next = Math.min(next, due_mono_ms)
    for (const job of this.#queue.values()) if (this.#mayBegin(job, now, can_trade)) return now.mono_ms
    // What waits for the trade server expires all the same.
    for (const { deadline } of this.#queue.values())
      if (deadline !== null && deadline.ttl_ms !== null)
        next = Math.min(next, deadline.from.mono_ms + deadline.ttl_ms)
    return next
  }

  #step(running: Running, result: EffectResult, now: Stamp): Action | 'flush' | null {
    this.#result = undefined
    const step = running.flow.next(result)
    if (step.done === true) {
      this.#active = null
      this.#result = undefined
      return null
    }
    return this.#wanted(running, step.value, now)
  }

  #wanted(running: Running, want: Want, now: Stamp): Action | 'flush' | null {
    if (want.kind === 'pause') {
      running.due_mono_ms = now.mono_ms + want.ms
      this.#aside.set(running.job.command.id, running)
      this.#active = null
      return null
    }
    if (want.kind !== 'flush') return want
    if (this.#ports.hasUnwritten()) return 'flush'
    this.#result = { kind: 'ok' }
    return null
  }

  #choose(now: Stamp, can_trade: boolean): Running | null {
    let begun: Running | null = null
    for (const running of this.#aside.values())
      if (running.due_mono_ms <= now.mono_ms && (begun === null || comesBefore(running.job, begun.job)))
        begun = running
    let fresh: Job | null = null
    for (const job of this.#queue.values())
      if (this.#mayBegin(job, now, can_trade) && (fresh === null || comesBefore(job, fresh))) fresh = job
    if (begun !== null && (fresh === null || fresh.command.priority <= begun.job.command.priority)) {
      this.#aside.delete(begun.job.command.id)
      this.#result = { kind: 'ok' }
      return begun
    }
    if (fresh === null) return null
    this.#queue.delete(fresh.command.id)
    this.#result = { kind: 'ok' }
    return { job: fresh, flow: this.#ports.begin(fresh), due_mono_ms: 0, progress_mono_ms: now.mono_ms }
  }

  #mayBegin(job: Job, now: Stamp, can_trade: boolean): boolean {
    return can_trade || !this.#ports.needsBroker(job) || (job.deadline !== null && isPast(job.deadline, now))
  }
}

const comesBefore = (a: Job, b: Job): boolean => {
  const { priority: first, command_no: no } = a.command
  const { priority: second, command_no: other_no } = b.command
  return first > second || (first === second && no < other_no)
}
