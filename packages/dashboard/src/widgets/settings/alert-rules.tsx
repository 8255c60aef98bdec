// From when on something is not in order, who hears of it, and when nobody is woken: of the house, or of an account.
import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core'
import type { AlertSettings, AlertSettingsView, ChannelName } from '@ngtb/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import {
  ALERT_NUMBER_NAMES,
  ALERT_NUMBERS,
  type AlertForm,
  accountsQuery,
  alertForm,
  alertSettingsOf,
  alertSettingsQuery,
  alertText,
  channelsQuery,
  type Faults,
  session,
  useAct,
} from '../../live/index.ts'
import { ErrorState, SkeletonRows } from '../../ui/index.ts'
import styles from './settings.module.css'
import { SettingsPanel } from './settings-frame.tsx'

const HOUSE = ''

export function AlertRules() {
  const accounts = useQuery(accountsQuery())
  const [account, setAccount] = useState(HOUSE)
  const settings = useQuery(alertSettingsQuery(account))
  return (
    <SettingsPanel title={account === HOUSE ? 'The house’s' : `Of account ${account}`}>
      <NativeSelect
        label="For"
        description="What an account leaves empty is the house’s; what the house leaves empty is the default."
        value={account}
        onChange={(event) => setAccount(event.currentTarget.value)}
        data={[
          { value: HOUSE, label: 'the house: every account without its own' },
          ...(accounts.data ?? []).map(({ account_number, broker }) => ({
            value: account_number,
            label: `${account_number} ${broker}`,
          })),
        ]}
      />
      {settings.data ? (
        <Form key={`${account} ${settings.dataUpdatedAt}`} account={account} of={settings.data} />
      ) : settings.error ? (
        <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />
      ) : (
        <SkeletonRows columns={3} label="Alerts: loading" />
      )}
    </SettingsPanel>
  )
}

function Form({ account, of }: { account: string; of: AlertSettingsView }) {
  const queries = useQueryClient()
  const [form, setForm] = useState<AlertForm>(() => alertForm(of.settings, zoneHere()))
  const change = (part: Partial<AlertForm>) => setForm((now) => ({ ...now, ...part }))
  const judged = alertSettingsOf(form)
  const faults: Faults<AlertForm> = 'faults' in judged ? judged.faults : {}
  const save = useAct(
    (body: AlertSettings) => session.alerts.setSettings(body, account === HOUSE ? undefined : account),
    { onSuccess: () => void queries.invalidateQueries({ queryKey: ['alert-settings'] }) },
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if ('body' in judged) save.mutate(judged.body)
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.fields}>
        {ALERT_NUMBER_NAMES.map((name) => (
          <TextInput
            key={name}
            label={ALERT_NUMBERS[name].label}
            description={ALERT_NUMBERS[name].rule + (ALERT_NUMBERS[name].never ? '; or “never”' : '')}
            placeholder={`${alertText(of.effective[name])} holds now`}
            inputMode={ALERT_NUMBERS[name].never ? 'text' : 'decimal'}
            value={form[name]}
            error={faults[name]}
            onChange={(event) => change({ [name]: event.currentTarget.value })}
          />
        ))}
      </div>
      <Channels form={form} change={change} />
      <Quiet form={form} change={change} faults={faults} />
      <Textarea
        label="Rules that raise nothing"
        description="By comma or line, by the names that stand here and on the page Alerts; “none”: all raise."
        placeholder={`${of.effective.muted?.join(', ') || 'none'} holds now`}
        autosize={false}
        rows={2}
        value={form.muted}
        onChange={(event) => change({ muted: event.currentTarget.value })}
      />
      {save.error ? <ErrorState error={save.error} title="Nothing was changed" /> : null}
      <div className={styles.row}>
        <Button type="submit" loading={save.isPending} disabled={'faults' in judged}>
          Set them
        </Button>
        {save.isSuccess ? <span role="status">They hold from now on.</span> : null}
      </div>
    </form>
  )
}

interface Part {
  readonly form: AlertForm
  readonly change: (part: Partial<AlertForm>) => void
}

const above = { value: 'above', label: 'as above it: the house’s, or the default' }

function Channels({ form: { channels, named }, change }: Part) {
  const known = useQuery(channelsQuery())
  const toggle = (channel: ChannelName) =>
    change({
      named: named.includes(channel) ? named.filter((one) => one !== channel) : [...named, channel],
    })
  return (
    <fieldset className={styles.fieldset}>
      <NativeSelect
        label="Who hears of it"
        value={channels}
        onChange={(event) => change({ channels: event.currentTarget.value as AlertForm['channels'] })}
        data={[
          above,
          { value: 'plain', label: 'all channels that are set up' },
          { value: 'own', label: 'only these' },
        ]}
      />
      {channels === 'own'
        ? known.data?.map(({ channel, about }) => (
            <Checkbox
              key={channel}
              label={channel}
              description={about}
              checked={named.includes(channel)}
              onChange={() => toggle(channel)}
            />
          ))
        : null}
    </fieldset>
  )
}

function Quiet({ form, change, faults }: Part & { faults: Faults<AlertForm> }) {
  const text = (name: 'from' | 'to' | 'zone', label: string) => (
    <TextInput
      label={label}
      value={form[name]}
      error={faults[name]}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <fieldset className={styles.fieldset}>
      <NativeSelect
        label="Quiet hours"
        description="What is not critical waits for their end; nothing is left out."
        value={form.quiet}
        onChange={(event) => change({ quiet: event.currentTarget.value as AlertForm['quiet'] })}
        data={[
          above,
          { value: 'plain', label: 'none: tell at any hour' },
          { value: 'own', label: 'between these times' },
        ]}
      />
      {form.quiet === 'own' ? (
        <div className={styles.fields}>
          {text('from', 'From')}
          {text('to', 'To')}
          {text('zone', 'On the clocks of')}
        </div>
      ) : null}
    </fieldset>
  )
}

const zoneHere = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
