// Exchanging a key and ending one: each says first what will stop working.
import { Button, Modal, NativeSelect } from '@mantine/core'
import type { KeyView, NewKeyView } from '@ngtb/protocol'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { openTradesQuery, session, stopsWith, useAct } from '../../live/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Ago, ErrorState, plural } from '../../ui/index.ts'
import styles from './settings.module.css'

const DAY_S = 86_400
const GRACES: readonly (readonly [string, number])[] = [
  ['at once', 0],
  ['in an hour', 3_600],
  ['in a day', DAY_S],
  ['in a week', 7 * DAY_S],
  ['in 30 days', 30 * DAY_S],
]

interface RotateProps {
  of: KeyView | null
  onClose: () => void
  onMade: (key: NewKeyView) => void
}

export function KeyRotate({ of, onClose, onMade }: RotateProps) {
  return (
    <Modal opened={of !== null} onClose={onClose} title="Exchange this key" centered data-ngt-modal>
      {of ? <RotateForm of={of} onClose={onClose} onMade={onMade} /> : null}
    </Modal>
  )
}

function RotateForm({ of, onClose, onMade }: RotateProps & { of: KeyView }) {
  const [grace, setGrace] = useState('in a day')
  const rotate = useAct(
    () => session.rotateKey(of.key_id, GRACES.find(([name]) => name === grace)?.[1] ?? DAY_S),
    { onSuccess: onMade },
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    rotate.mutate(undefined)
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <p>
        A new key with the same scopes takes the place of <b>{of.label || of.key_id}</b>. The old one goes on
        until the new one is used for the first time, and not longer than this:
      </p>
      <NativeSelect
        label="The old key ends at the latest"
        value={grace}
        onChange={(event) => setGrace(event.currentTarget.value)}
        data={GRACES.map(([name]) => name)}
      />
      {grace === 'at once' ? (
        <p className={styles.warn}>Until the new key is where the old one was: {stopsWith(of)[0]}</p>
      ) : null}
      {rotate.error ? <ErrorState error={rotate.error} title="Nothing was exchanged" /> : null}
      <div className={styles.row}>
        <Button type="submit" loading={rotate.isPending}>
          Make the new key
        </Button>
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
      </div>
    </form>
  )
}

interface RevokeProps {
  of: KeyView | null
  onClose: () => void
  onDone: () => void
}

export function KeyRevoke({ of, onClose, onDone }: RevokeProps) {
  const revoke = useAct((key_id: string) => session.revokeKey(key_id), { onSuccess: onDone })
  if (of === null) return null
  return (
    <ConfirmDialog
      opened
      title={`Revoke ${of.label || of.key_id}`}
      happens={<Happens of={of} />}
      action="Revoke this key now"
      busy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate(of.key_id)}
      onClose={() => {
        revoke.reset()
        onClose()
      }}
    />
  )
}

function Happens({ of }: { of: KeyView }) {
  return (
    <>
      <ul className={styles.happens}>
        {stopsWith(of).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {of.account_number === null ? null : <Open account={of.account_number} />}
      </ul>
      <p className={styles.quiet}>
        Last used <Ago at={of.last_used_at} />. A revoked key never works again; to exchange one without a
        gap, use Exchange.
      </p>
    </>
  )
}

function Open({ account }: { account: string }) {
  const { data } = useQuery(openTradesQuery(account))
  if (!data) return <li>How many positions are open on account {account} is not known yet.</li>
  const open = data.filter(({ status }) => status === 'open')
  const tickets = open.slice(0, 4).map(({ ticket, symbol }) => `${symbol ?? ''} ${ticket}`)
  return (
    <li>
      {open.length === 0
        ? `Nothing is open on account ${account} now.`
        : `${plural(open.length, 'position')} open on account ${account} now: ${tickets.join(', ')}${open.length > 4 ? ', …' : ''}.`}
    </li>
  )
}
