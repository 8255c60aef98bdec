-- A step's rows are written only beside its account's own row, which the guard has found and locked (L1 in commit.ts),
-- and an attempt only in the step that writes its command. A foreign key would look both up again for each row.
alter table command drop constraint command_account_id_fkey;
alter table command_attempt drop constraint command_attempt_account_id_command_id_fkey;
alter table trade drop constraint trade_account_id_fkey;
alter table audit_event drop constraint audit_event_account_id_fkey;

-- A name is looked up at each creation (L3), and must be found by itself: of an index that begins with the account a
-- planner may use the beginning alone.
alter table command drop constraint command_pkey, add primary key (command_id, account_id);
