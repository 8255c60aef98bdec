// What is one's own: another password, the second factor.
import { Button, Modal, PasswordInput } from '@mantine/core'
import type { TotpView } from '@ngtb/protocol'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { session, useAct, usePeople, useSessionView } from '../../live/index.ts'
import { ErrorState, StatusChip } from '../../ui/index.ts'
import { EnrolSteps, RecoveryCodes } from '../entry/enrol.tsx'
import { Said } from '../entry/frame.tsx'
import styles from './settings.module.css'
import { SettingsPanel } from './settings-frame.tsx'

const LENGTH_MIN = 12
const NONE = { old: '', next: '', again: '' }

export function PasswordPanel() {
  const { person } = useSessionView()
  const queries = useQueryClient()
  const [typed, setTyped] = useState(NONE)
  const change = useMutation({
    mutationFn: () => session.changePassword(typed.old, typed.next),
    onSuccess: () => {
      setTyped(NONE)
      void queries.invalidateQueries({ queryKey: ['sessions'] })
    },
  })
  const differs = typed.again !== '' && typed.again !== typed.next
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (typed.next === typed.again) change.mutate()
  }
  const field = (name: keyof typeof NONE) => ({
    value: typed[name],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setTyped((now) => ({ ...now, [name]: value })),
    required: true,
    withAsterisk: false,
  })
  return (
    <SettingsPanel title="Password" id="password">
      <form className={styles.form} onSubmit={submit}>
        <input hidden value={person.name} autoComplete="username" readOnly />
        <PasswordInput {...field('old')} label="The password until now" autoComplete="current-password" />
        <PasswordInput
          {...field('next')}
          label="The new one"
          description={`At least ${LENGTH_MIN} characters. Any: a sentence is fine.`}
          autoComplete="new-password"
          minLength={LENGTH_MIN}
        />
        <PasswordInput
          {...field('again')}
          label="The new one again"
          autoComplete="new-password"
          error={differs ? 'This is not the same.' : undefined}
        />
        <Said error={change.error} />
        {change.isSuccess ? <p role="status">It is changed; your other sessions have ended.</p> : null}
        <div className={styles.row}>
          <Button type="submit" loading={change.isPending} disabled={differs}>
            Change the password
          </Button>
          <span className={styles.quiet}>Your other sessions end.</span>
        </div>
      </form>
    </SettingsPanel>
  )
}

export function FactorPanel() {
  const { person, must_enrol } = useSessionView()
  const { refresh } = usePeople()
  const [offer, setOffer] = useState<TotpView | null>(null)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const begin = useAct(() => session.enrolTotp(), { onSuccess: setOffer })
  return (
    <SettingsPanel title="Second factor" id="factor">
      <div>
        {person.totp ? (
          <StatusChip tone="ok" word="set" cause="A password alone lets nobody in" />
        ) : (
          <StatusChip
            tone={must_enrol ? 'bad' : 'watch'}
            word="not set"
            cause={must_enrol ? 'Your role may only look until it is set' : 'Whoever has the password is in'}
          />
        )}
      </div>
      <p>
        {person.totp
          ? 'A code of your authenticator goes with each login. A new one takes its place, and brings ten new recovery codes.'
          : must_enrol
            ? 'Your role may act: until it is set, you may only look.'
            : 'A viewer may do without. With it, a password alone lets nobody in.'}
      </p>
      {begin.error ? <ErrorState error={begin.error} title="It was not begun" /> : null}
      <div className={styles.row}>
        <Button
          variant={person.totp ? 'default' : 'filled'}
          loading={begin.isPending}
          onClick={() => begin.mutate(undefined)}
        >
          {person.totp ? 'Set another one' : 'Set it up'}
        </Button>
      </div>
      <Modal
        opened={offer !== null}
        onClose={() => setOffer(null)}
        // The codes are shown once: only their own button closes them.
        withCloseButton={codes === null}
        closeOnEscape={codes === null}
        closeOnClickOutside={codes === null}
        title={codes ? 'Keep these recovery codes' : 'Set up the second factor'}
        centered
        data-ngt-modal
      >
        <div className={styles.form}>
          {codes ? (
            <RecoveryCodes
              codes={codes}
              onKept={() => {
                setOffer(null)
                setCodes(null)
                refresh()
              }}
            />
          ) : (
            <EnrolSteps offer={offer ?? undefined} onSet={setCodes} />
          )}
        </div>
      </Modal>
    </SettingsPanel>
  )
}
