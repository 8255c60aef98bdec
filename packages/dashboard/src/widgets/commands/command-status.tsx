// A command's status as a chip; its cause is the EA's own word, or what is known of it.
import type { CommandView } from '@ngtb/sdk'
import { commandTone, statusWord } from '../../live/index.ts'
import { StatusChip } from '../../ui/index.ts'

const MEANS: Readonly<Record<string, string>> = {
  pending: 'Waits to be handed out',
  executing: 'Handed out; the EA may still answer',
  completed: 'Done',
  failed: 'Not done',
  timeout: 'It may have been executed: nobody knows yet',
  cancelled: 'Taken back before it was handed out',
  expired: 'Its time ended before it was handed out',
}

export function CommandStatusChip({ command }: { command: CommandView }) {
  const { status, error_message, evidence, retcode_name, note } = command
  const cause = [
    MEANS[status],
    error_message,
    retcode_name,
    note === error_message ? null : note,
    evidence ? `evidence: ${evidence}` : null,
  ]
    .filter(Boolean)
    .join(' · ')
  const open = status === 'pending' || status === 'executing' || status === 'timeout'
  return (
    <StatusChip
      tone={commandTone(status)}
      word={statusWord(status)}
      since={open ? (command.sent_at ?? command.created_at) : undefined}
      cause={cause}
    />
  )
}
