-- A run that is opened again on another line is that line's alone: frames that the older one still has under way must
-- not come between those of the newer (P9).
alter table tick_run add column opened integer not null default 0;
