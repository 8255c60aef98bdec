// The order ticket: what, which way, how much, where it ends. Checked against the symbol at each keystroke.
//
//   B1. The button says what it will do, in full; nothing is sent that it does not say.
//   B2. A ticket that was sent is not sent again by the same press: the fields stay, the button says "another".
import { Button } from '@mantine/core'
import type { SymbolView } from '@ngtb/sdk'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useMemo, useState } from 'react'
import {
  accountQuery,
  type Quote,
  type Side,
  specsOf,
  symbolsQuery,
  useLive,
  useQuote,
  useSend,
  worthNow,
} from '../../live/index.ts'
import { blank, draftOf, figureOf, intentOf, KINDS, type Typed } from '../../trade/draft.ts'
import {
  commentProblem,
  type Draft,
  entryOf,
  type Field,
  type OrderKind,
  problemsOf,
  stepVolume,
} from '../../trade/spec-check.ts'
import { Ago, lotsText, Price, priceText, signedText } from '../../ui/index.ts'
import { Choice, NumberField } from './fields.tsx'
import { SendFault } from './sent.tsx'
import styles from './trade.module.css'

export interface TicketProps {
  account: string
  symbol: string
  /** Left out: the symbol is chosen elsewhere. */
  onSymbol?: ((symbol: string) => void) | undefined
  onSent?: () => void
}

export function Ticket({ account, symbol, onSymbol, onSent }: TicketProps) {
  const symbols = useQuery(symbolsQuery(account))
  const about = useQuery(accountQuery(account))
  const specs = useMemo(() => specsOf(symbols.data), [symbols.data])
  const spec = specs.get(symbol)
  const quote = useQuote(account, symbol)
  const [typed, setTyped] = useState<Typed>(() => blank(symbol))
  const [tried, setTried] = useState(false)
  const { send, busy, error, in_doubt, again, reset } = useSend(account, () => {
    setTried(false)
    onSent?.()
  })
  const set = (part: Partial<Typed>) => {
    setTyped((now) => ({ ...now, ...part }))
    if (error && !in_doubt) reset()
  }
  // Levels of another symbol mean nothing here.
  useEffect(() => {
    setTyped((now) => (now.symbol === symbol ? now : { ...blank(symbol), kind: now.kind, side: now.side }))
  }, [symbol])
  const draft = draftOf(typed, spec, quote)
  const problems = problemsOf(draft, spec, quote)
  const says = (field: Field) => {
    const found = problems.find((problem) => problem.field === field)?.says
    // An empty field is not scolded before somebody wanted to send it.
    return tried || typed[field] !== '' ? found : undefined
  }
  const comment_says = commentProblem(typed.comment)
  const intent = problems.length === 0 && comment_says === null ? intentOf(draft, typed) : null
  const locked = busy || in_doubt
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (intent && !locked) send(intent)
  }
  const info = about.data?.info
  const plain = about.data?.connection.protocol === 1
  return (
    <form className={styles.form} onSubmit={submit} aria-label="Order ticket">
      {onSymbol ? (
        <SymbolChoice account={account} symbols={symbols.data} value={symbol} onChange={onSymbol} />
      ) : null}
      <Sides quote={quote} spec={spec} side={typed.side} onChange={(side) => set({ side })} />
      {says('symbol') ? <span className={styles.says}>{says('symbol')}</span> : null}
      {plain ? null : (
        <Choice<OrderKind>
          label="Kind of order"
          words={KINDS}
          value={typed.kind}
          onChange={(kind) =>
            set({ kind, price: typed.price || priceText(startOf(quote, typed.side), spec?.digits) })
          }
        />
      )}
      <NumberField
        label="Volume, lots"
        value={typed.volume}
        disabled={locked}
        onChange={(volume) => set({ volume })}
        onStep={(way) => set({ volume: String(stepVolume(figureOf(typed.volume), way, spec)) })}
        says={says('volume')}
        hint={
          spec?.volume_step
            ? `step ${lotsText(spec.volume_step)}, from ${lotsText(spec.volume_min)}`
            : undefined
        }
      />
      {typed.kind === 'market' ? null : (
        <div className={styles.pair}>
          <NumberField
            label={typed.kind === 'stop_limit' ? 'Stop price' : 'Price'}
            value={typed.price}
            disabled={locked}
            onChange={(price) => set({ price })}
            says={says('price')}
          />
          {typed.kind === 'stop_limit' ? (
            <NumberField
              label="Limit price"
              value={typed.stop_limit_price}
              disabled={locked}
              onChange={(stop_limit_price) => set({ stop_limit_price })}
              says={says('stop_limit_price')}
            />
          ) : null}
          <Expiration value={typed.expiration} onChange={(expiration) => set({ expiration })} />
        </div>
      )}
      <div>
        <div className={styles.row}>
          <span className={styles.hint}>SL and TP in</span>
          <Choice
            label="SL and TP in"
            words={{ price: 'Price', points: 'Points' }}
            value={typed.unit}
            onChange={(unit) => set({ unit, sl: '', tp: '' })}
          />
        </div>
        <div className={styles.pair}>
          {(['sl', 'tp'] as const).map((which) => (
            <NumberField
              key={which}
              label={which === 'sl' ? 'Stop loss' : 'Take profit'}
              value={typed[which]}
              placeholder="none"
              disabled={locked}
              onChange={(text) => set({ [which]: text })}
              says={says(which)}
              hint={levelHint(which, draft, quote, spec, info?.currency, typed.unit)}
            />
          ))}
        </div>
      </div>
      <NumberField
        type="text"
        label="Comment"
        placeholder="none"
        value={typed.comment}
        disabled={locked}
        says={comment_says ?? undefined}
        onChange={(comment) => set({ comment })}
      />
      <SendFault error={error} in_doubt={in_doubt} again={again} busy={busy} />
      <Button type="submit" loading={busy} disabled={in_doubt || (tried && intent === null)}>
        {buttonText(draft, spec)}
      </Button>
    </form>
  )
}

const startOf = (quote: Quote | undefined, side: Side) => (side === 'buy' ? quote?.ask : quote?.bid)

/** B1. */
function buttonText({ kind, side, volume, symbol, price }: Draft, spec: SymbolView | undefined): string {
  const lots = volume !== null && volume > 0 ? `${lotsText(volume)} ` : ''
  const word = side === 'buy' ? 'Buy' : 'Sell'
  if (kind === 'market') return `${word} ${lots}${symbol} at market`
  const at = price !== null && price > 0 ? ` at ${priceText(price, spec?.digits)}` : ''
  return `Place ${word.toLowerCase()} ${kind.replace('_', ' ')} ${lots}${symbol}${at}`
}

/** What it would bring if the level were reached; ≈ where the tick's worth moves. */
function levelHint(
  which: 'sl' | 'tp',
  draft: Draft,
  quote: Quote | undefined,
  spec: SymbolView | undefined,
  currency: string | undefined,
  unit: 'price' | 'points',
): string | undefined {
  const level = draft[which]
  const entry = entryOf(draft, quote)
  if (level === null || !(level > 0) || entry === null || draft.volume === null) return undefined
  const there: Quote = { bid: level, ask: level, time_ms: 0, heard_at: 0 }
  const worth = worthNow(
    { direction: draft.side, open_price: entry, volume: draft.volume },
    there,
    spec,
    currency,
  )
  const points =
    spec?.digits === null || !spec ? '' : `${Math.round(Math.abs(level - entry) * 10 ** spec.digits)} points`
  const money = worth ? `${worth.exact ? '' : '≈ '}${signedText(worth.amount)} ${currency ?? ''}` : ''
  return [unit === 'points' ? `at ${priceText(level, spec?.digits)}` : points, money]
    .filter(Boolean)
    .join(' · ')
}

interface SidesProps {
  quote: Quote | undefined
  spec: SymbolView | undefined
  side: Side
  onChange: (side: Side) => void
}

function Sides({ quote, spec, side, onChange }: SidesProps) {
  const digits = spec?.digits
  const spread =
    quote && digits !== null && digits !== undefined
      ? Math.round((quote.ask - quote.bid) * 10 ** digits)
      : null
  const one = (name: Side, price: number | undefined) => (
    // biome-ignore lint/a11y/useSemanticElements: a side and its live price in one; to who hears it a radio
    <button
      type="button"
      role="radio"
      aria-checked={side === name}
      className={styles.side}
      data-side={name}
      onClick={() => onChange(name)}
    >
      <span>{name === 'buy' ? 'Buy' : 'Sell'}</span>
      <b>
        <Price value={price ?? null} digits={digits} />
      </b>
    </button>
  )
  return (
    <div>
      <div className={styles.sides} role="radiogroup" aria-label="Side">
        {one('sell', quote?.bid)}
        <span className={styles.spread} title="Ask less bid, in points">
          <b>{spread ?? '—'}</b>
          spread
        </span>
        {one('buy', quote?.ask)}
      </div>
      <span className={styles.hint}>
        {quote ? (
          <>
            quote <Ago at={quote.heard_at} />
          </>
        ) : (
          'No quote so far: is the symbol subscribed?'
        )}
      </span>
    </div>
  )
}

/** Those with prices first. */
export function SymbolChoice({
  account,
  symbols,
  value,
  onChange,
}: {
  account: string
  symbols: readonly SymbolView[] | undefined
  value: string
  onChange: (symbol: string) => void
}) {
  const quoted = new Set(useLive().quoted(account))
  const named = symbols?.map(({ symbol }) => symbol) ?? []
  const others = named.filter((symbol) => !quoted.has(symbol))
  if (value !== '' && !named.includes(value) && !quoted.has(value)) others.push(value)
  const options = (list: Iterable<string>) =>
    [...list].map((symbol) => <option key={symbol}>{symbol}</option>)
  return (
    <select
      aria-label="Symbol"
      className={styles.select}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {value === '' ? <option value="">no symbol</option> : null}
      {quoted.size > 0 ? <optgroup label="With live prices">{options(quoted)}</optgroup> : null}
      <optgroup label="Without a price so far">{options(others)}</optgroup>
    </select>
  )
}

export function Expiration({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  return <NumberField label="Expires (broker time)" type="datetime-local" value={value} onChange={onChange} />
}
