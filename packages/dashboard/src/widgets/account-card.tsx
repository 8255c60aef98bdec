// One account on the overview: who, how it stands, what it is worth, what is open.
import type { AccountView } from '@ngtb/sdk'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { connectionTone, openProfit, openTradesQuery, worstOf } from '../live/index.ts'
import { Ago, Flash, Money, ProfitLoss, plural, SkeletonText, StatusChip } from '../ui/index.ts'
import styles from './account-card.module.css'
import { Conditions } from './conditions.tsx'
import { ExposureList } from './exposure.tsx'

export function AccountCard({ account }: { account: AccountView }) {
  const { account_number, broker, connection, info } = account
  const trades = useQuery(openTradesQuery(account_number))
  const digits = info?.currency_digits ?? 2
  const profit = openProfit(connection, trades.data)
  return (
    <article
      className={styles.card}
      data-tone={worstOf(connection.conditions)}
      aria-label={`Account ${account_number}`}
    >
      <div className={styles.who}>
        <Link to="/accounts/$login" params={{ login: account_number }} className={styles.login}>
          {account_number}
        </Link>
        <span className={styles.broker}>
          {broker || 'broker not told'}
          {info?.trade_mode ? ` · ${TRADE_MODES[info.trade_mode]}` : ''}
        </span>
        <StatusChip
          tone={connectionTone(connection.state, connection.healthy)}
          word={connection.state}
          label={`health ${Math.round(connection.health_score)}`}
          since={connection.connected_at}
          cause={`${plural(connection.failed_heartbeats, 'missed heartbeat')}, ${plural(connection.reconnect_count, 'reconnect')}`}
        />
      </div>
      <div className={styles.worth}>
        <dl className={styles.money}>
          <Amount name="Equity" value={connection.equity} digits={digits} currency={info?.currency} />
          <Amount name="Balance" value={connection.balance} digits={digits} currency={info?.currency} />
          <div>
            <dt>Open profit</dt>
            <dd>
              <Flash value={profit}>
                <ProfitLoss value={profit} digits={digits} />
              </Flash>
            </dd>
          </div>
          <Amount
            name="Free margin"
            value={connection.free_margin}
            digits={digits}
            currency={info?.currency}
          />
        </dl>
        <p className={styles.quiet}>
          The EA said so{' '}
          <Ago at={connection.last_heartbeat} broker_offset_minutes={connection.broker_offset_minutes} />
        </p>
      </div>
      <div>
        {trades.data ? (
          <ExposureList trades={trades.data} digits={digits} />
        ) : trades.error ? (
          <p className={styles.quiet}>Positions could not be read: {trades.error.message}</p>
        ) : (
          <SkeletonText width={180} />
        )}
      </div>
      <div style={{ gridColumn: '1 / -1' }}>
        <Conditions conditions={connection.conditions} />
      </div>
    </article>
  )
}

const TRADE_MODES = {
  ACCOUNT_TRADE_MODE_DEMO: 'demo',
  ACCOUNT_TRADE_MODE_CONTEST: 'contest',
  ACCOUNT_TRADE_MODE_REAL: 'real money',
} as const

function Amount({
  name,
  value,
  digits,
  currency,
}: {
  name: string
  value: number | null
  digits: number
  currency?: string | undefined
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Flash value={value}>
          <Money value={value} digits={digits} currency={currency} />
        </Flash>
      </dd>
    </div>
  )
}
