// The second factor: a secret into the authenticator, one code of it back, and ten recovery codes to be kept.
import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { session, usePeople } from '../../live/index.ts'
import { ErrorState, SkeletonText } from '../../ui/index.ts'
import styles from './entry.module.css'
import { EntryFrame, Said } from './frame.tsx'
import { QrCode } from './qr.tsx'

/** @param onLater only where one may go on without */
export function Enrol({ onDone, onLater }: { onDone: () => void; onLater?: (() => void) | undefined }) {
  const { refresh } = usePeople()
  const [code, setCode] = useState('')
  const { mutate: begin, ...offer } = useMutation({ mutationFn: () => session.enrolTotp() })
  useEffect(() => begin(), [begin])
  const confirm = useMutation({
    mutationFn: () => session.confirmTotp(code.replace(/\s/g, '')),
    onError: () => setCode(''),
  })
  if (confirm.data)
    return (
      <RecoveryCodes
        codes={confirm.data}
        onKept={() => {
          refresh()
          onDone()
        }}
      />
    )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirm.mutate()
  }
  return (
    <EntryFrame title="Set up the second factor">
      <p>
        {onLater
          ? 'With it, a password alone lets nobody in.'
          : 'Your role may trade: until the second factor is set, you may only look.'}{' '}
        Scan this with an authenticator app.
      </p>
      {offer.error ? <ErrorState error={offer.error} onRetry={() => begin()} /> : null}
      {offer.data ? (
        <>
          <div className={styles.qr}>
            <QrCode text={offer.data.uri} />
          </div>
          <div>
            <p>Or type this secret into it:</p>
            <div className={styles.secret}>{offer.data.secret.replace(/(.{4})/g, '$1 ').trim()}</div>
          </div>
        </>
      ) : offer.error ? null : (
        <SkeletonText width={176} />
      )}
      <form onSubmit={submit}>
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
        <Button type="submit" loading={confirm.isPending} disabled={!offer.data} fullWidth>
          Set the second factor
        </Button>
        {onLater ? (
          <button type="button" className={styles.quiet} onClick={onLater}>
            Only look for now
          </button>
        ) : null}
      </form>
    </EntryFrame>
  )
}

function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const [copied, setCopied] = useState(false)
  const text = codes.join('\n')
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <EntryFrame title="Keep these recovery codes">
      <p>Without your authenticator, one of these lets you in, once. They are shown only now.</p>
      <ol className={styles.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className={styles.row}>
        <Button variant="default" onClick={() => void copy()}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
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
    </EntryFrame>
  )
}
