-- Who is told of holds, rollbacks, failures and approvals that wait, and up to which position of the journal their notices
-- were made.
CREATE TABLE receiver (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Notices on their way. One that was delivered stays for a while, so that it is not made a second time.
CREATE TABLE notice (
    number INTEGER PRIMARY KEY,
    receiver TEXT NOT NULL REFERENCES receiver (name),
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    due INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    refused TEXT,
    delivered INTEGER,
    UNIQUE (receiver, id)
) STRICT;
CREATE INDEX notice_on_its_way ON notice (receiver, number) WHERE delivered IS NULL;
