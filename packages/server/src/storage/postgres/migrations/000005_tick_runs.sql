-- Ticks that come together are stored together: a row is a run of one symbol's ticks. A row costs PostgreSQL ten times
-- what a tick in it does, most of it for its index entry (adr 0008).
create temporary table tick_moved on commit drop as select * from tick;
drop view tick_view;
drop table tick;

create table tick (
  account_id integer not null,
  symbol_id  integer not null,
  -- The earliest and the latest tick of the run: within one day of broker time, and within an hour.
  first_ms   bigint not null,
  last_ms    bigint not null,
  -- Of its first tick; the others follow. Keeps the order of equal milliseconds.
  seq        bigint not null,
  time_ms    bigint[] not null,
  bid        double precision[] not null,
  ask        double precision[] not null,
  volume     double precision[] not null
) partition by range (first_ms);
create index tick_by_symbol on tick (account_id, symbol_id, first_ms);

select make_tick_day(day::integer) from (select distinct time_ms / 86400000 as day from tick_moved) days;
insert into tick
  select account_id, symbol_id, min(time_ms), max(time_ms), min(seq), array_agg(time_ms order by seq),
    array_agg(bid order by seq), array_agg(ask order by seq), array_agg(volume order by seq)
  from (
    select *, row_number() over (partition by account_id, symbol_id, time_ms / 3600000 order by seq) as place from tick_moved
  ) placed
  group by account_id, symbol_id, time_ms / 3600000, (place - 1) / 50;

create view tick_view as
  select a.account_number as login, s.name as symbol, one.time_ms, one.bid, one.ask, one.volume
  from tick t
  join account a using (account_id)
  join symbol s using (symbol_id),
  unnest(t.time_ms, t.bid, t.ask, t.volume) as one (time_ms, bid, ask, volume);
comment on view tick_view is 'published: stands whatever the storage of ticks becomes';
