-- What the terminal says of its account: modes, currency, leverage, limits.
alter table ea_connection add column account_info jsonb;
