// Name and password; then, when the server asks for it, the code of the second factor or a recovery code.
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { isRefusal } from '@ngtb/sdk'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { session, usePeople } from '../../live/index.ts'
import styles from './entry.module.css'
import { EntryFrame, Said } from './frame.tsx'

type Factor = 'none' | 'code' | 'recovery'

export function Login({ why }: { why: string | null }) {
  const { refresh } = usePeople()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [proof, setProof] = useState('')
  const [factor, setFactor] = useState<Factor>('none')
  const login = useMutation({
    mutationFn: () =>
      session.login({
        name: name.trim(),
        password,
        ...(factor === 'code' ? { code: proof.trim() } : {}),
        ...(factor === 'recovery' ? { recovery_code: proof.trim() } : {}),
      }),
    onSuccess: refresh,
    onError: (error) => {
      if (isRefusal(error, 'NGTB_CODE_NEEDED')) setFactor('code')
      setProof('')
    },
  })
  const asked_for_code = isRefusal(login.error, 'NGTB_CODE_NEEDED')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    login.mutate()
  }
  const turnTo = (next: Factor) => {
    setFactor(next)
    setProof('')
    login.reset()
  }
  return (
    <EntryFrame title="Log in">
      {why ? <p role="status">{why}</p> : null}
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="username"
          autoFocus
          required
          withAsterisk={false}
        />
        <PasswordInput
          label="Password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          required
          withAsterisk={false}
        />
        {factor === 'none' ? null : (
          <TextInput
            key={factor}
            label={factor === 'code' ? 'Code of your authenticator' : 'Recovery code'}
            description={
              factor === 'code' ? 'Six digits; each is good once.' : 'Each of the ten is good once.'
            }
            value={proof}
            onChange={(event) => setProof(event.currentTarget.value)}
            autoComplete="one-time-code"
            inputMode={factor === 'code' ? 'numeric' : 'text'}
            autoFocus
            required
            withAsterisk={false}
          />
        )}
        <Said error={asked_for_code ? null : login.error} />
        <Button type="submit" loading={login.isPending} fullWidth>
          Log in
        </Button>
        {factor === 'none' ? null : (
          <button
            type="button"
            className={styles.quiet}
            onClick={() => turnTo(factor === 'code' ? 'recovery' : 'code')}
          >
            {factor === 'code' ? 'Use a recovery code' : 'Use the authenticator'}
          </button>
        )}
      </form>
      <p>
        No way in? On the server’s machine, <code>npx ngtb person invite NAME</code> prints a link that is
        good once.
      </p>
    </EntryFrame>
  )
}
