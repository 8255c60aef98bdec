// Say again who you are: opened by any act that the server refuses with NGTB_CONFIRM; the act is then done.
import { Button, Modal, PasswordInput, TextInput } from '@mantine/core'
import type { NgtbError } from '@ngtb/sdk'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { session, usePeople, useSessionView } from '../../live/index.ts'
import styles from './entry.module.css'
import { Said } from './frame.tsx'

export function ConfirmPerson({ error, done }: { error: NgtbError; done: (confirmed: boolean) => void }) {
  const { refresh } = usePeople()
  const { person } = useSessionView()
  const [by_code, setByCode] = useState(person.totp)
  const [proof, setProof] = useState('')
  const confirm = useMutation({
    mutationFn: () => session.confirm(by_code ? { code: proof.trim() } : { password: proof }),
    onSuccess: () => {
      refresh()
      done(true)
    },
    onError: () => setProof(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate()
  }
  const field = {
    value: proof,
    onChange: (event: { currentTarget: { value: string } }) => setProof(event.currentTarget.value),
    'data-autofocus': true,
    required: true,
    withAsterisk: false,
  }
  return (
    <Modal opened onClose={() => done(false)} title={`Is it you, ${person.name}?`} centered data-ngt-modal>
      <form className={styles.form} onSubmit={submit}>
        <p>{error.message}</p>
        {by_code ? (
          <TextInput
            {...field}
            label="Code of your authenticator"
            inputMode="numeric"
            autoComplete="one-time-code"
          />
        ) : (
          <PasswordInput {...field} label="Password" autoComplete="current-password" />
        )}
        <Said error={confirm.error} />
        {person.totp ? (
          <button type="button" className={styles.quiet} onClick={() => setByCode(!by_code)}>
            {by_code ? 'Use the password' : 'Use the authenticator'}
          </button>
        ) : null}
        <div className={styles.row}>
          <Button type="submit" loading={confirm.isPending}>
            It is me: go on
          </Button>
          <Button variant="default" onClick={() => done(false)}>
            Leave it
          </Button>
        </div>
        <p className={styles.small}>Nothing was done so far. For five minutes you will not be asked again.</p>
      </form>
    </Modal>
  )
}
