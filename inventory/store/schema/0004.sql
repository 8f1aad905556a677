-- Domains know what people said of them in a list; what was looked up of one stays whatever linking finds, and is newest by its time.

ALTER TABLE domain ADD COLUMN request TEXT;

CREATE TABLE inspection (
    name TEXT NOT NULL PRIMARY KEY,
    at   TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
