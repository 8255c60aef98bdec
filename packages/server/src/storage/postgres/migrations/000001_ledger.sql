-- The ledger. What is acknowledged is a committed row here.
-- Statuses are text, as on the wire; moments are timestamptz; broker moments are raw milliseconds (contract §8).

create table account (
  account_id         integer primary key check (account_id >= 0),
  account_number     bigint unique check (account_number > 0),
  broker             text not null default '',
  subscribed_symbols text[],
  created_at         timestamptz not null,
  -- The heads of what is counted per account. `version` guards every write: see commit.ts.
  version            bigint not null default 0,
  command_no         bigint not null default 0,
  audit_no           bigint not null default 0,
  audit_hash         text not null,
  commands_completed bigint not null default 0,
  commands_failed    bigint not null default 0,
  commands_timeout   bigint not null default 0,
  commands_expired   bigint not null default 0,
  commands_cancelled bigint not null default 0,
  check ((account_id = 0) = (account_number is null))
);
comment on table account is 'account 0 is the system itself: its chain holds what concerns no single account';
insert into account (account_id, created_at, audit_hash) values (0, now(), repeat('0', 64));

create table ea_connection (
  account_id              integer primary key references account,
  state                   text not null,
  session_id              uuid,
  platform                text,
  connected_at            timestamptz,
  last_seen_at            timestamptz,
  last_heartbeat_at       timestamptz,
  silent_since            timestamptz,
  last_sync_at            timestamptz,
  heartbeat_count         bigint not null,
  failed_heartbeats       bigint not null,
  reconnect_count         bigint not null,
  command_count           bigint not null,
  consecutive_failures    integer not null,
  health_score            double precision not null,
  avg_heartbeat_latency_ms double precision,
  avg_command_latency_ms  double precision,
  balance                 double precision,
  equity                  double precision,
  margin                  double precision,
  free_margin             double precision,
  open_positions          integer,
  empty_lists             integer not null default 0,
  drifted                 boolean not null default false,
  broker_offset_min       integer not null default 0,
  time_basis              text not null default 'unknown'
);

create table broker_offset (
  account_id integer not null references account,
  valid_from timestamptz not null,
  minutes    integer not null,
  basis      text not null,
  primary key (account_id, valid_from)
);

create table api_key (
  key_id       text primary key,
  account_id   integer references account,
  secret_hash  text not null,
  label        text not null,
  scopes       text[] not null,
  created_at   timestamptz not null,
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  replaced_by  text
);
create index api_key_account on api_key (account_id);

create table enrolment (
  account_number bigint primary key,
  armed_until    timestamptz not null,
  armed_by       text not null
);

create table symbol_spec (
  account_id integer not null references account,
  symbol     text not null,
  spec       jsonb not null,
  primary key (account_id, symbol)
);

create table command (
  account_id       integer not null references account,
  command_id       text not null,
  command_no       bigint not null,
  type             text not null,
  payload          jsonb not null,
  priority         smallint not null,
  status           text not null,
  fingerprint      text not null,
  origin           text not null,
  created_at       timestamptz not null,
  expires_at       timestamptz,
  timeout_ms       integer not null,
  attempt          integer not null,
  retry_count      integer not null,
  max_retries      integer not null,
  available_at     timestamptz not null,
  lease_expires_at timestamptz,
  sent_at          timestamptz,
  completed_at     timestamptz,
  response         jsonb,
  error            text,
  retcode          integer,
  safe_to_retry    boolean,
  note             text,
  ticket           bigint,
  lists_without    integer not null,
  primary key (account_id, command_id),
  unique (account_id, command_no)
);
create index command_unsettled on command (account_id) where status in ('pending', 'executing', 'timeout');

create table command_attempt (
  account_id       integer not null,
  command_id       text not null,
  attempt          integer not null,
  delivered_at     timestamptz not null,
  channel          text not null,
  lease_expires_at timestamptz not null,
  answered_at      timestamptz,
  outcome          text,
  primary key (account_id, command_id, attempt),
  foreign key (account_id, command_id) references command
);

create table trade (
  account_id        integer not null references account,
  ticket            bigint not null check (ticket > 0),
  symbol            text,
  direction         text,
  volume            double precision,
  open_price        double precision,
  open_time_ms      bigint,
  sl                double precision,
  tp                double precision,
  wanted_sl         double precision,
  wanted_tp         double precision,
  profit            double precision,
  swap              double precision,
  commission        double precision,
  comment           text,
  magic             text,
  status            text not null,
  source            text not null,
  command_id        text,
  close_price       double precision,
  close_time_ms     bigint,
  close_reason      text,
  closed_by         text,
  broker_offset_min integer not null,
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  primary key (account_id, ticket)
);
create index trade_open on trade (account_id) where status = 'open';

-- One order for everything that a live feed tells again: audit events and EA logs.
create sequence event_seq;

create table audit_event (
  seq        bigint primary key default nextval('event_seq'),
  account_id integer not null references account,
  audit_no   bigint not null,
  at         timestamptz not null,
  kind       text not null,
  actor      text not null,
  subject    text,
  data       jsonb not null,
  prev_hash  text not null,
  hash       text not null,
  unique (account_id, audit_no)
);
create index audit_event_subject on audit_event (account_id, subject, seq) where subject is not null;

create table ea_log (
  seq         bigint primary key default nextval('event_seq'),
  account_id  integer not null references account,
  level       text not null,
  message     text not null,
  details     jsonb,
  received_at timestamptz not null
);
create index ea_log_account on ea_log (account_id, seq);

-- P13: a feed must never pass a number that may still be uncommitted below it. Whoever takes numbers holds
-- this lock until its commit, so numbers become visible in their order, also with several servers.
create function hold_event_order() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7245901);
  return null;
end $$;
create trigger hold_order before insert on audit_event for each statement execute function hold_event_order();
create trigger hold_order before insert on ea_log for each statement execute function hold_event_order();

-- P13: append-only, whoever asks.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_event is append-only: % is refused', tg_op;
end $$;
create trigger append_only before update or delete or truncate on audit_event
  for each statement execute function refuse_change();

-- P13: what is too frequent for an event is counted per minute.
create table interaction_minute (
  account_id     integer not null references account,
  minute         timestamptz not null,
  kind           text not null,
  count          bigint not null,
  first_at       timestamptz not null,
  last_at        timestamptz not null,
  longest_gap_ms bigint not null,
  primary key (account_id, minute, kind)
);

create table symbol (
  symbol_id integer generated always as identity primary key,
  name      text not null unique
);

-- Partitioned by day of broker time, made on demand: see ticks.ts. `seq` keeps the order of equal milliseconds.
create table tick (
  account_id integer not null,
  symbol_id  integer not null,
  time_ms    bigint not null,
  seq        bigint not null,
  bid        double precision not null,
  ask        double precision not null,
  volume     double precision not null
) partition by range (time_ms);
create index tick_by_symbol on tick (account_id, symbol_id, time_ms, seq);

create table tick_batch (
  account_id  integer not null references account,
  batch_id    text not null,
  ticks       integer not null,
  received_at timestamptz not null,
  primary key (account_id, batch_id)
);

create table tick_counter (
  account_id integer primary key references account,
  ticks      bigint not null,
  batches    bigint not null,
  last_at    timestamptz not null
);

create view tick_view as
  select a.account_number as login, s.name as symbol, t.time_ms, t.bid, t.ask, t.volume
  from tick t join account a using (account_id) join symbol s using (symbol_id);
comment on view tick_view is 'published: stands whatever the storage of ticks becomes';
