// The account at a chosen moment, from its events alone: commands, trades and orders then, and what differs today.
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { accountQuery, replayQuery } from '../live/index.ts'
import { brokerText, EmptyState, ErrorState, Page, SkeletonRows, utcText } from '../ui/index.ts'
import styles from '../widgets/audit/audit.module.css'
import { Replayed } from '../widgets/audit/replayed.tsx'
import { FilterBar, useFilters } from '../widgets/filters.tsx'

const HOUR_MS = 3_600_000
const QUICK = [
  ['Now', 0],
  ['1 h ago', HOUR_MS],
  ['24 h ago', 24 * HOUR_MS],
  ['7 days ago', 168 * HOUR_MS],
] as const
/** What the field holds, without a zone; it is UTC. */
const fieldText = (ms: number): string => new Date(ms).toISOString().slice(0, 19)

export default function Replay() {
  const { login = '' } = useParams({ strict: false }) as { login?: string }
  const [{ at }, change] = useFilters(['at'])
  const account = useQuery(accountQuery(login))
  const offset = account.data?.connection.broker_offset_minutes
  const at_ms = at === '' || at === 'now' ? null : Date.parse(at)
  const valid = at_ms === null || Number.isFinite(at_ms)
  const replay = useQuery({ ...replayQuery(login, at_ms), enabled: at !== '' && valid })
  return (
    <Page
      title="Replay"
      context={`Account ${login} at a moment of your choice, rebuilt from its events alone; and what differs today`}
    >
      <Ask key={at} at_ms={valid ? at_ms : null} onAsk={(moment) => change({ at: moment })} />
      {at === '' ? (
        <EmptyState
          title="Choose a moment"
          text="The account’s whole history up to it is walked: a long one takes some seconds."
        />
      ) : !valid ? (
        <EmptyState title="That is no moment" text={`“${at}” can’t be read as a time. Choose another.`} />
      ) : replay.data ? (
        <>
          <p>
            As it stood at <b>{at_ms === null ? 'the present' : utcText(at_ms)}</b>
            {at_ms !== null && offset !== undefined ? `, ${brokerText(at_ms, offset)} by today’s offset` : ''}
          </p>
          <Replayed replay={replay.data} past={at_ms !== null} login={login} />
        </>
      ) : replay.error ? (
        <ErrorState error={replay.error} onRetry={() => void replay.refetch()} />
      ) : (
        <SkeletonRows columns={6} label="Replay: walking the history" />
      )}
    </Page>
  )
}

function Ask({ at_ms, onAsk }: { at_ms: number | null; onAsk: (at: string) => void }) {
  const [text, setText] = useState(() => fieldText(at_ms ?? Date.now()))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const ms = Date.parse(`${text}Z`)
    if (Number.isFinite(ms)) onAsk(new Date(ms).toISOString())
  }
  return (
    <FilterBar label="Moment">
      <form className={styles.ask} onSubmit={submit}>
        <TextInput
          size="xs"
          type="datetime-local"
          step={1}
          label="Moment (UTC)"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          required
        />
        <Button size="xs" type="submit">
          Show it then
        </Button>
        {QUICK.map(([word, ago]) => (
          <Button
            key={word}
            size="xs"
            variant="default"
            onClick={() =>
              onAsk(
                ago === 0 ? 'now' : new Date(Math.floor((Date.now() - ago) / 1_000) * 1_000).toISOString(),
              )
            }
          >
            {word}
          </Button>
        ))}
      </form>
    </FilterBar>
  )
}
