-- Since when each condition of an account holds, and what its terminal says of itself (contract §9).
alter table ea_connection
  add column state_since timestamptz,
  add column terminal_connected boolean,
  add column terminal_connected_since timestamptz,
  add column trade_blocked_by text[],
  add column trade_blocked_since timestamptz,
  add column synced_since timestamptz,
  add column drifted_since timestamptz;
