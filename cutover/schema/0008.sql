-- What both sides of each shift last said to the driver while users were on the new one, as JSON: evidence for people.
CREATE TABLE watched (
    run INTEGER NOT NULL REFERENCES run (id),
    step INTEGER NOT NULL,
    round TEXT NOT NULL,
    PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;
