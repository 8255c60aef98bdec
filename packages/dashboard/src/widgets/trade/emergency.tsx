// The emergency button: everything of an account, or of one symbol of it, is closed and its pending orders cancelled.
//
//   E1. Which positions are meant is listed before the word can be typed that opens the button.
//   E2. Then it is shown position by position until the terminal says flat, and what resists is named with its reason.
import { Button, Menu } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import {
  accountQuery,
  accountsQuery,
  openTradesQuery,
  ordersQuery,
  useMay,
  useSend,
} from '../../live/index.ts'
import { type Target, targetsOf } from '../../trade/flatten.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { lotsText, moneyText, ProfitLoss, plural } from '../../ui/index.ts'
import shell from '../shell/shell.module.css'
import { FlattenProgress } from './flatten-progress.tsx'
import { SendFault } from './sent.tsx'
import styles from './trade.module.css'

/** Everything that could be closed now; undefined: not read yet. */
export function useTargets(account: string, symbol: string | null): readonly Target[] | undefined {
  const trades = useQuery(openTradesQuery(account))
  const orders = useQuery(ordersQuery(account))
  return useMemo(
    () =>
      trades.data && (orders.data || orders.error)
        ? targetsOf(trades.data, orders.data ?? [], symbol)
        : undefined,
    [trades.data, orders.data, orders.error, symbol],
  )
}

/** On an account's page. */
export function EmergencyButton({ account }: { account: string }) {
  const [opened, setOpened] = useState(false)
  if (!useMay().reduce) return null
  return (
    <>
      <Button color="red" size="compact-md" onClick={() => setOpened(true)}>
        Close all…
      </Button>
      {opened ? <Emergency account={account} onClose={() => setOpened(false)} /> : null}
    </>
  )
}

/** In the header: all accounts with what is open, so that the right one is chosen in one look. */
export function EmergencyMenu() {
  const { data: accounts } = useQuery(accountsQuery())
  const [account, setAccount] = useState<string | null>(null)
  const { reduce } = useMay()
  if (!reduce || !accounts || accounts.length === 0) return null
  return (
    <>
      <Menu position="bottom-end" width={360}>
        <Menu.Target>
          <button
            type="button"
            className={`${shell.tool} ${styles.stop}`}
            aria-label="Emergency: close all of an account"
          >
            <span aria-hidden="true">■</span>
            <span className={shell.person}>Close all…</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
          {accounts.map(({ account_number, connection, info }) => (
            <Menu.Item
              key={account_number}
              onClick={() => setAccount(account_number)}
              rightSection={
                <span className={styles.beside}>
                  {connection.open_positions === null ? '' : `${connection.open_positions} open · `}
                  {moneyText(connection.equity, info?.currency_digits)} {info?.currency}
                </span>
              }
            >
              Close all of {account_number}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {account === null ? null : (
        <Emergency key={account} account={account} onClose={() => setAccount(null)} />
      )}
    </>
  )
}

export function Emergency({ account, onClose }: { account: string; onClose: () => void }) {
  const [symbol, setSymbol] = useState<string | null>(null)
  /** What was open when it was sent. */
  const [pressed, setPressed] = useState<{ command_id: string; targets: readonly Target[] } | null>(null)
  const all = useTargets(account, null)
  const targets = useTargets(account, symbol)
  const { send, busy, error, in_doubt, again } = useSend(account, (command_id) =>
    setPressed({ command_id, targets: targets ?? [] }),
  )
  if (pressed !== null)
    return (
      <FlattenProgress
        account={account}
        symbol={symbol}
        {...pressed}
        onAgain={(command_id, targets) => setPressed({ command_id, targets })}
        onClose={onClose}
      />
    )
  const symbols = [...new Set(all?.map((one) => one.symbol))].sort()
  const word = symbol === null ? 'CLOSE ALL' : `CLOSE ${symbol}`
  const reason = 'emergency button of the dashboard'
  return (
    <ConfirmDialog
      opened
      title={`Emergency: account ${account}`}
      happens={
        <>
          <Scope symbols={symbols} value={symbol} onChange={setSymbol} />
          <Meant account={account} symbol={symbol} targets={targets} />
          {in_doubt ? <SendFault error={error} in_doubt again={again} busy={busy} /> : null}
        </>
      }
      action={symbol === null ? `Close all of ${account}` : `Close ${symbol} of ${account}`}
      type_this={word}
      busy={busy}
      error={in_doubt ? null : error}
      onConfirm={() =>
        in_doubt ? again() : send({ type: 'CLOSE_ALL', reason, ...(symbol === null ? {} : { symbol }) })
      }
      onClose={onClose}
    />
  )
}

interface ScopeProps {
  symbols: readonly string[]
  value: string | null
  onChange: (symbol: string | null) => void
}

function Scope({ symbols, value, onChange }: ScopeProps) {
  return (
    <label className={styles.row}>
      What is to be closed
      <select
        className={styles.select}
        value={value ?? ''}
        onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value)}
      >
        <option value="">everything of the account</option>
        {symbols.map((symbol) => (
          <option key={symbol} value={symbol}>
            only {symbol}
          </option>
        ))}
      </select>
    </label>
  )
}

function Meant({
  account,
  symbol,
  targets,
}: {
  account: string
  symbol: string | null
  targets: readonly Target[] | undefined
}) {
  const { data: trades } = useQuery(openTradesQuery(account))
  const { data: about } = useQuery(accountQuery(account))
  if (!targets) return <p>Reading what is open …</p>
  const positions = targets.filter(({ what }) => what === 'position')
  const orders = targets.length - positions.length
  const profit = trades?.reduce(
    (sum, trade) => (symbol === null || trade.symbol === symbol ? sum + (trade.profit ?? 0) : sum),
    0,
  )
  return (
    <>
      <p>
        <b>{plural(positions.length, 'position')}</b> closed at the market
        {orders > 0 ? (
          <>
            , <b>{plural(orders, 'pending order')}</b> cancelled
          </>
        ) : null}
        , also those opened by hand or by other EAs, for about{' '}
        <ProfitLoss value={profit} currency={about?.info?.currency ?? null} />. It goes on until it is done.
        {about?.connection.conditions.ea_link.is === false
          ? ' The EA is silent now: it is done as soon as it is back.'
          : ''}
      </p>
      {targets.length === 0 ? <p>Nothing is open now; orders on their way are shut out.</p> : null}
      <ul className={styles.list}>
        {targets.map(({ what, ticket, side, volume, symbol: of }) => (
          <li key={`${what} ${ticket}`}>
            {side} {lotsText(volume)} {of} #{ticket}
          </li>
        ))}
      </ul>
    </>
  )
}
