-- Native EAs: journals, epochs, the owner's lease, generations, results without a command, given strategy numbers.

alter table account
  add column epoch       bigint not null default 0,
  -- Rises when the ledger went back (a restore, a standby that lagged): see sessions.
  add column incarnation bigint not null default 1,
  -- Revision of the trade table.
  add column rev         bigint not null default 0;

alter table ea_connection
  add column protocol         smallint,
  add column owner_journal_id uuid,
  add column owner_seen_at    timestamptz,
  add column contended_until  timestamptz,
  add column poll_interval_ms integer not null default 1000,
  add column settle_ms        integer not null default 30000,
  add column margin_mode      text not null default 'hedging',
  add column replaying        boolean not null default false;

alter table command
  add column journal_id    uuid,
  add column epoch         bigint,
  add column strategy_no   integer,
  add column evidence      text,
  add column superseded_by text,
  add column next_probe_at timestamptz;

alter table command_attempt
  add column journal_id uuid,
  add column epoch      bigint;

create table ea_journal (
  account_id     integer not null references account,
  journal_id     uuid not null,
  epoch          bigint not null,
  previous_epoch bigint not null,
  confirmed      boolean not null,
  first_seen_at  timestamptz not null,
  last_seen_at   timestamptz not null,
  primary key (account_id, journal_id)
);

-- The newest CLOSE_ALL of each scope (P12); null: every symbol, every strategy.
create table generation (
  account_id  integer not null references account,
  scope       text not null,
  symbol      text,
  strategy_no integer,
  command_no  bigint not null,
  primary key (account_id, scope)
);

-- Results for commands that this ledger does not know: never forgotten (K19).
create table orphan_result (
  account_id  integer not null references account,
  command_id  text not null,
  command_no  bigint,
  status      text not null,
  response    jsonb not null,
  evidence    text,
  journal_id  uuid,
  received_at timestamptz not null,
  primary key (account_id, command_id)
);

-- Numbers for strategies whose own magic does not fit the tag's 20 bits, or is taken.
create table strategy (
  account_id     integer not null references account,
  strategy_no    integer not null check (strategy_no between 0 and 1048575),
  strategy_magic bigint not null,
  primary key (account_id, strategy_no),
  unique (account_id, strategy_magic)
);
