-- A native EA's full lists: each says which revision of the trade table it is based on, and what is missing in it is
-- suspect until there is proof (R2-R5).
alter table trade
  add column rev          bigint not null default 0,
  add column absent_since timestamptz;

-- The last list that was accepted under the epoch.
alter table ea_connection add column snapshot_no bigint not null default 0;
