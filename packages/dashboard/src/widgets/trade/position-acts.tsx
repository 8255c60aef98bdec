// What can be done to one position: change its levels, close it, a part of it, or against an opposite one.
//
//   W1. Each act says what it will do to which position before its button works.
//   W2. A part is compare-and-set: it closes only while the position has the volume that was seen here.
import { Button, Menu, Modal } from '@mantine/core'
import type { SymbolView, TradeView } from '@ngtb/sdk'
import { type FormEvent, useState } from 'react'
import { closingPrice, sideOf, useQuote, useSend, worthNow } from '../../live/index.ts'
import { figureOf } from '../../trade/draft.ts'
import { stepVolume, volumeProblem } from '../../trade/spec-check.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { lotsText, Price, ProfitLoss, priceText } from '../../ui/index.ts'
import { NumberField } from './fields.tsx'
import { SendFault } from './sent.tsx'
import styles from './trade.module.css'
import { useLevels } from './use-levels.ts'

type Act = 'modify' | 'part' | 'close' | 'close_by'

interface PositionActsProps {
  account: string
  trade: TradeView
  spec: SymbolView | undefined
  /** A plain EA knows neither parts nor closing by. */
  plain: boolean
  currency: string | null
  /** Opposite positions of the same symbol. */
  opposite: readonly TradeView[]
}

const TITLES: Readonly<Record<Act, string>> = {
  modify: 'SL and TP of',
  part: 'Close a part of',
  close: 'Close',
  close_by: 'Close by an opposite position:',
}

export function PositionActs(props: PositionActsProps) {
  const { trade, plain, opposite } = props
  const [act, setAct] = useState<Act | null>(null)
  const leave = () => setAct(null)
  const name = nameOf(trade)
  return (
    <span className={styles.acts}>
      <button
        type="button"
        className={styles.act}
        aria-label={`Close ${name}`}
        onClick={() => setAct('close')}
      >
        Close
      </button>
      <Menu position="bottom-end" width={210}>
        <Menu.Target>
          <button type="button" className={styles.act} aria-label={`More for ${name}`}>
            ⋯
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAct('modify')}>Change SL and TP…</Menu.Item>
          <Menu.Item onClick={() => setAct('part')} disabled={plain}>
            Close a part…
          </Menu.Item>
          <Menu.Item onClick={() => setAct('close_by')} disabled={plain || opposite.length === 0}>
            Close by an opposite…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {act === 'close' ? <CloseDialog {...props} onClose={leave} /> : null}
      <Modal
        opened={act !== null && act !== 'close'}
        onClose={leave}
        title={`${act ? TITLES[act] : ''} ${name}`}
        centered
        data-ngt-modal
      >
        {act === 'modify' ? <ModifyForm {...props} onDone={leave} /> : null}
        {act === 'part' ? <PartForm {...props} onDone={leave} /> : null}
        {act === 'close_by' ? <CloseByForm {...props} onDone={leave} /> : null}
      </Modal>
    </span>
  )
}

const nameOf = ({ symbol, direction, volume, ticket }: TradeView): string =>
  `${direction?.toLowerCase() ?? ''} ${lotsText(volume)} ${symbol ?? ''} #${ticket}`

function CloseDialog({
  account,
  trade,
  spec,
  currency,
  onClose,
}: PositionActsProps & { onClose: () => void }) {
  const { send, busy, error, in_doubt, again } = useSend(account, onClose)
  const quote = useQuote(account, trade.symbol)
  const price = closingPrice(sideOf(trade.direction), quote)
  const worth = worthNow(trade, quote, spec, currency)?.amount ?? trade.profit
  return (
    <ConfirmDialog
      opened
      title={`Close ${nameOf(trade)}`}
      happens={
        <>
          The {trade.direction?.toLowerCase()} of{' '}
          <b>
            {lotsText(trade.volume)} lots {trade.symbol}
          </b>{' '}
          (ticket {trade.ticket}) is closed at the market, now <Price value={price} digits={spec?.digits} />,
          for about <ProfitLoss value={worth} currency={currency} />.
          {in_doubt ? <SendFault error={error} in_doubt again={again} busy={busy} /> : null}
        </>
      }
      action={`Close ${lotsText(trade.volume)} lots`}
      busy={busy}
      error={in_doubt ? null : error}
      onConfirm={() =>
        in_doubt ? again() : send({ type: 'CLOSE_TRADE', ticket: trade.ticket, reason: 'dashboard' })
      }
      onClose={onClose}
    />
  )
}

type FormProps = PositionActsProps & { onDone: () => void }

function ModifyForm({ account, trade, spec, onDone }: FormProps) {
  const { send, busy, error, in_doubt, again } = useSend(account, onDone)
  const start = { sl: trade.wanted_sl ?? trade.sl, tp: trade.wanted_tp ?? trade.tp }
  const { sl, tp, setSl, setTp, levels, changed, problems } = useLevels(start, spec)
  const side = sideOf(trade.direction) ?? 'buy'
  const price = closingPrice(side, useQuote(account, trade.symbol))
  const says = problems(side, price)
  const fits = says.sl === undefined && says.tp === undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (changed && fits) send({ type: 'MODIFY_TRADE', ticket: trade.ticket, ...levels })
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <p>
        Opened at <Price value={trade.open_price} digits={spec?.digits} />, now{' '}
        <Price value={price} digits={spec?.digits} />. Empty is none.
      </p>
      <div className={styles.pair}>
        <NumberField
          label="Stop loss"
          value={sl}
          onChange={setSl}
          says={says.sl}
          placeholder="none"
          autoFocus
        />
        <NumberField label="Take profit" value={tp} onChange={setTp} says={says.tp} placeholder="none" />
      </div>
      <SendFault error={error} in_doubt={in_doubt} again={again} busy={busy} />
      <Button type="submit" loading={busy} disabled={!changed || !fits || in_doubt}>
        Set SL {levelText(levels.sl, spec)}, TP {levelText(levels.tp, spec)}
      </Button>
    </form>
  )
}

const levelText = (level: number, spec: SymbolView | undefined) =>
  level === 0 ? 'none' : priceText(level, spec?.digits)

function PartForm({ account, trade, spec, onDone }: FormProps) {
  const { send, busy, error, in_doubt, again } = useSend(account, onDone)
  const whole = trade.volume ?? 0
  const step = spec?.volume_step || 0.01
  const half = Math.max(step, Math.floor(whole / 2 / step + 1e-9) * step)
  const [text, setText] = useState(() => String(Number(half.toFixed(8))))
  const volume = figureOf(text)
  const rest = Number((whole - (volume ?? 0)).toFixed(8))
  const says = partProblem(volume, rest, spec)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (says !== null || volume === null) return
    send({ type: 'CLOSE_PARTIAL', ticket: trade.ticket, expected_volume: whole, remaining_volume: rest })
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <p>{lotsText(whole)} lots are open. Only while it still has exactly these is anything closed.</p>
      <NumberField
        label="Lots to close"
        value={text}
        onChange={setText}
        onStep={(way) => setText(String(stepVolume(volume, way, spec)))}
        says={says ?? undefined}
        autoFocus
      />
      <SendFault error={error} in_doubt={in_doubt} again={again} busy={busy} />
      <Button type="submit" color="red" loading={busy} disabled={says !== null || in_doubt}>
        Close {lotsText(volume)} lots, {lotsText(Math.max(0, rest))} stay
      </Button>
    </form>
  )
}

function partProblem(volume: number | null, rest: number, spec: SymbolView | undefined): string | null {
  const says = volumeProblem(volume, spec)
  if (says !== null) return says
  if (rest <= 0) return 'That is all of it: use Close'
  return spec?.volume_min && rest < spec.volume_min
    ? `At least ${lotsText(spec.volume_min)} lots must stay`
    : null
}

function CloseByForm({ account, trade, opposite, onDone }: FormProps) {
  const { send, busy, error, in_doubt, again } = useSend(account, onDone)
  const [chosen, setChosen] = useState(() => opposite[0]?.ticket ?? '')
  const other = opposite.find(({ ticket }) => ticket === chosen)
  const mine = trade.volume ?? 0
  const theirs = other?.volume ?? 0
  const both = Math.min(mine, theirs)
  const left = Number(Math.abs(mine - theirs).toFixed(8))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!other) return
    send({
      type: 'CLOSE_BY',
      ...{ ticket: trade.ticket, opposite_ticket: other.ticket },
      ...{ expected_volume: mine, remaining_volume: Number((mine - both).toFixed(8)) },
    })
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <label className={styles.field}>
        <span className={styles.hint}>Against</span>
        <select
          className={styles.select}
          value={chosen}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {opposite.map((one) => (
            <option key={one.ticket} value={one.ticket}>
              {nameOf(one)}
            </option>
          ))}
        </select>
      </label>
      <p>
        {lotsText(both)} lots of both are closed against each other, without paying the spread again.{' '}
        {left === 0
          ? 'Nothing stays.'
          : `${lotsText(left)} lots of #${mine > theirs ? trade.ticket : chosen} stay.`}
      </p>
      <SendFault error={error} in_doubt={in_doubt} again={again} busy={busy} />
      <Button type="submit" color="red" loading={busy} disabled={!other || in_doubt}>
        Close {lotsText(both)} lots against #{chosen}
      </Button>
    </form>
  )
}
