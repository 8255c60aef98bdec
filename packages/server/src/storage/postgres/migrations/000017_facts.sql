-- What people look for in lists. The frequent kinds and actors of the trail, and commands by status, are no entry here:
-- what is written a thousand times a second is found by reading on, and a key for it would be paid at each writing.
create index command_created on command using brin (created_at) with (autosummarize = on);
create index trade_closed on trade (account_id, close_time_ms) where status = 'closed';
create index audit_event_seldom_kind on audit_event (account_id, kind, seq)
  where kind not like 'command.%' and kind not like 'trade.%';
create index audit_event_seldom_actor on audit_event (actor, seq)
  where actor not like 'key:%' and actor not in ('server', 'push');

-- What an account may open at most: decided with the account's row, in the step that creates.
alter table account add column limits jsonb;
