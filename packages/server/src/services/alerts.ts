// The desk of alerts: words of the house, of keys and of people become rows, events and messages, in one commit.
//
//   B1. A step of the system's own account decides them: whoever of two servers comes second finds what the first wrote
//       (the version), and decides again. So an alert is raised once, and told once.
//   B2. What comes while one commit runs is the next one's; in a storm commits keep a distance, and nobody else waits.
//   B3. Messages are rows of that very commit: what was raised is told, whatever dies then.
import {
  ALERT_RULE_NAMES,
  type Alert,
  type AlertMove,
  type AlertWord,
  type ChannelRule,
  type EquityMark,
  effectiveSettings,
  isZone,
  moveAlerts,
  NOTICE_MS,
  RAISED,
  routesOf,
} from '@ngtb/core'
import { type AlertSettings, type ChannelName, limits, Refusal } from '@ngtb/protocol'
import type { AlertCursorRow, AlertMessage, ChannelQueue, Delivery, StoredAlert, Timers } from '../ports.ts'
import { messageOf, testMessage } from './alert-messages.ts'
import type { Context } from './context.ts'
import { SYSTEM } from './desks.ts'
import type { Step } from './step.ts'

/** A channel as it is told of: where it goes, without secrets. */
export interface AlertChannel extends ChannelRule {
  readonly about: string
}

/** What a decision writes beside the words. */
export interface AlertDecision {
  readonly words: readonly AlertWord[]
  readonly marks?: readonly EquityMark[]
  readonly cursor?: AlertCursorRow
}

/** What is decided upon: the alerts that are not cleared, as of this step. */
export type Decide = (open: readonly Alert[], now: number) => AlertDecision | Promise<AlertDecision>

interface Waiting {
  readonly decide: Decide
  resolve(moves: AlertMove[]): void
  reject(error: unknown): void
}

export interface Wanted {
  readonly text: string
  readonly severity: Alert['severity']
  readonly account_id: number
  readonly name: string
}

/** Between two commits of a storm: ten a second are soon enough, and cost the commands nothing. */
const STORM_MS = 100
const SETTINGS_MS = 1_000

export class Alerts {
  /** Rings when messages were written. */
  onMessages: () => void = () => {}
  readonly channels: readonly AlertChannel[]
  readonly #ctx: Context
  readonly #timers: Timers
  #waiting: Waiting[] = []
  #running = false
  #settings: { read_at: number; by_account: Map<number, AlertSettings> } | null = null

  constructor(ctx: Context, timers: Timers, channels: readonly AlertChannel[]) {
    this.#ctx = ctx
    this.#timers = timers
    this.channels = channels
  }

  /** B1. `decide` may be called again. Answers what became of its words. */
  decide(decide: Decide): Promise<AlertMove[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ decide, resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  /** A key or a person raises an alert. @throws {Refusal} NGTB_ALERTS_MANY */
  async raise(wanted: Wanted, actor: string): Promise<{ alert: Alert; raised: boolean }> {
    const { account_id, severity, text } = wanted
    const name = raisedName(account_id, wanted.name)
    const word: AlertWord = {
      ...{ kind: 'raise', name, rule: RAISED, account_id, severity, text, notice: false, actor },
    }
    const [move] = await this.decide((open) => {
      if (!open.some((alert) => alert.name === name)) requireRoom(open, actor)
      return { words: [word] }
    })
    if (!move) throw new Error('an alert that was raised became nothing')
    return { alert: move.alert, raised: move.what === 'raised' }
  }

  /** @throws {Refusal} NGTB_ALERT_UNKNOWN */
  async say(
    kind: 'acknowledge' | 'clear',
    alert_id: string,
    visible_to: number | null,
    actor: string,
    note?: string,
  ): Promise<StoredAlert> {
    const { name, cleared_at } = await this.one(alert_id, visible_to)
    if (cleared_at === null)
      await this.decide((open) => {
        // Cleared meanwhile, and another of its name raised: that one was not meant.
        const meant = open.some((alert) => alert.alert_id === alert_id)
        return { words: meant ? [{ kind, name, actor, ...(note !== undefined && { note }) }] : [] }
      })
    return this.one(alert_id, visible_to)
  }

  /** @param visible_to null: every account, and the system. @throws {Refusal} NGTB_ALERT_UNKNOWN */
  async one(alert_id: string, visible_to: number | null): Promise<StoredAlert> {
    const alert = await this.#ctx.store.alert(alert_id)
    if (!alert || (visible_to !== null && alert.account_id !== visible_to))
      throw new Refusal('NGTB_ALERT_UNKNOWN', `there is no alert ${alert_id.slice(0, 64)}`)
    return alert
  }

  /** A test message for each of these channels. @throws {Refusal} NGTB_CHANNEL_UNKNOWN */
  async test(
    channel: ChannelName | undefined,
    actor: string,
  ): Promise<{ channel: ChannelName; delivery_id: string }[]> {
    const { desks, ids } = this.#ctx
    const names = this.channels.map((rule) => rule.channel).filter((name) => (channel ?? name) === name)
    if (names.length === 0)
      throw new Refusal('NGTB_CHANNEL_UNKNOWN', `${channel ?? 'no channel'} is not set up on this server`)
    return desks.system.run((step) => {
      const sent = names.map((name) => ({ channel: name, delivery_id: ids.uuid() }))
      for (const { channel: name, delivery_id } of sent)
        step.saveAlerting(
          'deliveries',
          delivery(name, testMessage(delivery_id, actor, step.now), step.now, step.now),
        )
      step.audit('alert.tested', actor, null, { channels: names })
      step.effects.push(() => this.onMessages())
      return sent
    })
  }

  /** What waits in each channel, and what was given up within a day. */
  queues(): Promise<ChannelQueue[]> {
    return this.#ctx.store.channelQueues(this.#ctx.clock.now() - NOTICE_MS)
  }

  /** What an account, or the house (0), has set, and what holds for it. */
  async settingsOf(account_id: number): Promise<{ own: AlertSettings; effective: Required<AlertSettings> }> {
    const by_account = await this.#settingRows()
    const own = by_account.get(account_id) ?? {}
    const house = by_account.get(SYSTEM) ?? {}
    return { own, effective: effectiveSettings(house, account_id === SYSTEM ? {} : own) }
  }

  /** @throws {Refusal} NGTB_BODY_INVALID for a zone, or a rule, that nobody knows */
  async setSettings(account_id: number, settings: AlertSettings, actor: string): Promise<void> {
    const zone = settings.quiet_hours?.zone
    if (zone !== undefined && !isZone(zone))
      throw new Refusal(
        'NGTB_BODY_INVALID',
        `quiet_hours.zone: ${zone} is not known; use e.g. Europe/Berlin or UTC`,
      )
    const unknown = settings.muted?.find((rule) => !ALERT_RULE_NAMES.includes(rule))
    if (unknown !== undefined)
      throw new Refusal(
        'NGTB_BODY_INVALID',
        `muted: there is no rule ${unknown}; there are: ${ALERT_RULE_NAMES.join(', ')}`,
      )
    await this.#ctx.desks.system.run((step) => {
      step.saveAlerting('alert_settings', { account_id, settings })
      step.audit('alert.settings', actor, null, { account_id, settings })
    })
    this.#settings = null
  }

  async #settingRows(): Promise<Map<number, AlertSettings>> {
    const now = this.#ctx.clock.now()
    if (this.#settings && now - this.#settings.read_at < SETTINGS_MS) return this.#settings.by_account
    const rows = await this.#ctx.store.alertSettings()
    const by_account = new Map(rows.map((row) => [row.account_id, row.settings]))
    this.#settings = { read_at: now, by_account }
    return by_account
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      await this.#commit(group)
      if (this.#waiting.length > 0) await new Promise<void>((go) => this.#timers.after(STORM_MS, go))
    }
    this.#running = false
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#ctx.desks.system.run((step) => this.#decideAll(step, group))
      outcomes.forEach((tell) => void tell())
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  /** One after another upon what those before made of it; a refusal is its own caller's. */
  async #decideAll(step: Step, group: readonly Waiting[]): Promise<(() => void)[]> {
    await step.caughtUp()
    const { store, ids } = this.#ctx
    let open: readonly Alert[] = await store.openAlerts()
    const outcomes: (() => void)[] = []
    const all: AlertMove[] = []
    for (const { decide, resolve, reject } of group) {
      try {
        const { words, marks = [], cursor } = await decide(open, step.now)
        const fit = open.length < limits.alerts_open_max ? words : words.filter((word) => isKnown(word, open))
        const moves = moveAlerts(open, fit, step.now, () => ids.uuid())
        open = after(open, moves)
        all.push(...moves)
        step.saveAlerting('alert_marks', ...marks)
        if (cursor) step.saveAlerting('alert_cursors', cursor)
        outcomes.push(() => resolve(moves))
      } catch (error) {
        outcomes.push(() => reject(error))
      }
    }
    await this.#write(step, all)
    return outcomes
  }

  async #write(step: Step, moves: readonly AlertMove[]): Promise<void> {
    let told = 0
    for (const move of moves) {
      step.saveAlerting('alerts', move.alert)
      if (move.what === 'counted') continue
      const { alert_id, name, rule, severity, text, account_id, count, note } = move.alert
      step.audit(`alert.${move.what}`, move.actor, alert_id, {
        ...{ alert_id, name, rule, severity, text, account_id, count },
        ...(note !== null && { note }),
      })
      const ended = move.alert.cleared_at !== null
      if (move.what === 'raised' || ended)
        told += await this.#tell(step, move.alert, ended ? 'cleared' : 'raised')
    }
    if (told > 0) step.effects.push(() => this.onMessages())
  }

  /** B3. Answers how many messages that makes. */
  async #tell(step: Step, alert: Alert, tiding: 'raised' | 'cleared'): Promise<number> {
    const { desks, ids } = this.#ctx
    const { effective } = await this.settingsOf(alert.account_id)
    const login = alert.account_id === SYSTEM ? null : desks.login(alert.account_id)
    const routes = routesOf(alert.severity, effective, this.channels, step.now)
    for (const { channel, at } of routes) {
      const message = messageOf(ids.uuid(), alert, tiding, login, step.now)
      step.saveAlerting('deliveries', delivery(channel, message, step.now, at))
    }
    return routes.length
  }
}

/** A key's alert goes by the key's word for it, and no key's word is a name of the house. */
export const raisedName = (account_id: number, name: string): string => `${RAISED}:${account_id}:${name}`

const isKnown = (word: AlertWord, open: readonly Alert[]) =>
  word.kind !== 'raise' || open.some(({ name }) => name === word.name)

function after(open: readonly Alert[], moves: readonly AlertMove[]): readonly Alert[] {
  if (moves.length === 0) return open
  const by_id = new Map(open.map((alert) => [alert.alert_id, alert]))
  for (const { alert } of moves)
    if (alert.cleared_at === null) by_id.set(alert.alert_id, alert)
    else by_id.delete(alert.alert_id)
  return [...by_id.values()]
}

function requireRoom(open: readonly Alert[], actor: string): void {
  const own = open.filter(({ rule, raised_by }) => rule === RAISED && raised_by === actor).length
  if (own >= limits.alerts_per_key_max)
    throw new Refusal(
      'NGTB_ALERTS_MANY',
      `${limits.alerts_per_key_max} alerts of this caller are open: that is the most`,
    )
  if (open.length >= limits.alerts_open_max)
    throw new Refusal('NGTB_ALERTS_MANY', `${limits.alerts_open_max} alerts are open: that is the most`)
}

const delivery = (
  channel: ChannelName,
  message: AlertMessage,
  created_at: number,
  next_at: number,
): Delivery => ({
  ...{
    delivery_id: message.delivery_id,
    alert_id: message.alert_id,
    channel,
    tiding: message.tiding,
    message,
  },
  ...{ state: 'waiting', attempts: 0, created_at, next_at, done_at: null, error: null },
  ...{ claimed_by: null, claimed_until: null },
})
