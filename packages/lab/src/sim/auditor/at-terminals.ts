// What an EA tells of its own journal: nothing that is not on its disk.
import { openedFrom } from '@ngtb/ea-sim'
import type { Answer } from '@ngtb/protocol'
import type { Tables } from '@ngtb/server/parts'
import type { Complaints } from './complaint.ts'

export class TerminalAudit {
  readonly #complaints: Complaints
  readonly #tables: () => Tables

  constructor(complaints: Complaints, tables: () => Tables) {
    this.#complaints = complaints
    this.#tables = tables
  }

  /**
   * P7: "never seen" is said of a command only with a tombstone on the disk: a delivery of it may still be on its way.
   * @param on_disk the part of the journal that a crash can't take
   */
  answers(account_id: number, terminal: string, answers: readonly Answer[], on_disk: () => string): void {
    for (const { command_id, response } of answers) {
      if (response?.outcome !== 'not_executed' || response.evidence !== 'tombstone') continue
      const probe = this.#tables().accounts.get(account_id)?.commands.get(command_id)
      // A question that went with the ledger: what it asked about is not known here.
      if (probe === undefined) continue
      const asked = String(probe.payload.probe_command_id)
      if (openedFrom(on_disk()).journal.state.entry(asked)?.final == null)
        this.#complaints.add(
          'P7',
          `${terminal} calls ${asked} not executed, and no tombstone of it is on its disk`,
        )
    }
  }
}
