// Every command type as a method. What each does when it is repeated stands in docs/reference/commands.md.
import type { CommandType } from '@ngtb/protocol'
import type { CommandHandle } from './handle.ts'
import type {
  CancelPending,
  CloseAll,
  CloseBy,
  ClosePartial,
  CloseTrade,
  Intent,
  ModifyPending,
  ModifyTrade,
  OpenTrade,
  PlacePending,
  Probe,
  RequestHistory,
  RequestSync,
  SubscribeSymbols,
} from './intents.ts'

export abstract class Orders {
  /** Any intent, as data. @example await client.send({ type: 'CLOSE_ALL', symbol: 'EURUSD' }) */
  abstract send(intent: Intent): Promise<CommandHandle>

  /**
   * Opens a position. Resolves once the server has it; `settled()` tells what became of it.
   * @example
   * const order = await client.openTrade({ symbol: 'EURUSD', order_type: 'SELL', volume: 0.1, sl: 1.1 })
   */
  openTrade(trade: OpenTrade): Promise<CommandHandle> {
    return this.send({ type: 'OPEN_TRADE', ...trade })
  }

  /** @example await client.modifyTrade({ ticket: '16218652', sl: 1.0875, tp: 1.096 }) */
  modifyTrade(change: ModifyTrade): Promise<CommandHandle> {
    return this.send({ type: 'MODIFY_TRADE', ...change })
  }

  /** @example await (await client.closeTrade({ ticket: '16218652' })).settled() */
  closeTrade(close: CloseTrade): Promise<CommandHandle> {
    return this.send({ type: 'CLOSE_TRADE', ...close })
  }

  /** The emergency stop. @example await client.closeAll({ reason: 'news' }) */
  closeAll(scope: CloseAll = {}): Promise<CommandHandle> {
    return this.send({ type: 'CLOSE_ALL', ...scope })
  }

  /**
   * A limit, stop or stop-limit order. The types from here on need a native EA (`NGTB_ACCOUNT_PLAIN`).
   * @example
   * await client.placePending({ symbol: 'EURUSD', order_type: 'BUY_LIMIT', volume: 0.1, price: 1.08, sl: 1.075 })
   */
  placePending(order: PlacePending): Promise<CommandHandle> {
    return this.send({ type: 'PLACE_PENDING', ...order })
  }

  /** @example await client.modifyPending({ ticket: '4711', price: 1.0805 }) */
  modifyPending(change: ModifyPending): Promise<CommandHandle> {
    return this.send({ type: 'MODIFY_PENDING', ...change })
  }

  /** @example await client.cancelPending({ ticket: '4711' }) */
  cancelPending(cancel: CancelPending): Promise<CommandHandle> {
    return this.send({ type: 'CANCEL_PENDING', ...cancel })
  }

  /**
   * Closes a part of a position, once: only while it still has what you saw.
   * @example await client.closePartial({ ticket: '16218652', expected_volume: 0.3, remaining_volume: 0.1 })
   */
  closePartial(close: ClosePartial): Promise<CommandHandle> {
    return this.send({ type: 'CLOSE_PARTIAL', ...close })
  }

  /** @example await client.closeBy({ ticket: '16218652', opposite_ticket: '16218653' }) */
  closeBy(close: CloseBy): Promise<CommandHandle> {
    return this.send({ type: 'CLOSE_BY', ...close })
  }

  /** @example await client.subscribeSymbols({ symbols: ['EURUSD', 'XAUUSD'] }) */
  subscribeSymbols(list: SubscribeSymbols): Promise<CommandHandle> {
    return this.send({ type: 'SUBSCRIBE_SYMBOLS', ...list })
  }

  /** @example await client.requestHistory({ symbol: 'EURUSD', timeframe: 'M1', from: '2025-01-02T00:00:00Z' }) */
  requestHistory(wish: RequestHistory): Promise<CommandHandle> {
    return this.send({ type: 'REQUEST_HISTORY', ...wish })
  }

  /** @example await client.requestSync() */
  requestSync(how: RequestSync = {}): Promise<CommandHandle> {
    return this.send({ type: 'REQUEST_SYNC', ...how })
  }

  /** Asks the EA at once; the server itself asks about each unknown outcome. */
  probe(question: Probe): Promise<CommandHandle> {
    return this.send({ type: 'PROBE', ...question })
  }
}

/** A new command type does not compile until it has its method. */
export const METHOD_OF = {
  OPEN_TRADE: 'openTrade',
  MODIFY_TRADE: 'modifyTrade',
  CLOSE_TRADE: 'closeTrade',
  CLOSE_ALL: 'closeAll',
  PLACE_PENDING: 'placePending',
  MODIFY_PENDING: 'modifyPending',
  CANCEL_PENDING: 'cancelPending',
  CLOSE_PARTIAL: 'closePartial',
  CLOSE_BY: 'closeBy',
  SUBSCRIBE_SYMBOLS: 'subscribeSymbols',
  REQUEST_HISTORY: 'requestHistory',
  REQUEST_SYNC: 'requestSync',
  PROBE: 'probe',
} as const satisfies Record<CommandType, keyof Orders>
