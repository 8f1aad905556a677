-- The ways of customers' hostnames to the new edge. Each has a chain of entries, a lease and people's commands of its own, as runs of
-- waves have; none of a name begins while another one of it is under way.
CREATE TABLE move (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    code_version TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    ended INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX one_move_of_a_name ON move (name) WHERE ended = 0;

CREATE TABLE move_event (
    position INTEGER PRIMARY KEY,
    move INTEGER NOT NULL REFERENCES move (id),
    sequence INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    payload TEXT NOT NULL,
    chain BLOB NOT NULL,
    UNIQUE (move, sequence)
) STRICT;
CREATE TRIGGER move_event_is_never_changed BEFORE UPDATE ON move_event
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER move_event_is_never_taken_away BEFORE DELETE ON move_event
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

CREATE TABLE move_lease (
    move INTEGER PRIMARY KEY REFERENCES move (id),
    driver TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    until INTEGER NOT NULL,
    renewed INTEGER NOT NULL
) STRICT;

CREATE TABLE move_command (
    id INTEGER PRIMARY KEY,
    move INTEGER NOT NULL REFERENCES move (id),
    event TEXT NOT NULL,
    refused TEXT
) STRICT;
CREATE INDEX move_command_of_move ON move_command (move);
