// One example of every message in the AsyncAPI document: one command, from the hello to its acknowledgement.

const JOURNAL = '3f1c7c1e-5d2b-4c55-9f0a-6a4b1c2d3e4f'
const HASH = '9b74c9897bac770ffc029102a200c5de1d4f2f8b6f4a0e3f6a1c2b3d4e5f6071'
const AT = '2026-11-26T09:30:00.000Z'
/** strategy 7, command 12. */
const TAG = '61572651155468'

const session = (mono_ms: number) => ({
  account: 12345678,
  journal_id: JOURNAL,
  epoch: 3,
  mono_ms,
  incarnation: 0,
})
const heads = {
  epoch: 3,
  incarnation: 0,
  rev: 41,
  generations: [{ symbol: null, strategy_no: null, command_no: 9 }],
  audit_no: 218,
  audit_hash: HASH,
}
const answered = {
  command_id: 'breakout-2026-11-26',
  command_no: 12,
  attempt: 1,
  status: 'completed',
  evidence: 'journal',
  response: { ticket: '5004821337', open_price: 1.09012, volume: 0.1, retcode: 10009 },
}
const acknowledged = { command_id: answered.command_id, duplicate: false }
const command = {
  id: answered.command_id,
  type: 'OPEN_TRADE',
  symbol: 'EURUSD',
  order_type: 'BUY',
  volume: 0.1,
  sl: 1.085,
  tp: 1.095,
  command_no: 12,
  priority: 5,
  attempt: 1,
  ttl_ms: 4_870,
  strategy_no: 7,
  magic: TAG,
  generation: 9,
}
const reply = (ref: number) => ({ type: 'reply', ref, http: 200, status: 'success' })
const now = { server_time: AT }
const figures = {
  balance: 10_000,
  equity: 10_012.5,
  margin: 109.01,
  free_margin: 9_903.49,
  open_positions: 1,
}

/** By the message's name. */
export const EXAMPLES: Readonly<Record<string, object>> = {
  open: { type: 'open', ref: 1, account: 12345678, symbols: ['EURUSD', 'USDJPY'] },
  symbols: { type: 'symbols', ref: 2, symbols: ['XAUUSD'] },
  opened: { type: 'reply', ref: 1, http: 200, run: JOURNAL, next_seq: 1, symbols: 2 },
  ack: { type: 'ack', ref: 7, processed: 100, duplicates: 0, next_seq: 101 },
  connect: {
    type: 'connect',
    ref: 1,
    account: 12345678,
    broker: 'Demo',
    platform: 'MT5',
    available_symbols: ['EURUSD'],
    protocol: 2,
    journal_id: JOURNAL,
    last_epoch: 2,
    highest_command_no: 11,
    incarnation: 0,
    mono_ms: 81_000,
    poll_interval_ms: 1_000,
    settle_ms: 30_000,
    margin_mode: 'hedging',
    trade_server: 'Demo-Server',
    terminal_connected: true,
    trade_blocked_by: [],
  },
  connect_reply: {
    ...reply(1),
    session_id: '0b0e4a51-9a3d-4b2f-8d51-0f6c7e8a9b10',
    account_id: 1,
    subscribed_symbols: ['EURUSD'],
    health_status: {},
    protocol: 2,
    ...heads,
    command_no: 11,
    owner_lease_ms: 15_000,
    settle_ms: 30_000,
    replay: false,
    settings: { heartbeat_interval_sec: 30, command_poll_interval_sec: 1 },
    ...now,
  },
  heartbeat: { type: 'heartbeat', ref: 2, ...session(82_000), ...figures, latency_ms: 0.4 },
  heartbeat_reply: { ...reply(2), ...heads, commands: [], ...now },
  commands: { type: 'commands', anchor_ms: 82_000, ...heads, commands: [command] },
  get_commands: { type: 'get_commands', ref: 3, ...session(82_400), wait_ms: 25_000 },
  get_commands_reply: { ...reply(3), ...heads, commands: [command], ...now },
  command_response: { type: 'command_response', ref: 4, ...session(82_500), ...answered },
  command_response_reply: { ...reply(4), ...acknowledged, audit_no: 221, audit_hash: HASH },
  command_responses: {
    type: 'command_responses',
    ref: 5,
    ...session(82_600),
    responses: [
      answered,
      {
        command_id: 'fade-2026-11-26',
        command_no: 13,
        attempt: 1,
        status: 'failed',
        evidence: 'retcode',
        response: { retcode: 10019, retcode_name: 'TRADE_RETCODE_NO_MONEY', error: 'no money' },
      },
    ],
  },
  command_responses_reply: {
    ...reply(5),
    results: [
      { command_id: answered.command_id, duplicate: true, status: 'success' },
      { command_id: 'fade-2026-11-26', duplicate: false, status: 'success' },
    ],
  },
  events: {
    type: 'events',
    ref: 8,
    ...session(82_700),
    stream: 'trade',
    first_seq: 41,
    events: [{ kind: 'closed', ticket: 16218652, close_price: 1.095, profit: 50, reason: 'DEAL_REASON_TP' }],
  },
  events_reply: { ...reply(8), stream: 'trade', last_seq: 41, duplicates: 0, dead: [], rev: 118 },
  disconnect: { type: 'disconnect', ref: 6, ...session(90_000), reason: 'the terminal closes' },
  disconnect_reply: reply(6),
  refused: {
    type: 'reply',
    ref: 7,
    http: 409,
    status: 'error',
    error: 'NGTB_OWNER_OTHER',
    message: 'Another EA owns this account. Stop one of the two; this one may wait as a standby.',
    retry_after_s: 12,
  },
  subscribe: { type: 'subscribe', topics: ['command', 'trade'], accounts: ['12345678'], after: 4_711 },
  subscribed: { type: 'subscribed', topics: ['command', 'trade'], seq: 4_711 },
  event: {
    seq: 4_712,
    topic: 'command',
    account: '12345678',
    at: AT,
    data: { kind: 'command.completed', command_id: answered.command_id, ticket: '5004821337' },
  },
  skipped: { type: 'skipped', topic: 'quote', count: 17 },
  subscribe_ticks: { type: 'subscribe_ticks', mode: 'every', accounts: [12345678], symbols: ['EURUSD'] },
  ticks_subscribed: { type: 'ticks_subscribed', mode: 'every', cursor: 1_795_685_400_000_000 },
  ticks: {
    type: 'ticks',
    mode: 'every',
    account: '12345678',
    cursor: 1_795_685_400_120_014,
    behind_ms: 3,
    ticks: [
      {
        ...{ symbol: 'EURUSD', bid: 1.1212, ask: 1.12172, volume: 0, time_ms: 1_795_692_600_065 },
        seq: 1_795_685_400_120_014,
      },
    ],
  },
  subscribe_candles: {
    type: 'subscribe_candles',
    series: [{ account: 12345678, symbol: 'EURUSD', timeframe: 'M1' }],
  },
  candles_subscribed: { type: 'candles_subscribed', series: 1 },
  candles: {
    type: 'candles',
    ...{ account: '12345678', symbol: 'EURUSD', timeframe: 'M1' },
    candles: [
      {
        ...{ time_ms: 1_795_692_600_000, open: 1.1212, high: 1.1219, low: 1.121, close: 1.1215 },
        ...{ ticks: 41, complete: false },
      },
    ],
  },
  error: {
    type: 'error',
    code: 'NGTB_CURSOR_INVALID',
    message: 'there is no seq 9000 yet; the newest is 4712',
    hint: 'Subscribe without `after`, or with the seq of an event that you were told.',
  },
}
