// One account: how it stands, what it is worth, what is open.
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { accountQuery, openProfit, openTradesQuery } from '../live/index.ts'
import {
  Ago,
  ErrorState,
  FigureOf,
  Figures,
  Flash,
  Money,
  Page,
  ProfitLoss,
  SkeletonRows,
  spanText,
} from '../ui/index.ts'
import { Conditions } from '../widgets/conditions.tsx'
import { Positions } from '../widgets/positions.tsx'

export default function Account() {
  const { login = '' } = useParams({ strict: false }) as { login?: string }
  const account = useQuery(accountQuery(login))
  const trades = useQuery(openTradesQuery(login))
  if (!account.data)
    return (
      <Page title={`Account ${login}`} context="Reading the account">
        {account.error ? (
          <ErrorState error={account.error} onRetry={() => void account.refetch()} />
        ) : (
          <SkeletonRows columns={6} label="Account: loading" />
        )}
      </Page>
    )
  const { connection, info, broker } = account.data
  const digits = info?.currency_digits ?? 2
  const profit = openProfit(connection, trades.data)
  const offset = connection.broker_offset_minutes
  const latency = connection.avg_command_response_latency
  return (
    <Page
      title={`Account ${login}`}
      context={
        <>
          {[broker, info?.server, info?.leverage ? `1:${info.leverage}` : null].filter(Boolean).join(' · ')} ·
          last word <Ago at={connection.last_seen_at} broker_offset_minutes={offset} />
        </>
      }
    >
      <div>
        <Figures>
          <FigureOf name="Equity" note={info?.currency}>
            <Flash value={connection.equity}>
              <Money value={connection.equity} digits={digits} />
            </Flash>
          </FigureOf>
          <FigureOf name="Balance" note={info?.currency}>
            <Money value={connection.balance} digits={digits} />
          </FigureOf>
          <FigureOf
            name="Open profit"
            note={
              <>
                told <Ago at={connection.last_heartbeat} broker_offset_minutes={offset} />
              </>
            }
          >
            <Flash value={profit}>
              <ProfitLoss value={profit} digits={digits} />
            </Flash>
          </FigureOf>
          <FigureOf
            name="Margin"
            note={
              <>
                free <Money value={connection.free_margin} digits={digits} />
              </>
            }
          >
            <Money value={connection.margin} digits={digits} />
          </FigureOf>
          <FigureOf
            name="Health"
            note={connection.healthy ? connection.state : `${connection.state}, not healthy`}
          >
            {Math.round(connection.health_score)}
          </FigureOf>
          <FigureOf
            name="Answers within"
            note={latency === null ? 'no command so far' : 'average of commands'}
          >
            {latency === null
              ? '—'
              : latency < 1
                ? `${Math.round(latency * 1_000)} ms`
                : spanText(latency * 1_000)}
          </FigureOf>
        </Figures>
        <Conditions conditions={connection.conditions} />
      </div>
      <Positions account={login} broker_offset_minutes={offset} currency_digits={digits} />
    </Page>
  )
}
