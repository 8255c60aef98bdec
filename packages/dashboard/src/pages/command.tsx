// One command: what it wants, where it stands, its whole life, and what a person may do about it.
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { accountQuery, commandQuery, intentText } from '../live/index.ts'
import { Ago, ErrorState, FigureOf, Figures, msText, Page, Panel, SkeletonRows } from '../ui/index.ts'
import { CancelCommand, UnknownOutcome } from '../widgets/commands/command-acts.tsx'
import { CommandStatusChip } from '../widgets/commands/command-status.tsx'
import { CommandLife, evidenceText } from '../widgets/commands/life.tsx'

export default function Command() {
  const { login = '', command_id = '' } = useParams({ strict: false }) as {
    login?: string
    command_id?: string
  }
  const command = useQuery(commandQuery(login, command_id))
  const account = useQuery(accountQuery(login))
  const offset = account.data?.connection.broker_offset_minutes
  const { data } = command
  if (!data)
    return (
      <Page title="Command" context={command_id}>
        {command.error ? (
          <ErrorState error={command.error} onRetry={() => void command.refetch()} />
        ) : (
          <SkeletonRows columns={5} label="Command: loading" />
        )}
      </Page>
    )
  const symbol = typeof data.payload.symbol === 'string' ? ` ${data.payload.symbol}` : ''
  return (
    <Page
      title={`${data.type}${symbol}`}
      context={
        <>
          {intentText(data) || 'no further wish'} ·{' '}
          <Link to={'/accounts/$login/commands' as never} params={{ login } as never}>
            Account {login}
          </Link>{' '}
          · <code>{data.command_id}</code> · read <Ago at={command.dataUpdatedAt} />
        </>
      }
      tools={<CancelCommand account={login} command={data} />}
    >
      <UnknownOutcome account={login} command={data} />
      <Figures>
        <FigureOf name="Status">
          <CommandStatusChip command={data} />
        </FigureOf>
        <FigureOf name="Created" note={`by ${data.events[0]?.actor ?? 'whom nobody says'}`}>
          <Ago at={data.created_at} broker_offset_minutes={offset} />
        </FigureOf>
        <FigureOf name="Latency" note="last hand-out to answer">
          {msText(data.latency_ms)}
        </FigureOf>
        <FigureOf name="Attempts" note={`${data.max_retries} repeats at most`}>
          {data.attempt}
        </FigureOf>
        <FigureOf
          name="Evidence"
          note={data.evidence ? evidenceText(data.evidence).split(': ')[1] : 'none so far'}
        >
          {data.evidence ?? '—'}
        </FigureOf>
        <FigureOf name="Outcome" note={outcomeNote(data)}>
          {ticketOf(data.response) ??
            ticketOf(data.events.findLast(({ data: told }) => told.ticket)?.data ?? null) ??
            data.retcode_name ??
            '—'}
        </FigureOf>
      </Figures>
      <Panel>
        <CommandLife command={data} offset={offset} />
      </Panel>
    </Page>
  )
}

const ticketOf = (response: Record<string, unknown> | null): string | null => {
  const ticket = response?.ticket
  return typeof ticket === 'string' || typeof ticket === 'number' ? `#${ticket}` : null
}

function outcomeNote(command: {
  error_message: string | null
  retcode: number | null
  retcode_name: string | null
  safe_to_retry: boolean | null
  expires_at: string | null
}) {
  const { error_message, retcode, retcode_name, safe_to_retry } = command
  if (error_message)
    return `${error_message}${safe_to_retry === null ? '' : safe_to_retry ? ' · safe to try again' : ' · not safe to try again'}`
  return retcode === null ? undefined : `${retcode} ${retcode_name ?? ''}`
}
