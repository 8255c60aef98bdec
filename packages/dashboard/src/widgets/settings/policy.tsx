// From which volume on a person says again who he is, before an order goes out.
import { Button, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { confirmVolumeOf, policyQuery, session, useAct } from '../../live/index.ts'
import { ErrorState, lotsText, SkeletonText } from '../../ui/index.ts'
import styles from './settings.module.css'
import { SettingsPanel } from './settings-frame.tsx'

export function Policy() {
  const policy = useQuery(policyQuery())
  return (
    <SettingsPanel title="Large orders">
      <p>
        Who opens or places an order of this volume or more in the browser says first who he is, unless he has
        in the last five minutes. CLOSE_ALL always asks. Keys are never asked.
      </p>
      {policy.error ? (
        <ErrorState error={policy.error} onRetry={() => void policy.refetch()} />
      ) : policy.data ? (
        <PolicyForm key={policy.dataUpdatedAt} confirm_volume={policy.data.confirm_volume} />
      ) : (
        <SkeletonText width={200} />
      )}
    </SettingsPanel>
  )
}

function PolicyForm({ confirm_volume }: { confirm_volume: number | null }) {
  const queries = useQueryClient()
  const [text, setText] = useState(String(confirm_volume ?? ''))
  const wanted = confirmVolumeOf(text)
  const save = useAct((value: number | null) => session.setPolicy({ confirm_volume: value }), {
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['policy'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wanted !== undefined) save.mutate(wanted)
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextInput
        label="Confirm from, lots"
        description={`Empty: never. Now ${confirm_volume === null ? 'never' : `from ${lotsText(confirm_volume)} lots on`}.`}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        inputMode="decimal"
        error={wanted === undefined ? 'A number above 0, like 0.5; empty: never.' : undefined}
      />
      {save.error ? <ErrorState error={save.error} title="Nothing was changed" /> : null}
      <div className={styles.row}>
        <Button
          type="submit"
          loading={save.isPending}
          disabled={wanted === undefined || wanted === confirm_volume}
        >
          Set it
        </Button>
      </div>
    </form>
  )
}
