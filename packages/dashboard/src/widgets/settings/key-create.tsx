// A new key: what it may do, for which account, until when.
import { Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core'
import type { NewKeyView, Scope } from '@ngtb/protocol'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { accountsQuery, SCOPE_WORDS, session, useAct } from '../../live/index.ts'
import { ErrorState } from '../../ui/index.ts'
import styles from './settings.module.css'

const SCOPES: readonly Scope[] = [
  'commands:read',
  'commands:open',
  'commands:close',
  'alerts:write',
  'admin',
  'ea:session',
]
const DAY_S = 86_400
const ENDS: readonly (readonly [string, number | undefined])[] = [
  ['never', undefined],
  ['in a day', DAY_S],
  ['in a week', 7 * DAY_S],
  ['in 30 days', 30 * DAY_S],
  ['in 90 days', 90 * DAY_S],
  ['in a year', 365 * DAY_S],
]

interface KeyCreateProps {
  opened: boolean
  onClose: () => void
  onMade: (key: NewKeyView) => void
}

export function KeyCreate({ opened, onClose, onMade }: KeyCreateProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="A new key" centered data-ngt-modal>
      <Form onClose={onClose} onMade={onMade} />
    </Modal>
  )
}

function Form({ onClose, onMade }: Omit<KeyCreateProps, 'opened'>) {
  const accounts = useQuery(accountsQuery())
  const [label, setLabel] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>(['commands:read'])
  const [account, setAccount] = useState('')
  const [ends, setEnds] = useState('never')
  const is_ea = scopes.includes('ea:session')
  const create = useAct(
    () =>
      session.createKey({
        scopes: [...scopes],
        label: label.trim(),
        ...(account === '' ? {} : { account }),
        ...expiry(ENDS.find(([name]) => name === ends)?.[1]),
      }),
    { onSuccess: onMade },
  )
  const toggle = (scope: Scope) =>
    setScopes((now) => {
      if (now.includes(scope)) return now.filter((one) => one !== scope)
      // The server's rule: an EA can never create commands.
      return scope === 'ea:session' ? [scope] : [...now.filter((one) => one !== 'ea:session'), scope]
    })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate(undefined)
  }
  const needs_account = is_ea && account === ''
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label="What it is for"
        description="So that you know it again: a program, a machine, a person."
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
        maxLength={256}
        required
        withAsterisk={false}
        data-autofocus
      />
      <fieldset className={styles.fieldset}>
        <legend>What it may do</legend>
        {SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            checked={scopes.includes(scope)}
            onChange={() => toggle(scope)}
            label={<code>{scope}</code>}
            description={SCOPE_WORDS[scope]}
          />
        ))}
      </fieldset>
      <NativeSelect
        label="For which account"
        description={is_ea ? 'An EA’s key is that of one account.' : undefined}
        value={account}
        onChange={(event) => setAccount(event.currentTarget.value)}
        data={[
          { value: '', label: is_ea ? 'Choose one' : 'Every account, also later ones' },
          ...(accounts.data ?? []).map(({ account_number, broker }) => ({
            value: account_number,
            label: `${account_number} ${broker}`,
          })),
        ]}
      />
      <NativeSelect
        label="When it ends"
        value={ends}
        onChange={(event) => setEnds(event.currentTarget.value)}
        data={ENDS.map(([name]) => name)}
      />
      {create.error ? <ErrorState error={create.error} title="No key was made" /> : null}
      <div className={styles.row}>
        <Button type="submit" loading={create.isPending} disabled={scopes.length === 0 || needs_account}>
          Make the key
        </Button>
        <Button variant="default" onClick={onClose}>
          Leave it
        </Button>
      </div>
    </form>
  )
}

const expiry = (expires_in_s: number | undefined) => (expires_in_s === undefined ? {} : { expires_in_s })
