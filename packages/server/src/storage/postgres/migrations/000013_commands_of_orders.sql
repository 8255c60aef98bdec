-- Who changed or cancelled a pending order is looked up by its ticket; few commands are of these types.
create index command_of_order on command (account_id, (payload ->> 'ticket'))
  where type in ('MODIFY_PENDING', 'CANCEL_PENDING');
create index command_close_all on command (account_id, command_no) where type = 'CLOSE_ALL';
