// A one-time link: the first admin, or somebody invited, chooses the password and is logged in.
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { isRefusal } from '@ngtb/sdk'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { session, usePeople } from '../../live/index.ts'
import { EntryFrame, Said } from './frame.tsx'

const LENGTH_MIN = 12

export function Setup({ token, onDone }: { token: string; onDone: () => void }) {
  const { refresh } = usePeople()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const setup = useMutation({
    mutationFn: () =>
      session.setup({ token, password, ...(name.trim() === '' ? {} : { name: name.trim() }) }),
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
  if (isRefusal(setup.error, 'NGTB_LINK_SPENT'))
    return (
      <EntryFrame title="This link is spent">
        <p>{setup.error.message}</p>
        <p>
          Links are good once, for a day. On the server’s machine, <code>npx ngtb person invite NAME</code>{' '}
          prints a new one.
        </p>
        <Button variant="default" onClick={onDone}>
          To the login
        </Button>
      </EntryFrame>
    )
  return (
    <EntryFrame title="Choose your password">
      <p>This link lets you in once. The password is yours from then on; nobody else can read it.</p>
      <form onSubmit={submit}>
        <TextInput
          label="Your name"
          description="As you log in with. An invitation has it already: then leave this empty."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="username"
          autoFocus
        />
        <PasswordInput
          label="Password"
          description={`At least ${LENGTH_MIN} characters. Any: a sentence is fine, and pasting is, too.`}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
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
