// What goes wrong, and when: each kind at its own pace, as the day drew it. It ends when the world heals.
import { NativeTerminal } from './native-terminal.ts'
import type { Random } from './random.ts'
import type { Terminal } from './terminal.ts'
import type { World } from './world.ts'

export class Misfortune {
  readonly #world: World
  readonly #random: Random
  #over = false

  constructor(world: World, random: Random) {
    this.#world = world
    this.#random = random
  }

  begin(): void {
    const { day, weather, house, network, terminals, history } = this.#world
    weather.begin(day.database)
    house.crash_point = day.server.crash_point
    this.#every(day.server.crash_every_ms, () => house.crash('killed', this.#random.chance(0.5)))
    house.onDied = () => this.#serverDied()
    this.#every(day.database.away_every_ms, () => {
      history.note('database', 'goes away', 'database away')
      weather.goAway()
    })
    this.#every(day.network.cut_every_ms, () => {
      const { said, both } = network.cutSomething()
      history.note('network', said, both ? 'line cut in both directions' : 'way cut in one direction')
    })
    this.#goBack()
    for (const terminal of terminals) this.#befall(terminal)
    this.#clone()
    if (day.terminal.handover) this.#handOver()
    if (day.terminal.copied_at_work) this.#copyAtWork()
  }

  end(): void {
    this.#over = true
  }

  #serverDied(): void {
    const { time, house, day } = this.#world
    const { wall_jump_ms, down_ms } = day.server
    if (this.#random.chance(0.5)) house.wall_error_ms = this.#random.between(-wall_jump_ms, wall_jump_ms)
    time.after(this.#over ? 0 : this.#random.exponential(down_ms), () => {
      if (!house.starting) house.start()
    })
  }

  /** A restore of an older image, or a standby that lagged (K19); the server may live on, or start anew with it. */
  #goBack(): void {
    const { time, day, ledger, weather, house, history } = this.#world
    const { went_back } = day.database
    if (!went_back) return
    time.after(went_back.image_at, () => {
      const image = ledger.image()
      // Before the first hello of its EA a ledger knows of none whose word it would wait for.
      const met = [...image.accounts.values()].every(
        ({ account, connection }) => account.account_id === 0 || connection?.protocol === 2,
      )
      if (!met) return
      time.after(went_back.after_ms, () => {
        history.note('database', `goes back by ${went_back.after_ms} ms`, 'database went back')
        this.#world.setBack(image)
        weather.goAway()
        if (this.#random.chance(0.5)) house.crash('with its database', false)
      })
    })
  }

  /** Somebody copies a terminal's folder to another machine and starts it there. */
  #clone(): void {
    const { day, time, terminals } = this.#world
    const [first, second] = terminals
    if (!day.terminal.cloned || !(first instanceof NativeTerminal) || !(second instanceof NativeTerminal))
      return
    if (day.accounts[0]?.terminals === 2)
      time.after(this.#random.between(3_000, day.safety_ms), () => second.cloneFrom(first))
  }

  /**
   * An owner is stopped for longer than its lease just when it has something in hand, and goes on with it when another
   * has taken over (K23, K24).
   */
  #handOver(): void {
    this.#stopAtWork(2, (owner) => {
      const { time, history } = this.#world
      history.note(owner.name, 'is stopped for long', 'owner stopped beyond its lease')
      owner.machine.stop(false)
      time.after(this.#random.between(18_000, 45_000), () => this.#wake(owner))
    })
  }

  /** An owner stands still with something in hand; its folder is started elsewhere, as itself, and it goes on. */
  #copyAtWork(): void {
    this.#stopAtWork(3, (owner) => {
      const { time, history, terminals } = this.#world
      const other = terminals.find((one) => one !== owner)
      if (!(other instanceof NativeTerminal)) return
      history.note(owner.name, 'is stopped, and copied')
      owner.machine.stop(false)
      other.cloneFrom(owner)
      time.after(this.#random.between(1_000, 12_000), () => this.#wake(owner))
    })
  }

  /** Some times of a day, when an owner was just handed a command. */
  #stopAtWork(times: number, befall: (owner: NativeTerminal) => void): void {
    const { time, terminals, door_audit } = this.#world
    let left = times
    door_audit.onHandedOut = (account_id) => {
      const owner = terminals.find((one) => one instanceof NativeTerminal && one.ownsFor(account_id))
      if (this.#over || left === 0 || !(owner instanceof NativeTerminal) || !this.#random.chance(0.3)) return
      left -= 1
      time.after(this.#random.between(0, 150), () => befall(owner))
    }
  }

  #wake(terminal: Terminal): void {
    this.#world.history.note(terminal.name, 'goes on')
    terminal.machine.wake()
  }

  #befall(terminal: Terminal): void {
    const { day, time, history } = this.#world
    const { crash_every_ms, down_ms, pause_every_ms, pause_ms, suspend, wall_jump_ms, reboot } = day.terminal
    const { set_back_awake } = day.terminal
    // A second terminal is there from the start, or comes when the first has worked for a while.
    const late = terminal.name.endsWith('b') && this.#random.chance(0.6)
    time.after(this.#random.between(0, late ? day.safety_ms : 500), () => terminal.start())
    if (terminal instanceof NativeTerminal) this.#befallNative(terminal)
    this.#every(crash_every_ms, () => terminal.crash('killed', this.#random.chance(reboot)))
    terminal.onDied = () => {
      // Only of a machine that does not sleep: both at once hide time from both of its clocks.
      if (!suspend && this.#random.chance(0.5)) {
        terminal.machine.wall_error_ms = this.#random.between(-wall_jump_ms, wall_jump_ms)
        if (wall_jump_ms > 0) history.count('EA clock jumped')
      }
      time.after(this.#over ? 0 : this.#random.exponential(down_ms), () => terminal.start())
    }
    this.#every(pause_every_ms, () => {
      const asleep = suspend && this.#random.chance(0.5)
      history.note(
        terminal.name,
        asleep ? 'falls asleep' : 'is stopped',
        asleep ? 'machine asleep' : 'EA stopped',
      )
      terminal.machine.stop(asleep)
      if (set_back_awake) terminal.machine.wall_error_ms -= wall_jump_ms
      time.after(this.#random.exponential(pause_ms), () => {
        history.note(terminal.name, 'goes on')
        terminal.machine.wake()
      })
    })
  }

  #befallNative(terminal: NativeTerminal): void {
    const { day, time, history } = this.#world
    if (day.terminal.old_image > 0) this.#every(6_000, () => terminal.takeImage())
    this.#every(day.broker.link_down_every_ms, () => {
      history.note(terminal.name, 'loses its trade server', 'trade server out of reach')
      terminal.setLink(false)
      time.after(this.#random.exponential(3_000), () => terminal.setLink(true))
    })
  }

  #every(mean_ms: number, happen: () => void): void {
    if (mean_ms === 0) return
    this.#world.time.after(this.#random.exponential(mean_ms), () => {
      if (this.#over) return
      happen()
      this.#every(mean_ms, happen)
    })
  }
}
