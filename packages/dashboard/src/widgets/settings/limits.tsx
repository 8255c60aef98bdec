// What may be opened on an account at most, and what counts against it now. Closing is never limited.
import { Button, Checkbox, Textarea, TextInput } from '@mantine/core'
import type { LimitsView } from '@ngtb/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import {
  clientOf,
  type Faults,
  type LimitsForm,
  limitsForm,
  limitsOf,
  limitsQuery,
  useAct,
  useSessionView,
} from '../../live/index.ts'
import { Ago, countText, ErrorState, FigureOf, Figures, lotsText, SkeletonRows } from '../../ui/index.ts'
import styles from './settings.module.css'
import { SettingsPanel } from './settings-frame.tsx'

export function Limits({ account }: { account: string }) {
  const limits = useQuery(limitsQuery(account))
  const { scopes } = useSessionView()
  if (!limits.data)
    return limits.error ? (
      <ErrorState error={limits.error} onRetry={() => void limits.refetch()} />
    ) : (
      <SkeletonRows columns={4} label="Limits: loading" />
    )
  return (
    <>
      <LimitFigures of={limits.data} />
      {scopes.includes('admin') ? (
        <Form key={limits.data.changed_at} account={account} of={limits.data} />
      ) : (
        <p className={styles.quiet}>An admin may change them.</p>
      )}
    </>
  )
}

const most = (limit: number | null) => (limit === null ? 'no limit' : `of ${countText(limit)} at most`)

function LimitFigures({ of }: { of: LimitsView }) {
  return (
    <Figures>
      <FigureOf name="May be opened" note={of.close_only ? 'close only' : 'within the limits'}>
        {of.close_only ? 'nothing' : 'yes'}
      </FigureOf>
      <FigureOf name="One order" note="lots at most">
        {of.max_volume === null ? 'no limit' : lotsText(of.max_volume)}
      </FigureOf>
      <FigureOf name="Open, pending and on the way" note={most(of.max_open_positions)}>
        {countText(of.now.open_positions)}
      </FigureOf>
      <FigureOf name="Openings in the last minute" note={most(of.max_openings_per_minute)}>
        {countText(of.now.openings_last_minute)}
      </FigureOf>
      <FigureOf
        name="Symbols"
        note={of.symbols ? of.symbols.slice(0, 4).join(', ') : 'every one may be opened'}
      >
        {of.symbols ? countText(of.symbols.length) : 'all'}
      </FigureOf>
      <FigureOf name="Set" note={of.changed_by ?? 'by nobody so far'}>
        {of.changed_at ? <Ago at={of.changed_at} /> : 'never'}
      </FigureOf>
    </Figures>
  )
}

function Form({ account, of }: { account: string; of: LimitsView }) {
  const queries = useQueryClient()
  const [form, setForm] = useState<LimitsForm>(() => limitsForm(of))
  const judged = limitsOf(form)
  const faults: Faults<LimitsForm> = 'faults' in judged ? judged.faults : {}
  const save = useAct(
    (body: Parameters<ReturnType<typeof clientOf>['setLimits']>[0]) => clientOf(account).setLimits(body),
    {
      onSuccess: () => void queries.invalidateQueries({ queryKey: ['limits', account] }),
    },
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if ('body' in judged) save.mutate(judged.body)
  }
  const text = (name: Exclude<keyof LimitsForm, 'close_only'>) => ({
    value: form[name],
    error: faults[name],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setForm((now) => ({ ...now, [name]: value })),
  })
  return (
    <SettingsPanel title="Limits">
      <p>
        An empty field is no limit. They hold for every key and person, and are judged when a command is
        created; what is refused says NGTB_LIMIT. Closing, changing and cancelling are never limited.
      </p>
      <form className={styles.form} onSubmit={submit}>
        <div className={styles.fields}>
          <TextInput {...text('max_volume')} label="One order, lots" inputMode="decimal" />
          <TextInput
            {...text('max_open_positions')}
            label="Open, pending and on the way"
            inputMode="numeric"
          />
          <TextInput {...text('max_openings_per_minute')} label="Openings a minute" inputMode="numeric" />
        </div>
        <Textarea
          {...text('symbols')}
          label="Symbols that may be opened"
          description="By comma or line; empty: every one."
          autosize={false}
          rows={2}
        />
        <Checkbox
          label="Close only"
          description="Nothing more may be opened; the rest goes on."
          checked={form.close_only}
          onChange={({ currentTarget: { checked } }) => setForm((now) => ({ ...now, close_only: checked }))}
        />
        {save.error ? <ErrorState error={save.error} title="Nothing was changed" /> : null}
        <div className={styles.row}>
          <Button type="submit" loading={save.isPending} disabled={'faults' in judged}>
            Set the limits
          </Button>
        </div>
      </form>
    </SettingsPanel>
  )
}
