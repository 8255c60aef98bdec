// What was traded, and who did it: deals, closed trades, orders that are over. List and filters are in the address.
import { MAKERS, type Maker } from '@ngtb/protocol'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { specsOf, symbolsQuery } from '../live/index.ts'
import { Page } from '../ui/index.ts'
import { ClosedTrades, EndedOrders } from '../widgets/history/closed.tsx'
import { Deals } from '../widgets/history/deals.tsx'
import { MAKER_WORDS } from '../widgets/history/makers.ts'
import styles from '../widgets/history/story.module.css'
import { Story, type StoryOf } from '../widgets/history/story.tsx'
import { Choice } from '../widgets/trade/fields.tsx'
import trade from '../widgets/trade/trade.module.css'
import { useAccount } from '../widgets/use-account.ts'

const LISTS = { trades: 'Closed trades', deals: 'Deals', orders: 'Orders' } as const
type List = keyof typeof LISTS

interface Asked {
  list: List
  symbol: string
  by: Maker | undefined
  kind: 'trade' | 'balance' | undefined
}

/** Whatever the address says; what it does not say, or says wrong, is left open. */
function askedOf(search: Record<string, unknown>): Asked {
  const { list, symbol, by, kind } = search
  return {
    list: typeof list === 'string' && Object.hasOwn(LISTS, list) ? (list as List) : 'trades',
    symbol: typeof symbol === 'string' ? symbol : '',
    by: MAKERS.find((maker) => maker === by),
    kind: kind === 'trade' || kind === 'balance' ? kind : undefined,
  }
}

export default function History() {
  const { login, currency_digits, broker_offset_minutes, plain } = useAccount()
  const asked = askedOf(useSearch({ strict: false }) as Record<string, unknown>)
  const navigate = useNavigate()
  const symbols = useQuery(symbolsQuery(login))
  const specs = useMemo(() => specsOf(symbols.data), [symbols.data])
  const digits = useCallback((symbol: string | null) => specs.get(symbol ?? '')?.digits, [specs])
  const [opened, setOpened] = useState<StoryOf | null>(null)
  const choose = (part: Partial<Asked>) =>
    void navigate({
      to: '/accounts/$login/history',
      params: { login },
      search: { ...asked, ...part },
      replace: true,
    } as never)
  const props = {
    ...{ account: login, symbol: asked.symbol, specs, currency_digits, broker_offset_minutes },
    onOpen: setOpened,
  }
  return (
    <Page
      title="History"
      context={`Account ${login}: what was done, when, and by whom. A row opens its story.`}
    >
      <div className={styles.filters}>
        <Choice<List> label="What" words={LISTS} value={asked.list} onChange={(list) => choose({ list })} />
        <select
          aria-label="Symbol"
          className={trade.select}
          value={asked.symbol}
          onChange={(event) => choose({ symbol: event.currentTarget.value })}
        >
          <option value="">all symbols</option>
          {symbols.data?.map(({ symbol }) => (
            <option key={symbol}>{symbol}</option>
          ))}
        </select>
        {asked.list === 'deals' ? <DealFilters asked={asked} choose={choose} /> : null}
      </div>
      {asked.list === 'deals' ? (
        <Deals {...props} made_by={asked.by} kind={asked.kind} plain={plain} />
      ) : asked.list === 'orders' ? (
        <EndedOrders {...props} />
      ) : (
        <ClosedTrades {...props} />
      )}
      <Story
        account={login}
        of={opened}
        {...{ digits, currency_digits, broker_offset_minutes }}
        onClose={() => setOpened(null)}
      />
    </Page>
  )
}

function DealFilters({ asked, choose }: { asked: Asked; choose: (part: Partial<Asked>) => void }) {
  return (
    <>
      <select
        aria-label="Made by"
        className={trade.select}
        value={asked.by ?? ''}
        onChange={(event) => choose({ by: MAKERS.find((maker) => maker === event.currentTarget.value) })}
      >
        <option value="">made by anybody</option>
        {MAKERS.map((maker) => (
          <option key={maker} value={maker}>
            {MAKER_WORDS[maker]}
          </option>
        ))}
      </select>
      <select
        aria-label="Kind of deal"
        className={trade.select}
        value={asked.kind ?? ''}
        onChange={(event) => choose({ kind: askedOf({ kind: event.currentTarget.value }).kind })}
      >
        <option value="">trades and balance</option>
        <option value="trade">trades only</option>
        <option value="balance">balance only</option>
      </select>
    </>
  )
}
