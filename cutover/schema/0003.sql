-- Events are written under the names of this format: `snapshot` and `token` for `image` and `marker`, `controllers` for
-- `owned`. Those of older formats keep theirs, which are read.
ALTER TABLE wish RENAME TO command;
DROP INDEX wish_of_run;
CREATE INDEX command_of_run ON command (run);
