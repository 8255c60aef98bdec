// REQUEST_HISTORICAL_DATA as the existing EA carries it out: chunks from old to new, inside each the newest first.
import { TIMEFRAMES, type Timeframe } from './facts.ts'
import { completed, failed, type Hands, type Outcome } from './hands.ts'
import { dateIn, stringField } from './reading.ts'
import { failure, historySent, ratesMissing } from './responses.ts'

export async function sendHistory(command: string, hands: Hands): Promise<Outcome> {
  const [symbol, timeframe] = [stringField(command, 'symbol'), stringField(command, 'timeframe')]
  if (symbol === '' || timeframe === '') return failed(failure('Missing symbol or timeframe'))
  const [from, to] = [dateIn(command, 'start_date'), dateIn(command, 'end_date')]
  if (from <= 0 || to <= 0 || from >= to) return failed(failure('Invalid date range'))
  if (!isTimeframe(timeframe)) return failed(failure('Invalid timeframe'))
  const { terminal } = hands
  const until = Math.min(to, terminal.timeCurrent())
  const copied = terminal.spec(symbol) ? terminal.bars.range(symbol, timeframe, from, until) : null
  if (!copied?.length) return failed(ratesMissing(symbol, copied ? 0 : -1))
  for (let at = 0; at < copied.length; at += hands.pace.chunk_bars) {
    const chunk = copied.slice(at, at + hands.pace.chunk_bars).reverse()
    if (!(await hands.upload(symbol, timeframe, chunk)))
      return failed(failure('Failed to send historical data to server'))
  }
  return completed(historySent(symbol, timeframe, copied.length))
}

const isTimeframe = (text: string): text is Timeframe => Object.hasOwn(TIMEFRAMES, text)
