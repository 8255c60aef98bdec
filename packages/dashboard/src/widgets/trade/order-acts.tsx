// What can be done to one pending order: change it, or cancel it.
import { Button, Modal } from '@mantine/core'
import type { OrderView, SymbolView } from '@ngtb/sdk'
import { type FormEvent, useState } from 'react'
import { useQuote, useSend } from '../../live/index.ts'
import { figureOf } from '../../trade/draft.ts'
import { type PendingKind, problemsOf } from '../../trade/spec-check.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { lotsText, Price, priceText } from '../../ui/index.ts'
import { NumberField } from './fields.tsx'
import { SendFault } from './sent.tsx'
import { Expiration } from './ticket.tsx'
import styles from './trade.module.css'
import { useLevels } from './use-levels.ts'

interface OrderActsProps {
  account: string
  order: OrderView
  spec: SymbolView | undefined
}

export const orderWord = (type: string): string =>
  type.replace('ORDER_TYPE_', '').replaceAll('_', ' ').toLowerCase()

export function OrderActs(props: OrderActsProps) {
  const { order } = props
  const [act, setAct] = useState<'modify' | 'cancel' | null>(null)
  const leave = () => setAct(null)
  const name = `${orderWord(order.type)} ${lotsText(order.volume)} ${order.symbol} #${order.ticket}`
  return (
    <span className={styles.acts}>
      <button
        type="button"
        className={styles.act}
        aria-label={`Change ${name}`}
        onClick={() => setAct('modify')}
      >
        Change
      </button>
      <button
        type="button"
        className={styles.act}
        aria-label={`Cancel ${name}`}
        onClick={() => setAct('cancel')}
      >
        Cancel
      </button>
      <Modal opened={act === 'modify'} onClose={leave} title={`Change ${name}`} centered data-ngt-modal>
        {act === 'modify' ? <ModifyForm {...props} onDone={leave} /> : null}
      </Modal>
      {act === 'cancel' ? <CancelDialog {...props} name={name} onClose={leave} /> : null}
    </span>
  )
}

function CancelDialog({
  account,
  order,
  spec,
  name,
  onClose,
}: OrderActsProps & { name: string; onClose: () => void }) {
  const { send, busy, error, in_doubt, again } = useSend(account, onClose)
  return (
    <ConfirmDialog
      opened
      title={`Cancel ${name}`}
      happens={
        <>
          The {orderWord(order.type)} of{' '}
          <b>
            {lotsText(order.volume_left ?? order.volume)} lots {order.symbol}
          </b>{' '}
          at <Price value={order.price} digits={spec?.digits} /> (ticket {order.ticket}) is taken off. If it
          is filled before, it stays a position.
          {in_doubt ? <SendFault error={error} in_doubt again={again} busy={busy} /> : null}
        </>
      }
      action="Cancel the order"
      busy={busy}
      error={in_doubt ? null : error}
      onConfirm={() =>
        in_doubt ? again() : send({ type: 'CANCEL_PENDING', ticket: order.ticket, reason: 'dashboard' })
      }
      onClose={onClose}
    />
  )
}

function ModifyForm({ account, order, spec, onDone }: OrderActsProps & { onDone: () => void }) {
  const { send, busy, error, in_doubt, again } = useSend(account, onDone)
  const quote = useQuote(account, order.symbol)
  const { sl, tp, setSl, setTp, levels, changed } = useLevels(order, spec)
  const [price, setPrice] = useState(() => priceText(order.price, spec?.digits))
  const [limit, setLimit] = useState(() =>
    order.stop_limit_price ? priceText(order.stop_limit_price, spec?.digits) : '',
  )
  const was_until = order.expiration_broker?.slice(0, 16) ?? ''
  const [until, setUntil] = useState(was_until)
  const [side, kind] = kindOf(order.type)
  const wanted = { price: figureOf(price), stop_limit_price: kind === 'stop_limit' ? figureOf(limit) : null }
  const draft = { symbol: order.symbol, kind, side, volume: order.volume, ...levels, ...wanted }
  const problems = problemsOf(draft, spec, quote)
  const says = (field: string) => problems.find((problem) => problem.field === field)?.says
  const other =
    wanted.price !== order.price ||
    (wanted.stop_limit_price ?? 0) !== (order.stop_limit_price ?? 0) ||
    until !== was_until
  const open = (changed || other) && problems.length === 0 && !in_doubt
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!open || wanted.price === null) return
    send({
      type: 'MODIFY_PENDING',
      ...{ ticket: order.ticket, price: wanted.price, ...levels },
      ...(wanted.stop_limit_price === null ? {} : { stop_limit_price: wanted.stop_limit_price }),
      ...(until === was_until ? {} : { expiration: until === '' ? null : until }),
    })
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.pair}>
        <NumberField label="Price" value={price} onChange={setPrice} says={says('price')} autoFocus />
        {kind === 'stop_limit' ? (
          <NumberField
            label="Limit price"
            value={limit}
            onChange={setLimit}
            says={says('stop_limit_price')}
          />
        ) : (
          <Expiration value={until} onChange={setUntil} />
        )}
        <NumberField label="Stop loss" value={sl} onChange={setSl} says={says('sl')} placeholder="none" />
        <NumberField label="Take profit" value={tp} onChange={setTp} says={says('tp')} placeholder="none" />
        {kind === 'stop_limit' ? <Expiration value={until} onChange={setUntil} /> : null}
      </div>
      <SendFault error={error} in_doubt={in_doubt} again={again} busy={busy} />
      <Button type="submit" loading={busy} disabled={!open}>
        Set it to {priceText(wanted.price, spec?.digits)}
      </Button>
    </form>
  )
}

function kindOf(type: string): readonly ['buy' | 'sell', PendingKind] {
  const word = orderWord(type)
  const side = word.startsWith('buy') ? 'buy' : 'sell'
  if (word.endsWith('stop limit')) return [side, 'stop_limit']
  return [side, word.endsWith('limit') ? 'limit' : 'stop']
}
