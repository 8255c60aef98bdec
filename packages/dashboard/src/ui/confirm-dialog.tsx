// Before something is done that can't be undone: what will happen to what, and only then the button.
//
//   D1. `happens` names the positions, orders or keys that it touches; the dialog is not for "are you sure".
//   D2. With `type_this` the button is shut until that word was typed.
//   D3. While it runs it can't be sent twice; a refusal stays in the dialog.
import { Button, Modal, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import styles from './confirm-dialog.module.css'
import { ErrorState } from './states.tsx'

export interface ConfirmDialogProps {
  opened: boolean
  title: string
  /** What will happen, to which positions. */
  happens: ReactNode
  /** The button's words: what it does, not "OK". */
  action: string
  /** Must be typed first, e.g. the login or CLOSE ALL. */
  type_this?: string | undefined
  busy?: boolean
  error?: Error | null
  onConfirm: () => void
  onClose: () => void
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, title, busy = false, onClose } = props
  return (
    <Modal opened={opened} onClose={busy ? () => {} : onClose} title={title} centered data-ngt-modal>
      <Asking {...props} busy={busy} />
    </Modal>
  )
}

function Asking({ happens, action, type_this, busy, error, onConfirm, onClose }: ConfirmDialogProps) {
  const [typed, setTyped] = useState('')
  const open = type_this === undefined || typed.trim() === type_this
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (open && !busy) onConfirm()
  }
  return (
    <form className={styles.body} onSubmit={submit}>
      <div className={styles.happens}>{happens}</div>
      {type_this === undefined ? null : (
        <TextInput
          label={`Type ${type_this} to go on`}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          labelProps={{ mb: 6 }}
          data-autofocus
        />
      )}
      {error ? <ErrorState error={error} title="Refused: nothing was done" /> : null}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose} disabled={busy ?? false}>
          Leave it
        </Button>
        <Button type="submit" color="red" disabled={!open} loading={busy ?? false}>
          {action}
        </Button>
      </div>
    </form>
  )
}
