-- Pending orders of a native EA's terminal: what waits, and how each ended.
create table pending_order (
  account_id        integer not null,
  ticket            bigint not null check (ticket > 0),
  type              text not null,
  state             text not null,
  reason            text,
  symbol            text not null,
  volume            double precision not null,
  volume_left       double precision,
  price             double precision,
  stop_limit_price  double precision,
  sl                double precision,
  tp                double precision,
  expiration_ms     bigint,
  magic             text,
  comment           text,
  position          bigint,
  time_ms           bigint,
  done_time_ms      bigint,
  over_by           text check (over_by in ('event', 'absence')),
  made_by           text not null,
  command_id        text,
  ended_by          text,
  ended_command_id  text,
  broker_offset_min integer not null,
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  primary key (account_id, ticket)
);
create index pending_order_waiting on pending_order (account_id) where over_by is null;
create index pending_order_done on pending_order (account_id, done_time_ms);
