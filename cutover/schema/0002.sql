-- What may still be asked of a provider, in thousandths of a request, as of a moment; `owner` is an account or a cluster.
CREATE TABLE budget (
    api TEXT NOT NULL,
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    level INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (api, owner, region)
) STRICT, WITHOUT ROWID;
