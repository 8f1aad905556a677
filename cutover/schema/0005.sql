-- The revisions of the engine that have driven a run, each with the version of Caravan that has it; 0 is every version that
-- kept none.
CREATE TABLE run_engine (
    run INTEGER NOT NULL REFERENCES run (id),
    revision INTEGER NOT NULL,
    version TEXT,
    PRIMARY KEY (run, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO run_engine (run, revision) SELECT id, 0 FROM run WHERE EXISTS (SELECT 1 FROM event WHERE event.run = run.id);

-- How a run ended, as the engine knew it that ended it: what is over can be read whatever its entries mean to later ones.
CREATE TABLE run_end (
    run INTEGER PRIMARY KEY REFERENCES run (id),
    ended TEXT NOT NULL
) STRICT;

-- Leases that a person has broken. The driver whose lease it was never gets that run again.
CREATE TABLE lease_break (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    driver TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX lease_break_of_run ON lease_break (run);
CREATE TRIGGER lease_break_is_never_changed BEFORE UPDATE ON lease_break
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER lease_break_is_never_taken_away BEFORE DELETE ON lease_break
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
