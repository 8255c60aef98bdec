-- An EA of the older dialect (docs/spec/legacy-ea.md), and the symbols that it was given in this run, in their order.
alter table ea_connection
  add column dialect text,
  add column run_symbols text[];
