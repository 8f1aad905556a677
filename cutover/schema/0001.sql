-- The journal: it can't be rebuilt from anything else.

-- Plans made immutable: one chain for each wave.
CREATE TABLE seal (
    hash TEXT PRIMARY KEY,
    wave TEXT NOT NULL,
    parent TEXT REFERENCES seal (hash),
    canonical TEXT NOT NULL,
    sealed_at INTEGER NOT NULL,
    sealed_by TEXT NOT NULL
) STRICT;
-- A wave has one first seal, and every seal at most one child: two people can't seal past each other.
CREATE UNIQUE INDEX seal_chain ON seal (wave, ifnull(parent, ''));

CREATE TABLE approval (
    hash TEXT NOT NULL REFERENCES seal (hash),
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT,
    PRIMARY KEY (hash, who)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL REFERENCES seal (hash),
    code_version TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- One row for each event. `position` counts over all runs, `sequence` within one; `chain` is the SHA-256 of the chain
-- before and of the payload's very bytes.
CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    sequence INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    payload TEXT NOT NULL,
    chain BLOB NOT NULL,
    UNIQUE (run, sequence)
) STRICT;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER event_is_never_taken_away BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

CREATE TABLE lease (
    run INTEGER PRIMARY KEY REFERENCES run (id),
    driver TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;

-- What people want of a run, until its driver has taken it in.
CREATE TABLE wish (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    kind TEXT NOT NULL,
    who TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX wish_of_run ON wish (run);
