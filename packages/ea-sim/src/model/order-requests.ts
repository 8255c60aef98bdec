// One OrderSend at the book: the request's action as a call of the broker, its answer as an MqlTradeResult.

import type { SimulatedBroker } from './broker.ts'
import type { BrokerEvent, Cause, CloseResult, PendingResult, TradeResult } from './broker-types.ts'
import { Retcode } from './checks.ts'
import type { OrderRequest, OrderResult } from './native/broker-port.ts'

export function perform(broker: SimulatedBroker, request: OrderRequest, cause: Cause): OrderResult {
  switch (request.action) {
    case 'open':
      return ofTrade(broker.open(request, cause))
    case 'modify':
      return ofTrade(broker.modify(request.ticket, request, cause))
    case 'close':
      return ofClose(broker.close(request.ticket, cause, request.volume), request.ticket)
    case 'close_by':
      return ofClose(broker.closeBy(request.ticket, request.opposite_ticket, cause), request.ticket)
    case 'pending':
      return ofPending(broker.orders.place(request, cause))
    case 'modify_pending':
      return ofPending(broker.orders.modify(request.ticket, request, cause))
    case 'cancel':
      return ofPending(broker.orders.cancel(request.ticket, cause))
  }
}

const NOTHING = { order: null, deal: null, position: null, price: null, volume: null }

const verdict = ({ retcode, comment }: { retcode: number; comment: string }) => ({
  // MT5 returns false for what it refused itself, true for what the trade server answered.
  returned: retcode === Retcode.DONE,
  retcode,
  comment,
})

function ofTrade(result: TradeResult): OrderResult {
  const { deal, position } = result
  return {
    ...NOTHING,
    ...verdict(result),
    position: position?.ticket ?? null,
    ...(deal && { order: deal.order, deal: deal.deal, price: deal.price, volume: deal.volume }),
  }
}

function ofClose(result: CloseResult, ticket: string): OrderResult {
  const { deal } = result
  if (deal === undefined) return { ...NOTHING, ...verdict(result), position: ticket }
  const { order, price, volume, profit, swap, commission } = deal
  const figures = { price, volume, profit, swap, commission }
  return {
    ...verdict(result),
    order,
    deal: deal.deal,
    position: positionOf(result.events) ?? ticket,
    ...figures,
  }
}

const ofPending = (result: PendingResult): OrderResult => ({
  ...NOTHING,
  ...verdict(result),
  order: result.order?.ticket ?? null,
  volume: result.order?.volume ?? null,
  price: result.order?.price ?? null,
})

const positionOf = ([first]: readonly BrokerEvent[]): string | undefined => first?.position.ticket
