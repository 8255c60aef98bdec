// Log lines of the EAs, as they come; a pause holds what is shown, and counts what came meanwhile.

import { Button } from '@mantine/core'
import { LOG_LEVELS } from '@ngtb/protocol'
import type { LogView } from '@ngtb/sdk'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { type LogFilter, lineOf, logsQuery, merged, type Tone, useLive } from '../../live/index.ts'
import { Ago, clockText, EmptyState, ErrorState, plural, SkeletonRows, StatusMark } from '../../ui/index.ts'
import { More } from '../more.tsx'
import styles from './logs.module.css'

/** So many lines that came live are kept in the page; older ones are read again from the server. */
const TAIL_MAX = 2_000
const GATHER_MS = 200
const HEAD_MAX = 400

export const LEVELS = [
  { value: '', label: 'Any level' },
  ...LOG_LEVELS.map((value) => ({ value, label: value })),
]

/** What came live since this stands here, newest last. */
function useTail(account: string, { level, search }: LogFilter): readonly LogView[] {
  const live = useLive()
  const [lines, setLines] = useState<readonly LogView[]>([])
  useEffect(() => {
    setLines([])
    let gathered: LogView[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = live.onEvent((event) => {
      if (event.account !== account) return
      const line = lineOf(event, { level, search })
      if (!line) return
      gathered.push(line)
      timer ??= setTimeout(() => {
        const came = gathered
        gathered = []
        timer = undefined
        setLines((before) => [...before, ...came].slice(-TAIL_MAX))
      }, GATHER_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [live, account, level, search])
  return lines
}

/** The lines of one account: read and live. */
export function useLines(account: string, filter: LogFilter) {
  const list = useInfiniteQuery(logsQuery(account, filter.level, filter.search))
  const tail = useTail(account, filter)
  const lines = useMemo(
    () =>
      list.data
        ? merged(
            list.data.pages.flatMap(({ items }) => items),
            tail,
          )
        : undefined,
    [list.data, tail],
  )
  return { list, lines }
}

interface LogLinesProps {
  readonly lines: readonly LogView[] | undefined
  readonly error: Error | null
  readonly onRetry: () => void
  readonly filtered: boolean
  /** Logins stand beside the lines. */
  readonly of_all?: boolean
  readonly offset?: number | undefined
  readonly list?: Parameters<typeof More>[0]['list']
}

export function LogLines({ lines, error, onRetry, filtered, of_all, offset, list }: LogLinesProps) {
  const [held, setHeld] = useState<readonly LogView[] | null>(null)
  const [all, setAll] = useState(false)
  if (lines === undefined)
    return error ? (
      <ErrorState error={error} onRetry={onRetry} />
    ) : (
      <SkeletonRows columns={3} label="Log lines: loading" />
    )
  const shown = held ?? lines
  const newest_held = held?.[0]?.seq ?? 0
  const missed = held ? lines.findIndex(({ seq }) => seq <= newest_held) : 0
  const waiting = held ? (missed < 0 ? lines.length : missed) : 0
  const cut = all ? shown : shown.slice(0, HEAD_MAX)
  return (
    <section aria-label="Log lines">
      <div className={styles.head}>
        <span>
          {plural(shown.length, 'line')}
          {list?.hasNextPage ? ', older ones not read yet' : ''}
          {shown[0] ? (
            <>
              {' '}
              · newest <Ago at={shown[0].received_at} broker_offset_minutes={offset} />
            </>
          ) : null}
        </span>
        <span className={styles.live} role="status">
          {held ? (waiting === 0 ? 'paused, nothing new' : `paused, ${plural(waiting, 'new line')}`) : 'live'}
        </span>
        <Button
          size="compact-sm"
          variant={held ? 'filled' : 'default'}
          aria-pressed={held !== null}
          onClick={() => setHeld(held ? null : lines)}
        >
          {held ? 'Go on' : 'Pause'}
        </Button>
      </div>
      {shown.length === 0 ? (
        <EmptyState
          title={filtered ? 'No line fits' : 'No log line yet'}
          text={
            filtered
              ? 'Search for less, or take the level back. New lines that fit come by themselves.'
              : 'What an EA logs is here as soon as it has sent it. An EA that says nothing is no sign of trouble: its link and health stand on the overview.'
          }
        />
      ) : (
        <ol className={styles.lines} aria-label="Lines, newest first">
          {cut.map((line) => (
            <Line key={line.seq} line={line} of_all={of_all === true} />
          ))}
        </ol>
      )}
      {shown.length > cut.length ? (
        <div className={styles.rest}>
          <Button size="compact-sm" variant="default" onClick={() => setAll(true)}>
            Show {plural(shown.length - cut.length, 'older line')} that are here
          </Button>
        </div>
      ) : list ? (
        <More list={list} what="lines" />
      ) : null}
    </section>
  )
}

const TONES: Readonly<Record<string, Tone>> = { WARNING: 'watch', ERROR: 'bad', CRITICAL: 'bad' }

function Line({ line, of_all }: { line: LogView; of_all: boolean }) {
  const { level, message, details, received_at, account_number } = line
  const tone = TONES[level]
  const day = received_at.slice(0, 10)
  return (
    <li className={styles.line} data-tone={tone}>
      <time dateTime={received_at} title={`${day} ${clockText(received_at)} UTC`}>
        {day === new Date().toISOString().slice(0, 10) ? '' : `${day.slice(5)} `}
        {clockText(received_at)}
      </time>
      {of_all ? <span className={styles.who}>{account_number}</span> : null}
      <span className={styles.level}>
        {tone ? <StatusMark tone={tone} /> : null}
        {level}
      </span>
      <span className={styles.message}>
        {message}
        {details === null || details === undefined ? null : (
          <details>
            <summary>Details</summary>
            <code>{typeof details === 'string' ? details : JSON.stringify(details)}</code>
          </details>
        )}
      </span>
    </li>
  )
}
