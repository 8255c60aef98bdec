// A one-time link: the first admin, or somebody invited, chooses the password and is logged in.
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { isRefusal } from '@ngtb/sdk'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ROLE_WORDS, session, usePeople } from '../../live/index.ts'
import { ErrorState, SkeletonRows } from '../../ui/index.ts'
import styles from './entry.module.css'
import { EntryFrame, Said } from './frame.tsx'

const LENGTH_MIN = 12

export function Setup({ token, onDone }: { token: string; onDone: () => void }) {
  const { refresh } = usePeople()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  // Asked, not used: the link stays good until the password is chosen.
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: () => session.link(token),
    staleTime: Infinity,
  })
  const asks_name = link.data?.name === null
  const setup = useMutation({
    mutationFn: () => session.setup({ token, password, ...(asks_name ? { name: name.trim() } : {}) }),
    onSuccess: () => {
      onDone()
      refresh()
    },
  })
  const differs = again !== '' && again !== password
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password === again) setup.mutate()
  }
  const spent = [setup.error, link.error].find((error) => isRefusal(error, 'NGTB_LINK_SPENT'))
  if (spent)
    return (
      <EntryFrame title="This link is spent">
        <p>{spent.message}</p>
        <p>
          Links are good once, for a day. An admin makes a new one in Settings, People; on the server’s
          machine, <code>npx ngtb person reset NAME</code> does.
        </p>
        <Button variant="default" onClick={onDone}>
          To the login
        </Button>
      </EntryFrame>
    )
  if (!link.data)
    return (
      <EntryFrame title="Choose your password">
        {link.error ? (
          <ErrorState error={link.error} onRetry={() => void link.refetch()} />
        ) : (
          <SkeletonRows columns={1} label="Asking what this link is for" />
        )}
      </EntryFrame>
    )
  const { role } = link.data
  return (
    <EntryFrame title={link.data.name === null ? 'The first admin' : `Welcome, ${link.data.name}`}>
      <p>
        {link.data.name === null
          ? 'You will be the first admin here: choose a name and a password.'
          : `You come as ${role === 'admin' ? 'an admin' : `a ${role}`}, who ${ROLE_WORDS[role]}.`}{' '}
        This link lets you in once; the password is yours from then on, and nobody else can read it.
      </p>
      <form onSubmit={submit}>
        {asks_name ? (
          <TextInput
            label="Your name"
            description="As you log in with."
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            autoComplete="username"
            autoFocus
            required
            withAsterisk={false}
          />
        ) : (
          // For password managers, which keep a password by its name.
          <input className={styles.hidden} value={link.data.name ?? ''} autoComplete="username" readOnly />
        )}
        <PasswordInput
          label="Password"
          description={`At least ${LENGTH_MIN} characters. Any: a sentence is fine, and pasting is, too.`}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          autoFocus={!asks_name}
          minLength={LENGTH_MIN}
          required
          withAsterisk={false}
        />
        <PasswordInput
          label="The same again"
          value={again}
          onChange={(event) => setAgain(event.currentTarget.value)}
          autoComplete="new-password"
          error={differs ? 'This is not the same.' : undefined}
          required
          withAsterisk={false}
        />
        <Said error={setup.error} />
        <Button type="submit" loading={setup.isPending} disabled={differs} fullWidth>
          Set it and go in
        </Button>
      </form>
    </EntryFrame>
  )
}
