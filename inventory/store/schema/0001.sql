-- The first format. A migration that was released is never changed: add the next one.
-- Times are RFC 3339 in UTC with nine digits of fraction, so that text order is time order.

CREATE TABLE scan (
    id        TEXT NOT NULL PRIMARY KEY,
    began     TEXT NOT NULL,
    ended     TEXT,
    state     TEXT NOT NULL CHECK (state IN ('running', 'finished', 'abandoned')),
    selection TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The coverage ledger: what each scan enumerated, and how far it came.
CREATE TABLE unit (
    scan    TEXT    NOT NULL REFERENCES scan (id),
    id      TEXT    NOT NULL,
    account TEXT,
    region  TEXT,
    api     TEXT    NOT NULL,
    state   TEXT    NOT NULL,
    found   INTEGER NOT NULL,
    reason  TEXT,
    PRIMARY KEY (scan, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX unit_by_id ON unit (id, scan);

-- Which unit's pages name what another unit reads. `target` is only complete when `source` is.
CREATE TABLE feed (
    scan   TEXT NOT NULL,
    target TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (scan, target, source),
    FOREIGN KEY (scan, target) REFERENCES unit (scan, id)
) STRICT, WITHOUT ROWID;

-- Reads of the running scan. Done ones stay until it ends, so that no request is made twice.
CREATE TABLE work (
    id      INTEGER NOT NULL PRIMARY KEY,
    scan    TEXT    NOT NULL,
    unit    TEXT    NOT NULL,
    request TEXT    NOT NULL,
    token   TEXT,
    found   INTEGER NOT NULL DEFAULT 0,
    done    INTEGER NOT NULL DEFAULT 0,
    UNIQUE (scan, request),
    FOREIGN KEY (scan, unit) REFERENCES unit (scan, id)
) STRICT;

CREATE INDEX work_pending ON work (scan, id) WHERE done = 0;
CREATE INDEX work_by_unit ON work (scan, unit, done);

-- `unit` and `scan` say who saw it last; only that unit may find it gone. Null: nobody may.
CREATE TABLE observation (
    number     INTEGER NOT NULL PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    account    TEXT,
    region     TEXT,
    api        TEXT    NOT NULL,
    first_seen TEXT    NOT NULL,
    last_seen  TEXT    NOT NULL,
    gone_at    TEXT,
    unit       TEXT,
    scan       TEXT REFERENCES scan (id),
    body       TEXT    NOT NULL
) STRICT;

CREATE INDEX observation_by_kind ON observation (kind, id);
CREATE INDEX observation_by_unit ON observation (unit, scan) WHERE gone_at IS NULL;

CREATE TABLE workload (
    id          TEXT NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    team        TEXT NOT NULL,
    environment TEXT NOT NULL,
    account     TEXT,
    region      TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE part (
    workload    TEXT    NOT NULL REFERENCES workload (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    observation TEXT    NOT NULL REFERENCES observation (id),
    PRIMARY KEY (workload, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX part_by_observation ON part (observation);

CREATE TABLE edge (
    source      TEXT NOT NULL,
    target      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    observation TEXT NOT NULL REFERENCES observation (id),
    path        TEXT NOT NULL,
    confidence  TEXT NOT NULL,
    PRIMARY KEY (source, target, kind, observation, path)
) STRICT, WITHOUT ROWID;

CREATE INDEX edge_by_target ON edge (target, source);

CREATE TABLE domain (
    name        TEXT NOT NULL PRIMARY KEY,
    customer    TEXT,
    target      TEXT,
    observation TEXT REFERENCES observation (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE question (
    id       TEXT NOT NULL PRIMARY KEY,
    workload TEXT NOT NULL REFERENCES workload (id) ON DELETE CASCADE,
    text     TEXT NOT NULL,
    options  TEXT NOT NULL,
    assumed  TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX question_by_workload ON question (workload, id);
