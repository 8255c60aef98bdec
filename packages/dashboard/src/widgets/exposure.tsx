// What is open by symbol: lots long and short, their difference, and the money that the EA last said of it.
import type { TradeView } from '@ngtb/sdk'
import { exposureOf } from '../live/index.ts'
import { lotsText, ProfitLoss, plural } from '../ui/index.ts'
import styles from './account-card.module.css'

const ROWS = 4

export function ExposureList({ trades, digits }: { trades: readonly TradeView[]; digits: number }) {
  const rows = exposureOf(trades)
  if (rows.length === 0) return <p className={styles.quiet}>Nothing is open.</p>
  return (
    <>
      <table className={styles.exposure} aria-label="Exposure by symbol">
        <thead>
          <tr>
            <th scope="col">Exposure</th>
            <th scope="col">Net lots</th>
            <th scope="col">Profit</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS).map(({ symbol, net, long, short, profit }) => (
            <tr key={symbol}>
              <td>{symbol}</td>
              <td title={`${lotsText(long)} long, ${lotsText(short)} short`}>
                {net === 0 ? 'flat ' : net > 0 ? 'long ' : 'short '}
                {lotsText(Math.abs(net))}
              </td>
              <td>
                <ProfitLoss value={profit} digits={digits} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > ROWS ? (
        <p className={styles.quiet}>and {plural(rows.length - ROWS, 'symbol')} more</p>
      ) : null}
    </>
  )
}
