// Every bound in one place, and how they relate: nothing grows without a number (rule 9).

export const limits = {
  json_depth_max: 32,
  symbol_length_max: 32,
  /** MetaTrader keeps 31 characters of an order's comment; longer ones are refused, not cut. */
  comment_length_max: 31,
  text_length_max: 256,
  log_message_length_max: 8_192,
  command_id_length_max: 64,
  idempotency_key_length_max: 255,
  symbols_per_connect_max: 20_000,
  trades_per_sync_max: 10_000,
  ticks_per_request_max: 500_000,
  /** Numbers of a run: thirty years of a thousand ticks a second. */
  tick_seq_max: 1_000_000_000_000,
  new_days_per_request_max: 400,
  bars_per_request_max: 20_000,
  commands_per_reply_max: 50,
  /** Commands in one POST …/commands/batch: all or nothing. */
  commands_per_batch_max: 500,
  /** Answers in one POST /api/command_responses: one commit. */
  answers_per_batch_max: 500,
  /** Events in one message of a stream: one commit (P10). */
  events_per_batch_max: 500,
  symbols_subscribed_max: 1_000,
  /** The longest a poll may wait for something to do. */
  poll_wait_ms_max: 25_000,
  /** An owner's lease from its last message (contract §1). */
  owner_lease_ms: 15_000,
  /** The shortest lease of a delivery to a native EA; else 3 polls (contract §4). */
  native_lease_ms_min: 1_000,
  settle_ms_default: 30_000,
  settle_ms_max: 600_000,
  poll_interval_ms_default: 1_000,
  poll_interval_ms_max: 60_000,
  /** On one account, over any long time: numbers that are taken from the clock stay ahead of those that are counted. */
  commands_per_ms_max: 2,
  /** Results for commands that the ledger does not know (P: never 404-and-forget); the oldest is dropped beyond. */
  orphans_per_account_max: 10_000,
  commands_unsettled_per_account_max: 10_000,
  /** What a business limit of an account can say at most; more is no limit. */
  business_positions_max: 100_000,
  business_openings_max: 100_000,
  /** Headroom that only MODIFY, CLOSE and CLOSE_ALL may use, so that safety is never crowded out. */
  commands_reserved_for_safety: 1_000,
  alert_text_length_max: 2_000,
  alert_name_length_max: 120,
  /** Alerts of one key that are not cleared; of one rule on one account, more are counted in one. */
  alerts_per_key_max: 100,
  alerts_per_rule_max: 20,
  /** Alerts that are not cleared, of all. */
  alerts_open_max: 2_000,
  page_size_default: 100,
  page_size_max: 1_000,
  person_name_length_max: 64,
  people_max: 1_000,
  password_length_min: 12,
  password_length_max: 128,
  /** What a door reads of one before it says that it is too long. */
  password_length_typed_max: 1_024,
  body_bytes_max: 8 * 1024 * 1024,
  body_bytes_small_max: 64 * 1024,
  body_bytes_ticks_max: 64 * 1024 * 1024,
  websocket_buffer_bytes_max: 8 * 1024 * 1024,
  websocket_quote_buffer_bytes_max: 256 * 1024,
  volume_max: 1_000_000,
  price_max: 1e12,
  ttl_ms_min: 100,
  ttl_ms_max: 7 * 24 * 3_600_000,
  /** 2000-01-01 … 2100-01-01: a tick outside is a unit mistake, not a quote. */
  time_ms_min: 946_684_800_000,
  time_ms_max: 4_102_444_800_000,
} as const

assertRelation(limits.body_bytes_small_max < limits.body_bytes_max, 'small bodies are smaller')
assertRelation(limits.body_bytes_max <= 8 * 1024 * 1024, 'only the tick doors take more than 8 MiB')
assertRelation(limits.poll_wait_ms_max > limits.owner_lease_ms, 'a waiting poll renews the lease itself')
assertRelation(limits.poll_interval_ms_default * 3 < limits.owner_lease_ms, 'a lease outlives three polls')
assertRelation(
  limits.password_length_max < limits.password_length_typed_max,
  'a password that is too long is told so in words',
)
assertRelation(limits.page_size_default <= limits.page_size_max, 'the default page fits the largest')
assertRelation(
  limits.commands_reserved_for_safety < limits.commands_unsettled_per_account_max,
  'the reserve for safety is a part of the whole',
)

function assertRelation(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`limits.ts contradicts itself: ${sentence}`)
}
