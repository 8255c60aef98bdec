// The life of the client of the existing EA's dialect, against a server of four ports that answers as it is told.
import { describe, expect, test, vi } from 'vitest'
import { command, EUR, HEAD, NOTHING, OPEN, rig, started } from './existing-ea-support.ts'

const PROFITS = '"profit_today":0.00,"profit_week":0.00,"profit_month":0.00,"profit_year":0.00'
const FUNDS = '"balance":10000.00,"equity":10000.00,"margin":0.00,"free_margin":10000.00'
/** Of a busy machine's patience; nothing is measured. */
const WAIT = { timeout: 30_000 }

describe('connecting', () => {
  test('the first start: no key until it is given, then symbols, specs and bars', async () => {
    const { ea, stub, beat, turn } = await rig({}, { company: 'Börse "Zürich" Ltd' })
    stub.answers['/api/symbols'] = '{"symbols":["EURUSD","BTCUSD"]}'
    stub.answers['/api/ohlc/coverage'] = [
      '{"coverage_percent":100.0,"needs_update":false}',
      '{"coverage_percent":100.0,"needs_update":true}',
      '{"coverage_percent":89.9,"needs_update":false}',
      '{"coverage_percent":90.0,"needs_update": true}',
    ]
    await ea.start()
    expect(ea).toMatchObject({ connected: true, api_key: 'KEY123', key_file: { api_key: 'KEY123' } })
    expect(stub.heard.map(({ plane, path, key }) => `${plane} ${path} ${key}`)).toEqual([
      'command /api/connect undefined',
      'logs /api/log undefined',
      'command /api/symbols undefined',
      'command /api/symbol_specs KEY123',
      'command /api/ohlc/coverage KEY123',
      'command /api/ohlc/coverage KEY123',
      'command /api/ohlc/historical KEY123',
      'command /api/ohlc/coverage KEY123',
      'command /api/ohlc/historical KEY123',
      'command /api/ohlc/coverage KEY123',
    ])
    expect(new Set(stub.heard.map(({ type }) => type))).toEqual(new Set(['application/json']))
    expect(stub.bodies('/api/connect')).toEqual([
      '{"account":12345678,"broker":"Börse "Zürich" Ltd","platform":"MT5","timestamp":1795367498,"available_symbols":["EURUSD","GBPUSD","XAUUSD","BTCUSD"]}',
    ])
    expect(stub.bodies('/api/ohlc/coverage')[1]).toBe(
      '{"symbol":"EURUSD","timeframe":"H4","required_bars":84}',
    )
    const times = (stub.bodies('/api/ohlc/historical')[0] ?? '').match(/"timestamp":\d+/g) ?? []
    expect([times.length, [...times].sort()]).toEqual([84, times])
    stub.news()

    await beat()
    expect(stub.bodies('/api/heartbeat')).toEqual([
      `${HEAD},"timestamp":1795367500,${FUNDS},${PROFITS},"deposits_today":10000.00,"deposits_week":10000.00,"deposits_month":10000.00,"deposits_year":10000.00}`,
    ])
    await turn()
    expect(stub.bodies('/api/get_commands')).toEqual([`${HEAD}}`])
    expect(stub.bodies('/api/ticks')).toEqual([
      `${HEAD},"ticks":[{"symbol":"EURUSD","bid":1.09000,"ask":1.09002,"spread":0.00002,"volume":1,"timestamp":1795367500,"tz_offset":-3600,"tradeable":false}],"positions":[],${FUNDS},${PROFITS}}`,
    ])
    expect(ea.sent[0]).toMatchObject({ path: '/api/connect', key: null, status: 200 })
    expect([...(ea.sent[0]?.body ?? [])].filter((byte) => byte > 0x7f)).toEqual([0xf6, 0xfc])
    expect(ea.statuses).toEqual(new Map([[200, ea.sent.length]]))
    expect(ea.answers).toHaveLength(ea.sent.length)
  })

  test('200 without a key, and none in the file: connected, and dumb for ever', async () => {
    const { ea, stub, beat, turn } = await rig()
    stub.answers['/api/connect'] = '{"status":"success","api_key":""}'
    await ea.start()
    await beat()
    await turn(3)
    expect(ea.connected).toBe(true)
    expect(stub.news()).toEqual(['/api/connect'])
  })

  test('200 without a key leaves the key of the file in use; another key replaces it', async () => {
    const key_file = { api_key: 'OLD' }
    const { ea, stub, beat } = await rig({ key_file })
    stub.answers['/api/connect'] = ['{"status":"success"}', '{"api_key":"NEW"}']
    await ea.start()
    expect(stub.bodies('/api/symbols')).toEqual(['{"account":12345678,"api_key":"OLD"}'])
    stub.answers['/api/heartbeat'] = { status: 403 }
    await beat()
    await beat()
    expect(key_file).toEqual({ api_key: 'NEW' })
  })

  test('only 403 on a heartbeat disconnects; then a connect at a quote, and symbols are not asked again', async () => {
    const { ea, stub, beat, turn } = await started()
    stub.answers['/api/heartbeat'] = [{ status: 401 }, { status: 503 }, { status: 403 }, '{}']
    stub.answers['/api/get_commands'] = { status: 403 }
    await beat()
    await beat()
    await turn()
    expect(ea.connected).toBe(true)
    await beat()
    const warned = ['/api/heartbeat', '/api/log Heartbeat failed']
    const refused = ['/api/heartbeat', '/api/log Authentication failed']
    expect(stub.news()).toEqual([...warned, ...warned, '/api/get_commands', '/api/ticks', ...refused])
    await turn(3)
    expect([ea.connected, stub.news()]).toEqual([false, []])
    stub.answers['/api/connect'] = [{ status: 403 }, { status: 201 }, '{"status":"success"}']
    await beat()
    await beat()
    await beat(500)
    expect([ea.connected, stub.news()]).toEqual([false, ['/api/connect', '/api/connect']])
    await beat()
    expect(stub.news()).toEqual(['/api/connect', '/api/log EA reconnected to server'])
    await beat()
    expect(stub.news()).toEqual(['/api/heartbeat'])
  })

  test('a server that was not there at the start is never asked for symbols', async () => {
    const { ea, stub, terminal, beat, turn } = await rig()
    ea.offline = true
    const { ticket } = terminal.openByHand(EUR)
    await ea.start()
    await turn()
    ea.offline = false
    await beat()
    await turn()
    terminal.closeByHand(ticket)
    await ea.idle()
    expect(stub.bodies('/api/trades/update')[0]).toContain('"close_reason":"UNKNOWN"')
    const [first, ...rest] = stub.news()
    expect(first).toBe('/api/connect')
    expect(rest).not.toContain('/api/symbols')
    expect(rest).not.toContain('/api/ticks')
  })

  test('a lost answer of a heartbeat is -1 and disconnects, of a poll it is nothing; 1001 never does', async () => {
    const lost = await started()
    lost.ea.loseAnswers('/api/get_commands', 1)
    lost.stub.answers['/api/get_commands'] = [command(OPEN), NOTHING]
    await lost.turn()
    expect([lost.ea.connected, lost.terminal.positions()]).toEqual([true, []])
    lost.ea.loseAnswers('/api/heartbeat', 1)
    await lost.beat()
    expect([lost.ea.connected, lost.ea.statuses.get(-1)]).toEqual([false, 2])

    const newer = await started({ trouble_code: 1001 })
    newer.ea.loseAnswers('/api/heartbeat', 1)
    await newer.beat()
    expect(newer.ea.connected).toBe(true)
    expect(newer.stub.bodies('/api/log')[0]).toContain('"details":{"info":"HTTP code: 1001"}')
  })

  test('no answer in time is -1', async () => {
    const { ea, stub, beat } = await started({ pace: { timeout_ms: 700 } })
    stub.answers['/api/heartbeat'] = { status: 0 }
    await beat()
    expect([ea.connected, ea.statuses.get(-1)]).toEqual([false, 1])
  })

  test('a ServerURL that ends with a slash', async () => {
    const { ea, stub, turn } = await rig({ trailing_slash: true, key_file: { api_key: 'KEY123' } })
    await ea.start()
    await turn()
    expect(stub.news()).toContain('//api/get_commands')
  })

  test('stopped it says one word, killed none', async () => {
    const stopped = await started()
    await stopped.ea.stop()
    await stopped.beat()
    await stopped.turn()
    expect(stopped.stub.news()).toEqual(['/api/log EA disconnecting'])
    const killed = await started()
    killed.ea.kill()
    await killed.beat()
    await killed.turn()
    expect([killed.stub.news(), killed.ea.died]).toEqual([[], null])
  })

  test('killed in the middle of a command it does not go on', async () => {
    const { ea, stub, terminal } = await started({ pace: { open_sleep_ms: 60_000 } })
    stub.answers['/api/get_commands'] = command(OPEN)
    const turn = ea.timer()
    await vi.waitFor(() => expect(terminal.positions()).toHaveLength(1), WAIT)
    ea.kill()
    await turn
    expect(stub.bodies('/api/command_response')).toEqual([])
  })

  test('its own timer polls', async () => {
    const { ea } = await started({ pace: { timer_ms: 1 } })
    await vi.waitFor(() => expect(ea.requests.get('/api/get_commands')).toBeGreaterThan(3), WAIT)
  })
})

describe('ticks and symbols', () => {
  test('ticks are kept and sent with more until a 200, also after 201', async () => {
    const { ea, stub, turn } = await started()
    stub.answers['/api/ticks'] = [{ status: 500 }, { status: 201 }, '{}']
    const counts: number[] = []
    for (let time = 0; time < 4; time++) {
      await turn()
      counts.push(ea.backlog)
    }
    expect(counts).toEqual([1, 2, 0, 0])
    expect(stub.bodies('/api/ticks').map((body) => body.split('"symbol"').length - 1)).toEqual([1, 2, 3, 1])
  })

  test('without quotes there are polls and no heartbeats', async () => {
    const { stub, ea, turn } = await started()
    await ea.tick()
    stub.news()
    await ea.tick()
    await turn(2)
    expect(stub.news()).toEqual(['/api/get_commands', '/api/ticks', '/api/get_commands', '/api/ticks'])
  })

  test('a symbol that a heartbeat adds is told without its contract size', async () => {
    const { ea, stub, beat } = await started()
    stub.answers['/api/heartbeat'] = '{"commands":[],"symbols":["EURUSD","XAUUSD"]}'
    await beat()
    expect(stub.bodies('/api/symbol_specs')[0]).toMatch(/"XAUUSD".*"point_value":0\.0000100000}]}$/)
    const coverage = '/api/ohlc/coverage'
    const news = ['/api/heartbeat', '/api/symbol_specs', coverage, coverage, '/api/log Symbol subscribed']
    expect(stub.news()).toEqual(news)
    expect(ea.symbols).toEqual(['EURUSD', 'XAUUSD'])
  })

  test.each(['["EURUSD"]', '["XAUUSD","EURUSD"]', '[]'])('after two symbols %s kills it', async (list) => {
    const { ea, stub, beat, turn } = await started()
    stub.answers['/api/heartbeat'] = ['{"symbols":["EURUSD","XAUUSD"]}', `{"symbols":${list}}`]
    await beat()
    expect(ea.died).toBeNull()
    await beat()
    expect(ea.died?.message).toContain('array out of range')
    stub.news()
    await beat()
    await turn()
    await ea.stop()
    expect(stub.news()).toEqual([])
  })
})
