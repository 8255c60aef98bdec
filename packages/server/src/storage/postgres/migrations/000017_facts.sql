-- What people look for in lists. The frequent kinds and actors of the trail, and commands by status, are no entry here:
-- what is written a thousand times a second is found by reading on, and a key for it would be paid at each writing.
create index command_created on command using brin (created_at) with (autosummarize = on);
create index trade_closed on trade (account_id, close_time_ms) where status = 'closed';
create index audit_event_seldom_kind on audit_event (account_id, kind, seq)
  where kind not like 'command.%' and kind not like 'trade.%';
create index audit_event_seldom_actor on audit_event (actor, seq)
  where actor not like 'key:%' and actor not in ('server', 'push');

-- What an account may open at most: decided with the account's row, in the step that creates.
alter table account add column limits jsonb;

-- Measurements over time, a row a minute: no ledger, written beside the commits and forgotten after NGTB_HISTORY_DAYS.
create table account_sample (
  account_id             integer not null,
  at                     timestamptz not null,
  connected              double precision,
  health_score           double precision,
  heartbeat_latency_ms   double precision,
  command_latency_p50_ms double precision,
  command_latency_p99_ms double precision,
  balance                double precision,
  equity                 double precision,
  margin                 double precision,
  open_positions         double precision,
  open_volume            double precision,
  primary key (account_id, at)
);
create index account_sample_at on account_sample using brin (at);
create table system_sample (
  server                 text not null,
  at                     timestamptz not null,
  ticks_per_s            double precision,
  commands_created_per_s double precision,
  commands_settled_per_s double precision,
  commands_unsettled     double precision,
  sockets                double precision,
  event_loop_p99_ms      double precision,
  commit_ms              double precision,
  commit_max_ms          double precision,
  database_bytes         double precision,
  redis_reachable        double precision,
  memory_bytes           double precision,
  primary key (at, server)
);

-- The raw wire of commands, written beside the commits, bounded, and forgotten with the measurements.
create table command_wire (
  seq        bigint generated always as identity primary key,
  account_id integer not null,
  command_id text not null,
  attempt    integer,
  direction  text not null check (direction in ('sent', 'received')),
  at         timestamptz not null,
  text       text not null check (length(text) <= 8192),
  cut        boolean not null
);
create index command_wire_command on command_wire (account_id, command_id);
create index command_wire_at on command_wire using brin (at);
