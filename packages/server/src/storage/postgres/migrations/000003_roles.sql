-- The server works as a role that owns nothing (P13): what it may do is granted in roles.ts. A day of ticks needs the
-- rights of the owner of `tick`, so the owner lends them for just that.
create function make_tick_day(day integer) returns void language plpgsql security definer as $$
begin
  -- Two servers may make the same day at once: the lock lets the second find it made.
  perform pg_advisory_xact_lock(7245902);
  execute format(
    'create table if not exists %I partition of tick for values from (%s) to (%s)',
    'tick_' || to_char(date '1970-01-01' + day, 'YYYYMMDD'),
    day * 86400000::bigint,
    (day + 1) * 86400000::bigint
  );
end $$;
comment on function make_tick_day is 'day of broker time, counted from 1970-01-01';
revoke execute on function make_tick_day from public;

-- With the owner's rights only the owner's tables are meant: a caller's temporary ones come last.
do $$ begin
  execute format('alter function make_tick_day(integer) set search_path = %I, pg_temp', current_schema());
end $$;
