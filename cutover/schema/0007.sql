-- What carries the traffic of a run's shifts has counted while each stood at one share, as JSON: evidence for people.
CREATE TABLE measured (
    run INTEGER NOT NULL REFERENCES run (id),
    step INTEGER NOT NULL,
    since INTEGER NOT NULL,
    span TEXT NOT NULL,
    PRIMARY KEY (run, step, since)
) STRICT, WITHOUT ROWID;

-- The counters of each shift as they were last read, as JSON: the next driver goes on from them.
CREATE TABLE counter_mark (
    run INTEGER NOT NULL REFERENCES run (id),
    step INTEGER NOT NULL,
    mark TEXT NOT NULL,
    PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;
