// One account: how it stands, what it is worth, what is open.
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { openProfit, openTradesQuery, specsOf, symbolsQuery, useOpenWorth } from '../live/index.ts'
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
import { Orders } from '../widgets/orders.tsx'
import { Positions } from '../widgets/positions.tsx'
import { EmergencyButton } from '../widgets/trade/emergency.tsx'
import { SentList } from '../widgets/trade/sent.tsx'
import { NewOrder } from '../widgets/trade/ticket-dialog.tsx'
import { useAccount } from '../widgets/use-account.ts'

export default function Account() {
  const { login, query: account, currency, plain } = useAccount()
  const trades = useQuery(openTradesQuery(login))
  const symbols = useQuery(symbolsQuery(login))
  const specs = useMemo(() => specsOf(symbols.data), [symbols.data])
  const worth = useOpenWorth(login, trades.data, specs, currency)
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
  const live = worth?.live ? worth : null
  const profit = live?.amount ?? openProfit(connection, trades.data)
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
      tools={
        <>
          <NewOrder account={login} />
          <EmergencyButton account={login} />
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
              live ? (
                live.exact ? (
                  'live, by the newest quotes'
                ) : (
                  'live; ≈ where a currency is converted'
                )
              ) : (
                <>
                  told <Ago at={connection.last_heartbeat} broker_offset_minutes={offset} />
                </>
              )
            }
          >
            <Flash value={cents(profit, digits)}>
              {live && !live.exact ? '≈ ' : ''}
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
      <SentList account={login} />
      <Positions
        account={login}
        broker_offset_minutes={offset}
        currency_digits={digits}
        currency={currency}
        plain={plain}
      />
      <Orders account={login} broker_offset_minutes={offset} plain={plain} />
    </Page>
  )
}

/** What is shown: a change below it is none. */
const cents = (amount: number | null, digits: number) =>
  amount === null ? null : Number(amount.toFixed(digits))
