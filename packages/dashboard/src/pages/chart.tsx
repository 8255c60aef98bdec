// The chart of one symbol with the order ticket beside; symbol and timeframe are in the address.
import { TIMEFRAMES, type Timeframe } from '@ngtb/protocol'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { specsOf, symbolsQuery, useMay } from '../live/index.ts'
import { isTimeframe } from '../trade/candles.ts'
import { Page } from '../ui/index.ts'
import styles from '../widgets/chart/chart.module.css'
import { Chart, LoadHistory } from '../widgets/chart/chart.tsx'
import { Orders } from '../widgets/orders.tsx'
import { Positions } from '../widgets/positions.tsx'
import { EmergencyButton } from '../widgets/trade/emergency.tsx'
import { Choice } from '../widgets/trade/fields.tsx'
import { SentList } from '../widgets/trade/sent.tsx'
import { SymbolChoice, Ticket } from '../widgets/trade/ticket.tsx'
import { useAccount, useFirstSymbol } from '../widgets/use-account.ts'

const WORDS = Object.fromEntries(Object.keys(TIMEFRAMES).map((name) => [name, name])) as Record<
  Timeframe,
  string
>

export default function ChartPage() {
  const { login, currency, currency_digits, broker_offset_minutes, plain } = useAccount()
  const asked = useSearch({ strict: false }) as { symbol?: unknown; tf?: unknown }
  const navigate = useNavigate()
  const symbols = useQuery(symbolsQuery(login))
  const may = useMay()
  const specs = useMemo(() => specsOf(symbols.data), [symbols.data])
  const timeframe = isTimeframe(asked.tf) ? asked.tf : 'M5'
  const first = useFirstSymbol(login)
  const symbol = typeof asked.symbol === 'string' ? asked.symbol : first
  const choose = (part: { symbol?: string; tf?: Timeframe }) =>
    void navigate({
      to: '/accounts/$login/chart',
      params: { login },
      search: { symbol, tf: timeframe, ...part },
      replace: true,
    } as never)
  const common = { account: login, broker_offset_minutes, plain, symbol }
  return (
    <Page
      title={symbol === '' ? 'Chart' : `Chart ${symbol}`}
      context={specs.get(symbol)?.description ?? `Account ${login}`}
      tools={<EmergencyButton account={login} />}
    >
      <div className={may.open ? styles.work : undefined}>
        <section className={styles.chart} aria-label="Chart">
          <div className={styles.bar}>
            <SymbolChoice
              account={login}
              symbols={symbols.data}
              value={symbol}
              onChange={(next) => choose({ symbol: next })}
            />
            <Choice label="Timeframe" words={WORDS} value={timeframe} onChange={(tf) => choose({ tf })} />
            {may.reduce && !plain ? (
              <LoadHistory account={login} symbol={symbol} timeframe={timeframe} />
            ) : null}
          </div>
          <Chart
            key={`${login} ${symbol} ${timeframe}`}
            {...common}
            timeframe={timeframe}
            digits={specs.get(symbol)?.digits ?? 5}
          />
        </section>
        {may.open ? (
          <section className={styles.ticket} aria-label="Order ticket">
            <Ticket account={login} symbol={symbol} />
          </section>
        ) : null}
      </div>
      <SentList account={login} />
      <Positions {...common} currency={currency} currency_digits={currency_digits} />
      <Orders {...common} />
    </Page>
  )
}
