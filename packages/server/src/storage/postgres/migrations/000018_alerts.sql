-- Alerts (docs/spec/alerts.md): of one name one is not cleared. What is to be delivered is written in the same commit.
create table alert (
  alert_no        bigint generated always as identity,
  alert_id        text primary key,
  name            text not null,
  rule            text not null,
  account_id      integer not null references account,
  severity        text not null check (severity in ('info', 'warning', 'critical')),
  text            text not null,
  notice          boolean not null,
  raised_by       text not null,
  raised_at       timestamptz not null,
  last_at         timestamptz not null,
  count           integer not null,
  acknowledged_at timestamptz,
  acknowledged_by text,
  note            text,
  cleared_at      timestamptz,
  cleared_by      text
);
create unique index alert_open on alert (name) where cleared_at is null;
create unique index alert_newest on alert (alert_no);

create table alert_delivery (
  delivery_no   bigint generated always as identity,
  delivery_id   text primary key,
  alert_id      text references alert on delete cascade,
  channel       text not null,
  tiding        text not null check (tiding in ('raised', 'cleared', 'test')),
  message       jsonb not null,
  state         text not null check (state in ('waiting', 'done', 'given_up')),
  attempts      integer not null,
  created_at    timestamptz not null,
  next_at       timestamptz,
  done_at       timestamptz,
  error         text,
  claimed_by    text,
  claimed_until timestamptz
);
create index alert_delivery_due on alert_delivery (channel, next_at) where state = 'waiting';
create index alert_delivery_of on alert_delivery (alert_id);

-- Account 0: of the house.
create table alert_setting (
  account_id integer primary key references account,
  settings   jsonb not null
);

-- Equity's peak and the beginning of its day.
create table alert_mark (
  account_id   integer primary key references account,
  peak_equity  double precision not null,
  day          integer not null,
  day_equity   double precision not null,
  balance_deal text
);

-- How far the trail was read for what it raises: moved in the commit that raises it.
create table alert_cursor (
  name text primary key,
  seq  bigint not null
);

-- Whose turn it is to do what only one server may do at a time.
create table alert_turn (
  name       text primary key,
  holder     text not null,
  held_until timestamptz not null
);
