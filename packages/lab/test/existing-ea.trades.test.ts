// What the client of the existing EA's dialect tells of trades, and in which order, against a server of four ports.
import { describe, expect, test } from 'vitest'
import { command, EUR, give, HEAD, NOTHING, OPEN, type Rig, started } from './existing-ea-support.ts'

describe('trades', () => {
  test('the order of messages around an OPEN and around a CLOSE', async () => {
    const made = await started({}, { commission_per_lot: 3.5 })
    expect(await give(made, OPEN)).toEqual([
      '/api/log Command received',
      '/api/command_response',
      '/api/log Command executed successfully',
      '/api/trades/update',
      '/api/log Trade opened',
      '/api/trades/update',
      '/api/log Trade modified',
      '/api/profit_update',
    ])
    const held = made.terminal.positions()[0]
    expect(await give(made, { id: 'c', type: 'CLOSE_TRADE', ticket: Number(held?.ticket) })).toEqual([
      '/api/log Command received',
      '/api/command_response',
      '/api/trades/update',
      '/api/log Trade closed',
      '/api/profit_update',
    ])
  })

  test('a large ticket: whole in trades and ticks, its low 32 bits in answers and logs', async () => {
    const { terminal, stub, turn } = await started({}, { commission_per_lot: 3.5 })
    terminal.next_ticket = 4294967373n
    stub.answers['/api/get_commands'] = [command(OPEN), NOTHING]
    await turn(2)
    expect(stub.bodies('/api/command_response')).toEqual([
      `${HEAD},"command_id":"c-open","status":"completed","response":{"ticket":77,"price":1.09002,"volume":0.10,"sl":1.08500,"tp":1.09500,"tpsl_verified":true}}`,
    ])
    const open = `${HEAD},"ticket":4294967373,"symbol":"EURUSD","direction":"BUY","volume":0.10,"open_price":1.09002,"open_time":1795367498,"close_price":0.00000,"close_time":0,"sl":1.08500,"tp":1.09500,"profit":-0.20,"commission":-0.35,"swap":0.00,"status":"open","source":"MT5","close_reason":""}`
    expect(stub.bodies('/api/trades/update')).toEqual([open, open])
    expect(stub.bodies('/api/log')[2]).toContain('"info":"Ticket: 77, BUY EURUSD 0.10"')
    expect(stub.bodies('/api/ticks').at(-1)).toContain(
      '"positions":[{"ticket":4294967373,"profit":-0.20,"swap":0.00}]',
    )
  })

  test('the same command handed out twice opens twice', async () => {
    const made = await started()
    await give(made, OPEN)
    await give(made, OPEN)
    expect(made.terminal.positions()).toHaveLength(2)
  })

  test('a part that is closed is told whole, then what is left as open; OUT_BY is not told', async () => {
    const { terminal, ea, stub } = await started()
    const { ticket } = terminal.openByHand({ ...EUR, volume: 0.3 })
    await ea.idle()
    stub.news()
    terminal.closeByHand(ticket, 0.1)
    await ea.idle()
    const seen = stub
      .bodies('/api/trades/update')
      .map((body) => body.match(/"volume":[^,]+,|"status":"\w+"/g))
    expect(seen).toEqual([
      ['"volume":0.30,', '"status":"closed"'],
      ['"volume":0.20,', '"status":"open"'],
    ])
    stub.news()
    terminal.closeByHand(ticket, undefined, 'OUT_BY')
    await ea.idle()
    expect(stub.news()).toEqual(['/api/profit_update'])
  })

  test('changed levels show in the periodic list only; each deal that is no trade is told once', async () => {
    const { terminal, ea, stub, turn } = await started({ pace: { sync_calls: 2, transactions_calls: 3 } })
    const { ticket } = terminal.openByHand(EUR)
    terminal.openByHand({ ...EUR, direction: 'SELL' })
    terminal.book('CREDIT', -5, 'Bonus "A"')
    await ea.idle()
    terminal.modifyByHand(ticket, 1.08, 1.1)
    await ea.idle()
    stub.news()
    await turn(6)
    expect(stub.bodies('/api/trades/update')).toHaveLength(6)
    expect(stub.bodies('/api/trades/update')[0]).toContain('"sl":1.08000,"tp":1.10000')
    const now = '"timestamp":1795367498'
    expect(stub.bodies('/api/transaction')).toEqual([
      `${HEAD},"ticket":900001,"transaction_type":"BALANCE","amount":10000.00,${now},"comment":"Initial deposit","balance":9995.00}`,
      `${HEAD},"ticket":900004,"transaction_type":"CREDIT","amount":-5.00,${now},"comment":"Bonus "A"","balance":9995.00}`,
    ])
  })

  const modify = (ticket: bigint, sl: number, more = {}) => {
    return { id: 'm', type: 'MODIFY_TRADE', ticket: Number(ticket), sl, tp: 1.1, ...more }
  }
  const closing = { id: 'x', type: 'CLOSE_TRADE', reason: 'TIME_EXIT' }
  const reasons: [string, (made: Rig, ticket: bigint) => unknown, string][] = [
    ['a target', ({ terminal }) => terminal.quote('EURUSD', 1.1, 1.10002), 'TP_HIT'],
    ['a stop', ({ terminal }) => terminal.quote('EURUSD', 1.08, 1.08002), 'SL_HIT'],
    ['a hand', ({ terminal }, ticket) => terminal.closeByHand(ticket), 'MANUAL'],
    ['a gap', ({ terminal }) => terminal.quote('EURUSD', 1.07, 1.07002), 'MANUAL'],
    ['a command', (made, ticket) => give(made, { ...closing, ticket: Number(ticket) }), 'TIME_EXIT'],
    [
      'a reason that is too long',
      (made, ticket) => give(made, { ...closing, reason: 'r'.repeat(120), ticket: Number(ticket) }),
      'MANUAL',
    ],
    [
      'a hand, after a CLOSE_TRADE that failed',
      async (made, ticket) => {
        made.terminal.failNext({ retcode: 10018 })
        await give(made, { ...closing, ticket: Number(ticket) })
        made.terminal.closeByHand(ticket)
      },
      'TIME_EXIT',
    ],
    [
      'a stop in profit',
      async (made, ticket) => {
        made.terminal.quote('EURUSD', 1.095, 1.09502)
        await give(made, modify(ticket, 1.092))
        made.terminal.quote('EURUSD', 1.092, 1.09202)
      },
      'TRAILING_STOP',
    ],
    [
      'a target, after trailing_stop',
      async (made, ticket) => {
        await give(made, modify(ticket, 1.085, { trailing_stop: true }))
        made.terminal.quote('EURUSD', 1.1, 1.10002)
      },
      'TRAILING_STOP',
    ],
  ]
  test.each(reasons)('closed by %s', async (_by, close, reason) => {
    const made = await started()
    const { ticket } = made.terminal.openByHand({ ...EUR, sl: 1.08, tp: 1.1 })
    await made.ea.idle()
    await close(made, ticket)
    await made.ea.idle()
    const last = made.ea.sent.findLast(({ path }) => path === '/api/trades/update')
    expect(last?.body.toString('latin1')).toMatch(/"sl":0\.00000,"tp":0\.00000,.*"status":"closed"/)
    expect(last?.body.toString('latin1')).toContain(`"close_reason":"${reason}"`)
  })

  test('profits: exits with swap and commission; the year is all beyond deposits', async () => {
    const { terminal, ea, stub } = await started({}, { commission_per_lot: 3.5 })
    const position = terminal.openByHand(EUR)
    position.swap = -0.1
    terminal.quote('EURUSD', 1.09, 1.09002)
    terminal.closeByHand(position.ticket)
    await ea.idle()
    expect(stub.bodies('/api/profit_update').at(-1)).toBe(
      `${HEAD},"balance":9999.00,"equity":9999.00,"profit_today":-0.65,"profit_week":-0.65,"profit_month":-0.65,"profit_year":-1.00}`,
    )
  })
})
