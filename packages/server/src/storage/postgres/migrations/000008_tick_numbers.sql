-- Ticks of an EA's run are numbered: what is missing was lost, and is counted (P11).
create table tick_run (
  account_id integer not null references account,
  run        text not null,
  next_seq   bigint not null,
  last_at    timestamptz not null,
  primary key (account_id, run)
);

create table tick_loss (
  account_id  integer not null references account,
  run         text not null,
  first_seq   bigint not null,
  last_seq    bigint not null,
  received_at timestamptz not null,
  primary key (account_id, run, first_seq)
);

alter table tick_counter add column lost bigint not null default 0;

-- Ids of batches are forgotten when nobody will send them again; the oldest lie together.
create index tick_batch_by_age on tick_batch using brin (received_at);

-- A day leaves whole. Whoever reads or writes ticks holds it up, so it gives way and is tried again later.
create function drop_tick_day(day integer) returns void language plpgsql security definer as $$
begin
  set local lock_timeout = '1s';
  perform pg_advisory_xact_lock(7245902);
  execute format('drop table if exists %I', 'tick_' || to_char(date '1970-01-01' + day, 'YYYYMMDD'));
end $$;
comment on function drop_tick_day is 'day of broker time, counted from 1970-01-01';
revoke execute on function drop_tick_day from public;
do $$ begin
  execute format('alter function drop_tick_day(integer) set search_path = %I, pg_temp', current_schema());
end $$;

-- Ticks in the order in which they came: rows are appended in it, so a few numbers for each block say where to look.
create index tick_by_arrival on tick using brin (seq) with (pages_per_range = 16, autosummarize = on);
