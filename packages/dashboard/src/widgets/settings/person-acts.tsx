// What is done to a person: invited, another role, shut out or let in again, begun anew by a link.
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import type { InvitedView, PersonView, Role } from '@ngtb/protocol'
import { type FormEvent, useState } from 'react'
import { ROLE_WORDS, session, useAct } from '../../live/index.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { ErrorState } from '../../ui/index.ts'
import styles from './settings.module.css'

const ROLES: readonly Role[] = ['viewer', 'trader', 'admin']
const CHOICES = ROLES.map((role) => ({ value: role, label: `${role}: ${ROLE_WORDS[role]}` }))
const isRole = (text: string): text is Role => ROLES.some((role) => role === text)

export interface PersonActing {
  readonly what: 'role' | 'disable' | 'enable' | 'reset'
  readonly person: PersonView
}

function RoleSelect({ role, onRole }: { role: Role; onRole: (role: Role) => void }) {
  return (
    <NativeSelect
      label="Role"
      value={role}
      onChange={({ currentTarget: { value } }) => {
        if (isRole(value)) onRole(value)
      }}
      data={CHOICES}
    />
  )
}

interface InviteProps {
  opened: boolean
  onClose: () => void
  onMade: (made: InvitedView) => void
}

export function PersonInvite({ opened, ...rest }: InviteProps) {
  return (
    <Modal opened={opened} onClose={rest.onClose} title="Invite a person" centered data-ngt-modal>
      <InviteForm {...rest} />
    </Modal>
  )
}

function InviteForm({ onClose, onMade }: Omit<InviteProps, 'opened'>) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const invite = useAct(() => session.invite(name.trim(), role), { onSuccess: onMade })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    invite.mutate(undefined)
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label="Name"
        description="As this person logs in, and as the audit trail calls what is done. It can’t be given twice."
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        autoComplete="off"
        required
        withAsterisk={false}
        data-autofocus
      />
      <RoleSelect role={role} onRole={setRole} />
      {invite.error ? <ErrorState error={invite.error} title="Nobody was invited" /> : null}
      <div className={styles.row}>
        <Button type="submit" loading={invite.isPending}>
          Make the link
        </Button>
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
      </div>
    </form>
  )
}

interface ActProps {
  acting: PersonActing | null
  onClose: () => void
  onDone: () => void
  onLink: (made: InvitedView) => void
}

export function PersonAct({ acting, ...rest }: ActProps) {
  if (acting === null) return null
  const { person, what } = acting
  if (what === 'role') return <RoleDialog person={person} {...rest} />
  if (what === 'reset') return <ResetDialog person={person} {...rest} />
  return <DisableDialog person={person} disabled={what === 'disable'} {...rest} />
}

type DialogProps = Omit<ActProps, 'acting'> & { person: PersonView }

function RoleDialog({ person, onClose, onDone }: DialogProps) {
  const [role, setRole] = useState<Role>(person.role)
  const change = useAct(() => session.changePerson(person.person_id, { role }), { onSuccess: onDone })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(undefined)
  }
  return (
    <Modal opened onClose={onClose} title={`The role of ${person.name}`} centered data-ngt-modal>
      <form className={styles.form} onSubmit={submit}>
        <RoleSelect role={role} onRole={setRole} />
        <p>
          With another role the sessions of {person.name} end at once: what is under way goes on, and the next
          login has the new role.
        </p>
        {change.error ? <ErrorState error={change.error} title="Nothing was changed" /> : null}
        <div className={styles.row}>
          <Button type="submit" loading={change.isPending} disabled={role === person.role}>
            Make {person.name} {role === 'admin' ? 'an admin' : `a ${role}`}
          </Button>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function DisableDialog({ person, disabled, onClose, onDone }: DialogProps & { disabled: boolean }) {
  const change = useAct(() => session.changePerson(person.person_id, { disabled }), { onSuccess: onDone })
  return (
    <ConfirmDialog
      opened
      title={`${disabled ? 'Disable' : 'Enable'} ${person.name}`}
      happens={
        disabled ? (
          <p>
            All sessions of {person.name} end at once, and no login works any more. Commands that were sent go
            on; positions stay as they are. Keys that {person.name} made stay good: revoke them under Keys.
          </p>
        ) : (
          <p>
            {person.name} may log in again as {person.role}, with the password and second factor from before.
          </p>
        )
      }
      action={disabled ? 'Shut this person out' : 'Let this person in again'}
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate(undefined)}
      onClose={onClose}
    />
  )
}

function ResetDialog({ person, onClose, onLink }: DialogProps) {
  const reset = useAct(() => session.resetPerson(person.person_id), { onSuccess: onLink })
  return (
    <ConfirmDialog
      opened
      title={`Reset ${person.name}`}
      happens={
        <p>
          Password, second factor and recovery codes of {person.name} are gone, and all sessions end at once.
          A link lets {person.name} choose new ones; it is shown once, and ends in a day.
        </p>
      }
      action="Reset, and make the link"
      busy={reset.isPending}
      error={reset.error}
      onConfirm={() => reset.mutate(undefined)}
      onClose={onClose}
    />
  )
}
