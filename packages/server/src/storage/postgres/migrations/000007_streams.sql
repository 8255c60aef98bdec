-- A native EA's streams: numbered per journal, stored once, without a gap (P10).
create table ea_stream (
  account_id integer not null,
  journal_id uuid not null,
  stream     text not null,
  last_seq   bigint not null,
  primary key (account_id, journal_id, stream)
);

-- Events that could not be taken: each keeps its number, and the stream goes on.
create table dead_letter (
  account_id  integer not null,
  journal_id  uuid not null,
  stream      text not null,
  seq         bigint not null,
  event       jsonb,
  error       text not null,
  received_at timestamptz not null,
  primary key (account_id, journal_id, stream, seq)
);

-- The account's history as the terminal has it. A deal never changes: told again, it is the same row.
create table deal (
  account_id        integer not null,
  deal              bigint not null check (deal > 0),
  type              text not null,
  entry             text,
  reason            text,
  order_ticket      bigint,
  position          bigint,
  symbol            text,
  volume            double precision,
  price             double precision,
  profit            double precision,
  swap              double precision,
  commission        double precision,
  fee               double precision,
  magic             text,
  comment           text,
  time_ms           bigint,
  broker_offset_min integer not null,
  made_by           text not null,
  command_id        text,
  received_at       timestamptz not null,
  primary key (account_id, deal)
);
create index deal_of_position on deal (account_id, position) where position is not null;
