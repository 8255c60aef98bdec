// How an alert is shown in a table: what, whose, since when, who has seen it.
import { Button } from '@mantine/core'
import type { AlertView } from '@ngtb/sdk'
import { Link } from '@tanstack/react-router'
import { severityTone } from '../../live/index.ts'
import type { Column } from '../../ui/data-table.tsx'
import { Ago, msOf, StatusChip } from '../../ui/index.ts'
import styles from '../alerts.module.css'

export type AlertWord = 'acknowledge' | 'clear'

const severity: Column<AlertView> = {
  id: 'severity',
  head: 'Severity',
  cell: (alert) => (
    <StatusChip
      tone={alert.state === 'active' ? severityTone(alert.severity) : 'ok'}
      word={alert.severity}
      cause={`raised by ${alert.raised_by}, rule ${alert.rule}`}
      since={alert.raised_at}
    />
  ),
}

const what: Column<AlertView> = {
  id: 'what',
  head: 'What',
  by: ({ text }) => text,
  cell: ({ text, count, rule }) => (
    <>
      <b>{rule === 'raised' ? '' : `${rule.replaceAll('_', ' ')}: `}</b>
      {text} {count > 1 ? <span className={styles.cause}>({count} times)</span> : null}
    </>
  ),
}

const account: Column<AlertView> = {
  id: 'account',
  head: 'Account',
  by: ({ account_number }) => account_number,
  cell: ({ account_number }) =>
    account_number === null ? (
      'system'
    ) : (
      <Link to="/accounts/$login" params={{ login: account_number }} className={styles.login}>
        {account_number}
      </Link>
    ),
}

const raised: Column<AlertView> = {
  id: 'raised',
  head: 'Raised',
  right: true,
  by: ({ raised_at }) => msOf(raised_at),
  cell: ({ raised_at }) => <Ago at={raised_at} />,
}

const Seen = ({ of }: { of: AlertView }) => (
  <span className={styles.cause}>
    {of.acknowledged_by} <Ago at={of.acknowledged_at} />
    {of.note === null ? null : `: ${of.note}`}
  </span>
)

/** @param act null: whoever looks may not */
export function openColumns(act: ((word: AlertWord, alert: AlertView) => void) | null): Column<AlertView>[] {
  const button = (word: AlertWord, label: string, alert: AlertView) => (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={`${label}: ${alert.text}`}
      onClick={() => act?.(word, alert)}
    >
      {label}
    </Button>
  )
  const acts: Column<AlertView> = {
    id: 'acts',
    head: 'Acts',
    cell: (alert) => (
      <span className={styles.acts}>
        {alert.state === 'active' ? button('acknowledge', 'Acknowledge', alert) : <Seen of={alert} />}
        {button('clear', 'Clear', alert)}
      </span>
    ),
  }
  const seen: Column<AlertView> = {
    id: 'seen',
    head: 'Seen',
    cell: (alert) => (alert.acknowledged_at === null ? 'by nobody yet' : <Seen of={alert} />),
  }
  return [severity, what, account, raised, act === null ? seen : acts]
}

export const HISTORY: Column<AlertView>[] = [
  severity,
  what,
  account,
  raised,
  {
    id: 'cleared',
    head: 'Over',
    right: true,
    by: ({ cleared_at }) => (cleared_at === null ? null : msOf(cleared_at)),
    cell: ({ cleared_at }) => <Ago at={cleared_at} />,
  },
  {
    id: 'by',
    head: 'Ended by',
    wide_only: true,
    cell: ({ cleared_by, note }) => (
      <span className={styles.cause}>
        {cleared_by}
        {note === null ? null : `: ${note}`}
      </span>
    ),
  },
]
