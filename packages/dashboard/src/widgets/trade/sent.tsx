// What was sent from this page, each with its life until it is settled; unknown is called unknown.
import { Button } from '@mantine/core'
import { OutcomeUnknown } from '@ngtb/sdk'
import { useQuery } from '@tanstack/react-query'
import { clientOf, commandQuery, type Sent, useAct, useMay, useSent } from '../../live/index.ts'
import { askedText, isSettled, nowText, statusWord, stepsOf, storyTone } from '../../trade/command-story.ts'
import { agoText, ErrorState, msOf, SkeletonText, StatusChip, utcText } from '../../ui/index.ts'
import styles from './trade.module.css'

const SHOWN = 6

export function SentList({ account }: { account: string }) {
  const { list, putAway } = useSent(account)
  if (list.length === 0) return null
  return (
    <section aria-label="Sent from this page">
      <div className={styles.head}>
        <h2>Sent from this page</h2>
        <button
          type="button"
          className={styles.act}
          onClick={() => putAway(...list.map(({ command_id }) => command_id))}
        >
          Put all away
        </button>
      </div>
      <ul className={styles.sent} aria-live="polite">
        {list.slice(0, SHOWN).map((sent) => (
          <li key={sent.command_id}>
            <SentLine sent={sent} onPutAway={() => putAway(sent.command_id)} />
          </li>
        ))}
      </ul>
      {list.length > SHOWN ? <p className={styles.hint}>and {list.length - SHOWN} before these</p> : null}
    </section>
  )
}

export function SentLine({ sent, onPutAway }: { sent: Sent; onPutAway?: () => void }) {
  const { account, command_id } = sent
  const { data: command, error } = useQuery(commandQuery(account, command_id))
  const { reduce } = useMay()
  const cancel = useAct(async () => (await clientOf(account).handle(command_id)).cancel())
  if (!command)
    return error ? <span className={styles.says}>{error.message}</span> : <SkeletonText width={260} />
  const settled = isSettled(command.status)
  return (
    <>
      <b>{askedText(command)}</b>
      <StatusChip
        tone={storyTone(command.status)}
        word={statusWord(command.status)}
        since={command.completed_at ?? command.sent_at ?? command.created_at}
        cause={`command ${command_id}, number ${command.command_no}`}
      />
      <span className={styles.now}>{nowText(command)}</span>
      <span className={styles.steps}>
        {stepsOf(command).map(({ word, at }) => (
          <time key={word} title={at ? `${word}: ${utcText(msOf(at) ?? 0)}` : undefined}>
            {' '}
            · {word}
            {at ? ` ${clockText(at)}` : ''}
          </time>
        ))}
        {command.latency_ms === null ? '' : ` · answered in ${Math.round(command.latency_ms)} ms`}
      </span>
      {command.status === 'pending' && reduce ? (
        <button type="button" className={styles.act} onClick={() => cancel.mutate(undefined)}>
          Take it back
        </button>
      ) : null}
      {settled && onPutAway ? (
        <button type="button" className={styles.act} aria-label="Put it away" onClick={onPutAway}>
          ✕
        </button>
      ) : null}
      {cancel.error ? <span className={styles.says}>{cancel.error.message}</span> : null}
    </>
  )
}

const clockText = (at: string): string => (msOf(at) === null ? agoText(0, 0) : at.slice(11, 19))

/** No answer to what was sent: nobody here knows whether the server has it. */
export function Doubt({ again, busy }: { again: () => void; busy: boolean }) {
  return (
    <div className={styles.doubt} role="alert">
      <p>
        The server did not answer: it may have this order, or not. Asked again under the same name, it can’t
        be done twice.
      </p>
      <Button size="compact-sm" onClick={again} loading={busy}>
        Ask again
      </Button>
    </div>
  )
}

/** A refusal, or the doubt. */
export function SendFault({
  error,
  in_doubt,
  again,
  busy,
}: {
  error: Error | null
  in_doubt: boolean
  again: () => void
  busy: boolean
}) {
  if (in_doubt || error instanceof OutcomeUnknown) return <Doubt again={again} busy={busy} />
  return error ? <ErrorState error={error} title="Refused: nothing was sent to the EA" /> : null
}
