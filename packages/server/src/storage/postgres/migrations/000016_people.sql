-- People at the management port (docs/spec/people.md). Of what lets somebody in the ledger has hashes, except the secret
-- of a second factor, which must be known to be compared.
create table person (
  person_id       text primary key,
  name            text not null,
  name_key        text not null unique,
  role            text not null check (role in ('viewer', 'trader', 'admin')),
  password_hash   text,
  totp_secret     text,
  totp_offered    text,
  totp_step       bigint,
  recovery_hashes text[] not null,
  created_at      timestamptz not null,
  last_login_at   timestamptz,
  disabled_at     timestamptz
);

create table person_session (
  session_id      text primary key,
  person_id       text not null references person,
  token_hash      text not null unique,
  previous_hash   text,
  previous_until  timestamptz,
  csrf_token      text not null,
  created_at      timestamptz not null,
  last_seen_at    timestamptz not null,
  expires_at      timestamptz not null,
  confirmed_until timestamptz,
  address         text not null,
  agent           text not null,
  ended_at        timestamptz
);
create index person_session_alive on person_session (person_id) where ended_at is null;
create index person_session_before on person_session (previous_hash) where previous_hash is not null;

create table invitation (
  token_hash text primary key,
  person_id  text references person,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  spent_at   timestamptz
);
create index invitation_open on invitation (person_id) where spent_at is null;

create table policy (
  name  text primary key,
  value double precision
);
