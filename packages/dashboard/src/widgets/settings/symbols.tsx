// Whose ticks the EA streams: chosen for good, told at each connect, commanded to an EA that is there.
import { Button, Checkbox, TextInput } from '@mantine/core'
import type { SubscriptionView, SymbolView } from '@ngtb/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useMemo, useState } from 'react'
import { clientOf, symbolsQuery, useAct, useSessionView } from '../../live/index.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Ago, ErrorState, plural } from '../../ui/index.ts'
import styles from './settings.module.css'

/** What is ticked: cells read it here, so that the table's columns stay the same. */
const Ticked = createContext<{ names: ReadonlySet<string>; toggle: ((name: string) => void) | null }>({
  names: new Set(),
  toggle: null,
})

export function Symbols({ account }: { account: string }) {
  const symbols = useQuery(symbolsQuery(account))
  const { scopes } = useSessionView()
  const may = scopes.some(
    (scope) => scope === 'admin' || scope === 'commands:open' || scope === 'commands:close',
  )
  const queries = useQueryClient()
  /** Null: as the server has it. */
  const [draft, setDraft] = useState<ReadonlySet<string> | null>(null)
  const [search, setSearch] = useState('')
  const streamed = useMemo(
    () => new Set(symbols.data?.flatMap(({ symbol, subscribed }) => (subscribed ? [symbol] : []))),
    [symbols.data],
  )
  const names = draft ?? streamed
  const rows = useMemo(() => {
    const words = search.trim().toLowerCase()
    return symbols.data?.filter(({ symbol, description }) =>
      `${symbol} ${description ?? ''}`.toLowerCase().includes(words),
    )
  }, [symbols.data, search])
  const choose = useAct((wanted: readonly string[] | null) => clientOf(account).chooseSymbols(wanted), {
    onSuccess: () => {
      setDraft(null)
      void queries.invalidateQueries({ queryKey: ['symbols', account] })
    },
  })
  const toggle = (name: string) =>
    setDraft((now) => {
      const next = new Set(now ?? streamed)
      if (!next.delete(name)) next.add(name)
      return next
    })
  return (
    <Ticked value={{ names, toggle: may ? toggle : null }}>
      <DataTable
        title="Symbols that are streamed"
        context={
          symbols.data ? (
            <>
              <span>
                {countOf(streamed.size)} of {plural(symbols.data.length, 'symbol')} that the EA offers
              </span>
              <span>
                read <Ago at={symbols.dataUpdatedAt} />
              </span>
            </>
          ) : null
        }
        columns={COLUMNS}
        rows={rows}
        keyOf={keyOf}
        error={symbols.error}
        onRetry={() => void symbols.refetch()}
        sorted_by={{ id: 'symbol', desc: false }}
        height_max={420}
        empty={{
          title: search ? 'No such symbol' : 'No symbol is known',
          text: search ? 'None has this in its name.' : 'The EA tells what it offers when it connects.',
        }}
      />
      <div className={styles.row}>
        <TextInput
          aria-label="Search symbols"
          placeholder="Search symbols"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {may ? (
          <>
            <Button
              disabled={draft === null}
              loading={choose.isPending}
              onClick={() => choose.mutate([...names].sort())}
            >
              Stream {plural(names.size, 'symbol')}
            </Button>
            <Button variant="default" disabled={draft === null} onClick={() => setDraft(null)}>
              As it was
            </Button>
            <Button variant="default" onClick={() => choose.mutate(null)}>
              Let the EA choose
            </Button>
          </>
        ) : (
          <span className={styles.quiet}>A trader or an admin may choose.</span>
        )}
      </div>
      {choose.error ? <ErrorState error={choose.error} title="Nothing was changed" /> : null}
      {choose.data ? <p role="status">{deliveryText(choose.data)}</p> : null}
    </Ticked>
  )
}

const countOf = (count: number): string => (count === 0 ? 'None' : String(count))
const keyOf = ({ symbol }: SymbolView): string => symbol

function deliveryText({ symbols, chosen, delivery }: SubscriptionView): string {
  const what = chosen ? `${plural(symbols.length, 'symbol')} chosen for good` : 'Nobody chooses any more'
  return delivery === 'commanded'
    ? `${what}; the EA was told by a SUBSCRIBE_SYMBOLS.`
    : `${what}; the EA is told when it connects next.`
}

const COLUMNS: Column<SymbolView>[] = [
  { id: 'streamed', head: 'Streamed', cell: ({ symbol }) => <Tick symbol={symbol} /> },
  { id: 'symbol', head: 'Symbol', by: ({ symbol }) => symbol, cell: ({ symbol }) => <b>{symbol}</b> },
  {
    id: 'description',
    head: 'What it is',
    wide_only: true,
    by: ({ description }) => description,
    cell: ({ description }) => description ?? '—',
  },
  {
    id: 'digits',
    head: 'Digits',
    right: true,
    by: ({ digits }) => digits,
    cell: ({ digits }) => digits ?? '—',
  },
]

function Tick({ symbol }: { symbol: string }) {
  const { names, toggle } = useContext(Ticked)
  return (
    <Checkbox
      size="xs"
      checked={names.has(symbol)}
      disabled={toggle === null}
      onChange={() => toggle?.(symbol)}
      aria-label={`Stream ${symbol}`}
    />
  )
}
