// What a person may do about a command: take it back, or say what became of it where nobody knows (P6).
import { Button, Radio, Textarea, TextInput } from '@mantine/core'
import type { CommandView, PersonsWord } from '@ngtb/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { canCancel, canSettle, clientOf, intentText, useAct, useSessionView } from '../../live/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { plural } from '../../ui/index.ts'
import styles from './commands.module.css'

interface Acting {
  account: string
  command: CommandView
}

/** Asks for everything of this command again: what an event tells comes by itself, but not to a page that is stale. */
function useAsked(account: string): () => void {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ queryKey: ['command', account] })
    void queries.invalidateQueries({ queryKey: ['commands', account] })
  }
}

export function CancelCommand({ account, command }: Acting) {
  const { scopes } = useSessionView()
  const [opened, setOpened] = useState(false)
  const asked = useAsked(account)
  const cancel = useAct(async () => (await clientOf(account).handle(command.command_id)).cancel(), {
    onSuccess: () => {
      setOpened(false)
      asked()
    },
  })
  const may = scopes.some(
    (scope) => scope === 'commands:open' || scope === 'commands:close' || scope === 'admin',
  )
  if (!may || !canCancel(command)) return null
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        Cancel it
      </Button>
      <ConfirmDialog
        opened={opened}
        title="Cancel this command"
        happens={
          <>
            <b>
              {command.type} {typeof command.payload.symbol === 'string' ? command.payload.symbol : ''}
            </b>{' '}
            {intentText(command)} on account {account} will not be handed out any more: nothing of it happens
            at the broker. If the EA has taken it meanwhile, this is refused and the command goes on.
          </>
        }
        action="Cancel the command"
        busy={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate(undefined)}
        onClose={() => setOpened(false)}
      />
    </>
  )
}

export function UnknownOutcome({ account, command }: Acting) {
  const { scopes } = useSessionView()
  const [opened, setOpened] = useState(false)
  if (!canSettle(command)) return null
  return (
    <section className={styles.unknown} aria-label="Outcome unknown">
      <div>
        <h2>Nobody knows yet whether it was executed</h2>
        <p>
          It was handed out {plural(command.attempt, 'time')} and no answer settles it. A late answer, its tag
          or its position still may.{' '}
          {command.note === 'likely_not_executed'
            ? 'The EA’s lists have no position of it: it was likely not executed. '
            : ''}
          {scopes.includes('admin')
            ? 'If you have looked at the terminal, you can say what became of it.'
            : 'Else an admin, who has looked at the terminal, can say what became of it.'}
        </p>
      </div>
      {scopes.includes('admin') ? (
        <>
          <Button variant="default" onClick={() => setOpened(true)}>
            Say what became of it
          </Button>
          {opened ? <Settle account={account} command={command} onClose={() => setOpened(false)} /> : null}
        </>
      ) : null}
    </section>
  )
}

const OPENS = new Set(['OPEN_TRADE', 'PLACE_PENDING'])

function Settle({ account, command, onClose }: Acting & { onClose: () => void }) {
  const [done, setDone] = useState<'yes' | 'no' | ''>('')
  const [ticket, setTicket] = useState('')
  const [note, setNote] = useState('')
  const asked = useAsked(account)
  const settle = useAct((word: PersonsWord) => clientOf(account).settle(command.command_id, word), {
    onSuccess: () => {
      onClose()
      asked()
    },
  })
  const opens = OPENS.has(command.type)
  const ticket_fits = /^\d{1,19}$/.test(ticket.trim()) || (ticket.trim() === '' && !opens)
  const ready = note.trim() !== '' && (done === 'no' || (done === 'yes' && ticket_fits))
  const word = (): PersonsWord =>
    done === 'yes'
      ? { completed: ticket.trim() === '' ? true : { ticket: ticket.trim() }, note: note.trim() }
      : { not_executed: true, note: note.trim() }
  return (
    <ConfirmDialog
      opened
      title="Say what became of it"
      happens={
        <>
          Your word settles{' '}
          <b>
            {command.type} {intentText(command)}
          </b>{' '}
          on account {account}, for the strategy that waits for it and in the audit trail, by your name. It
          sends nothing to the broker. If the EA says later that it was executed, that overrides you.
        </>
      }
      fields={
        <div className={styles.fields}>
          <Radio.Group
            label="Look at the terminal first. Was it executed?"
            value={done}
            onChange={(value) => setDone(value === 'yes' ? 'yes' : 'no')}
          >
            <div className={styles.fields} style={{ paddingTop: 8, gap: 8 }}>
              <Radio value="yes" label="Yes, it was executed: completed" />
              <Radio value="no" label="No, the terminal knows nothing of it: failed" />
            </div>
          </Radio.Group>
          {done === 'yes' ? (
            <TextInput
              label={opens ? 'Ticket of its position or order' : 'Ticket, if there is one'}
              inputMode="numeric"
              value={ticket}
              onChange={(event) => setTicket(event.currentTarget.value)}
              error={ticket !== '' && !ticket_fits ? 'Digits only' : undefined}
              required={opens}
            />
          ) : null}
          <Textarea
            label="How do you know?"
            description="Stays in the audit trail"
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            minRows={2}
            maxLength={1_000}
            required
          />
        </div>
      }
      ready={ready}
      action={done === 'no' ? 'It was not executed' : done === 'yes' ? 'It was executed' : 'Settle it'}
      busy={settle.isPending}
      error={settle.error}
      onConfirm={() => settle.mutate(word())}
      onClose={onClose}
    />
  )
}
