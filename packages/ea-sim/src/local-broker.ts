// A simulated terminal in this process: the trade server, its view, and its market.

import type { Clock } from './clock.ts'
import { portOf, type TradeServer } from './model/trade-server.ts'
import type { TerminalPort } from './native-options.ts'

/** `clock` gives the trade server its time; late effects come when someone looks, orders or ticks. */
export function localBroker(trade_server: TradeServer, clock: Pick<Clock, 'stamp'>): TerminalPort {
  const { broker, view } = trade_server
  const at_ms = () => clock.stamp().mono_ms
  return {
    ...portOf(trade_server, at_ms),
    positions: () => {
      trade_server.advance(at_ms())
      return view.positions(at_ms())
    },
    account: () => broker.account(),
    info: () => broker.info,
    get symbols() {
      return [...broker.symbols.values()].map((spec) => broker.withTickValue(spec))
    },
    listen(listener) {
      broker.listener = listener
    },
    listenOrders(listener) {
      broker.orders.listener = listener
    },
    onTick(tick) {
      trade_server.advance(at_ms())
      broker.onTick(tick)
    },
  }
}
