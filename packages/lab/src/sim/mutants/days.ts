// Days on which a planted bug can show itself. A hunt passes over the others: it would only wait there.
import { limits } from '@ngtb/protocol'
import type { Day } from '../day.ts'

type Days = (day: Day) => boolean

/** Two EAs on one account. */
export const two: Days = ({ accounts }) => accounts.some(({ terminals }) => terminals === 2)
/** A terminal is copied while the original lives. */
export const copied: Days = (day) => day.terminal.cloned && day.accounts[0]?.terminals === 2
/** An owner is stopped for longer than its lease, with something in hand. */
export const handedOver: Days = ({ terminal }) => terminal.handover
export const plain: Days = ({ accounts }) => accounts.some(({ kind }) => kind === 'plain')
/** Openings that live longer than an owner's lease. */
export const patient: Days = ({ strategy }) => strategy.patient
/** What is under way can outlast the lease of who sent it. */
export const longSettle: Days = ({ accounts }) =>
  accounts.some(({ settle_ms }) => settle_ms > limits.owner_lease_ms)
export const netting: Days = ({ accounts }) => accounts.some(({ margin_mode }) => margin_mode === 'netting')
export const pushed: Days = ({ accounts }) => accounts.some(({ push }) => push)
export const wentBack: Days = ({ database }) => database.went_back !== null
/** A journal that says less than it knew: put back, rotten or torn. */
export const damaged: Days = ({ terminal }) => terminal.rot > 0 || terminal.crash_at_effect > 0
export const putBack: Days = ({ terminal }) => terminal.old_image > 0
export const meddled: Days = ({ accounts, strategy }) => accounts.length === 2 && strategy.foreign > 0
export const asleep: Days = ({ terminal }) => terminal.suspend && terminal.pause_every_ms > 0
export const jumped: Days = ({ terminal }) => !terminal.suspend && terminal.wall_jump_ms > 0
export const serverJumped: Days = ({ server }) => server.wall_jump_ms > 0

/** A terminal whose lists are not what there is. */
export const loading: Days = ({ terminal }) => terminal.bad_list > 0

export const both =
  (...all: readonly Days[]): Days =>
  (day) =>
    all.every((days) => days(day))
