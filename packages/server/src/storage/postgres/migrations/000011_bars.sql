-- Bars as a terminal's history has them, by their beginning in broker time.
create table bar (
  account_id  integer not null,
  symbol      text not null,
  timeframe   text not null,
  time_ms     bigint not null,
  open        double precision not null,
  high        double precision not null,
  low         double precision not null,
  close       double precision not null,
  tick_volume bigint not null,
  real_volume double precision not null,
  spread      integer not null,
  complete    boolean not null,
  received_at timestamptz not null,
  primary key (account_id, symbol, timeframe, time_ms)
);
