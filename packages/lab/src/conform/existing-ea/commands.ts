// The existing EA's hands: one command after the other, as often as it is handed out. It knows no duplicates.
import type { OrderSent } from './facts.ts'
import { completed, failed, type Hands, type Outcome } from './hands.ts'
import { sendHistory } from './historical.ts'
import { openTrade } from './open-trade.ts'
import { priceIn, reasonIn, stringField, ticketIn, trailingStopIn } from './reading.ts'
import { closed, failure, failureRetcode, modified, sendFailed } from './responses.ts'
import { int } from './wording.ts'

const DONE = 10009

/** @param command its text, as `commandsIn` cuts it out of an answer */
export async function carryOut(command: string, hands: Hands): Promise<void> {
  const [id, type] = [stringField(command, 'id'), stringField(command, 'type')]
  const info = `Type: ${type}, ID: ${id}`
  await hands.log('INFO', 'Command received', info)
  switch (type) {
    case 'OPEN_TRADE': {
      const outcome = await openTrade(command, hands)
      await hands.answer(id, outcome)
      if (outcome.status === 'completed') await hands.log('INFO', 'Command executed successfully', info)
      else await hands.log('ERROR', 'Command failed', info)
      return
    }
    case 'MODIFY_TRADE':
      return hands.answer(id, modifyTrade(command, hands))
    case 'CLOSE_TRADE':
      return hands.answer(id, closeTrade(command, hands))
    case 'REQUEST_HISTORICAL_DATA':
      return hands.answer(id, await sendHistory(command, hands))
    default:
      // And no answer, ever.
      return hands.log('WARNING', 'Unknown command type', info)
  }
}

function modifyTrade(command: string, { terminal, reasons }: Hands): Outcome {
  const ticket = ticketIn(command)
  if (ticket === 0n) return failed(failure('No ticket provided'))
  const [sl, tp] = [priceIn(command, 'sl'), priceIn(command, 'tp')]
  if (sl === 0 || tp === 0) return failed(failure('SL and TP are required and must not be 0'))
  if (!terminal.position(ticket)) {
    const total = int(terminal.positions().length)
    return failed(failure(`Position ${int(ticket)} not found. Total positions: ${total}`))
  }
  const result = terminal.orderSend({ action: 'SLTP', position: ticket, sl, tp })
  if (!result.sent) return failed(sendFailed(result.last_error))
  if (result.retcode !== DONE) return failed(failureRetcode('Modify failed', result.retcode))
  reasons.moved(ticket, sl, tp)
  if (trailingStopIn(command)) reasons.store(ticket, 'TRAILING_STOP')
  return completed(modified(ticket, sl, tp))
}

/** Always the whole position: a volume is not read. */
function closeTrade(command: string, { terminal, reasons }: Hands): Outcome {
  const ticket = ticketIn(command)
  if (ticket === 0n) return failed(failure('No ticket provided'))
  // Before the position is looked up, and it stays when nothing is closed.
  const reason = reasonIn(command)
  if (reason !== '') reasons.store(ticket, reason)
  const held = terminal.position(ticket)
  if (!held) return failed(failure(`Position ${int(ticket)} not found`))
  const { symbol, volume } = held
  const direction = held.direction === 'BUY' ? 'SELL' : 'BUY'
  const wish = { symbol, direction, volume, sl: 0, tp: 0, magic: 0, comment: '' } as const
  const result: OrderSent = terminal.orderSend({
    action: 'DEAL',
    filling: 'IOC',
    position: ticket,
    ...wish,
  })
  if (!result.sent) return failed(failure('OrderSend failed'))
  if (result.retcode !== DONE) return failed(failureRetcode('Close failed', result.retcode))
  return completed(closed(ticket, result.price))
}
