// The second factor: a secret into the authenticator, one code of it back, and ten recovery codes to be kept.
import { Button, TextInput } from '@mantine/core'
import type { TotpView } from '@ngtb/protocol'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { session, usePeople, useSessionView } from '../../live/index.ts'
import { CopyButton, ErrorState, SkeletonText } from '../../ui/index.ts'
import styles from './entry.module.css'
import { EntryFrame, Said } from './frame.tsx'
import { QrCode } from './qr.tsx'

/** The whole screen, before the house. @param onLater only where one may go on without */
export function Enrol({ onDone, onLater }: { onDone: () => void; onLater?: (() => void) | undefined }) {
  const { mutate: begin, ...offer } = useMutation({ mutationFn: () => session.enrolTotp() })
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const { refresh } = usePeople()
  useEffect(() => begin(), [begin])
  if (codes)
    return (
      <EntryFrame title="Keep these recovery codes">
        <RecoveryCodes
          codes={codes}
          onKept={() => {
            refresh()
            onDone()
          }}
        />
      </EntryFrame>
    )
  return (
    <EntryFrame title="Set up the second factor">
      <EnrolSteps
        offer={offer.data}
        error={offer.error}
        onRetry={() => begin()}
        onSet={setCodes}
        onLater={onLater}
      />
    </EntryFrame>
  )
}

interface StepsProps {
  offer: TotpView | undefined
  error?: Error | null
  onRetry?: () => void
  onSet: (recovery_codes: readonly string[]) => void
  onLater?: (() => void) | undefined
}

export function EnrolSteps({ offer, error, onRetry, onSet, onLater }: StepsProps) {
  const { must_enrol, person } = useSessionView()
  const [code, setCode] = useState('')
  const confirm = useMutation({
    mutationFn: () => session.confirmTotp(code.replace(/\s/g, '')),
    onSuccess: onSet,
    onError: () => setCode(''),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate()
  }
  return (
    <>
      <p>
        {must_enrol
          ? `As ${person.role === 'admin' ? 'an admin' : 'a trader'} you may act: until the second factor is set, you may only look.`
          : person.totp
            ? 'The new one takes the place of the one that you have; its recovery codes end, too.'
            : 'With it, a password alone lets nobody in.'}{' '}
        Scan this with an authenticator app.
      </p>
      {error ? <ErrorState error={error} onRetry={onRetry} /> : null}
      {offer ? (
        <>
          <div className={styles.qr}>
            <QrCode text={offer.uri} />
          </div>
          <div>
            <p>Or type this secret into it:</p>
            <div className={styles.secret}>{offer.secret.replace(/(.{4})/g, '$1 ').trim()}</div>
          </div>
        </>
      ) : error ? null : (
        <SkeletonText width={176} />
      )}
      <form onSubmit={submit} className={styles.form}>
        <TextInput
          label="The code that it shows now"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          withAsterisk={false}
        />
        <Said error={confirm.error} />
        <Button type="submit" loading={confirm.isPending} disabled={!offer} fullWidth>
          Set the second factor
        </Button>
        {onLater ? (
          <button type="button" className={styles.quiet} onClick={onLater}>
            Only look for now
          </button>
        ) : null}
      </form>
    </>
  )
}

export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const text = codes.join('\n')
  return (
    <>
      <p>Without your authenticator, one of these lets you in, once. They are shown only now.</p>
      <ol className={styles.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className={styles.row}>
        <CopyButton text={text} />
        <Button
          variant="default"
          component="a"
          download="ngtradingbot-recovery-codes.txt"
          href={`data:text/plain,${encodeURIComponent(text)}`}
        >
          Save as a file
        </Button>
      </div>
      <Button onClick={onKept} fullWidth>
        I have kept them
      </Button>
    </>
  )
}
