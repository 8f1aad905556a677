//! The statements, by name; those of domains stand in their file. A test prepares each against the migrated schema.

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: &str = $sql;)*

        /// All of them, for the test.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name),)*];
    };
}

pub(crate) use statements;

/// The columns that `row::sighting` reads.
macro_rules! observation {
    () => {
        "SELECT observation.id, kind, name, account, region, api, first_seen, last_seen, body, gone_at, unit, scan FROM observation "
    };
}

/// An observation's place in the table, but for its `last_seen` when there is one already.
macro_rules! see {
    () => {
        "INSERT INTO observation
            (id, kind, name, account, region, api, first_seen, last_seen, gone_at, unit, scan, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, account = excluded.account,
        region = excluded.region, api = excluded.api, first_seen = min(first_seen, excluded.first_seen),
        gone_at = excluded.gone_at, unit = excluded.unit, scan = excluded.scan, body = excluded.body, "
    };
}

/// The columns that `row::edge` reads.
macro_rules! edge {
    () => {
        "SELECT source, target, kind, confidence, observation, path, direction FROM edge "
    };
}

/// The workloads that fit a filter, from after an id on.
macro_rules! workloads {
    () => {
        "SELECT id, kind, name, team, environment, account, region FROM workload
        WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR team = ?2) AND (?3 IS NULL OR account = ?3) AND id > ?4 "
    };
}

/// A page of workloads, behind their conditions.
macro_rules! page {
    () => {
        "ORDER BY id LIMIT ?5"
    };
}

/// What stands behind the conditions of a query.
pub(crate) const WORKLOADS_PAGE: &str = page!();

statements! {
    // Scans and their units.
    INSERT_SCAN = "INSERT INTO scan (id, began, state, selection) VALUES (?1, ?2, 'running', ?3)";
    ABANDON_SCANS = "UPDATE scan SET state = 'abandoned', ended = ?1 WHERE state = 'running'";
    END_SCAN = "UPDATE scan SET state = 'finished', ended = ?2 WHERE id = ?1 AND state = 'running'";
    RUNNING_SCAN = "SELECT id, began, ended, state, selection FROM scan WHERE state = 'running' ORDER BY id DESC LIMIT 1";
    LATEST_SCAN = "SELECT id, began, ended, state, selection FROM scan ORDER BY id DESC LIMIT 1";
    SCANS = "SELECT id, began, ended, state, selection FROM scan ORDER BY id";
    UPSERT_SCAN = "INSERT INTO scan (id, began, ended, state, selection) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (id) DO UPDATE SET began = excluded.began, ended = excluded.ended, state = excluded.state,
        selection = excluded.selection";

    INSERT_UNIT = "INSERT INTO unit (scan, id, provider, account, region, api, state, found, reason)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING";
    UPSERT_UNIT = "INSERT INTO unit (scan, id, provider, account, region, api, state, found, reason)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT DO UPDATE SET provider = excluded.provider, account = excluded.account, region = excluded.region,
        api = excluded.api, state = excluded.state, found = excluded.found, reason = excluded.reason";
    INSERT_FEED = "INSERT INTO feed (scan, target, source) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    ADD_FOUND = "UPDATE unit SET found = found + ?3 WHERE scan = ?1 AND id = ?2";
    SET_UNIT_STATE = "UPDATE unit SET state = ?3, reason = ?4 WHERE scan = ?1 AND id = ?2";
    UNITS_OF_SCAN = "SELECT id, provider, account, region, api, state, found, reason FROM unit WHERE scan = ?1 ORDER BY id";
    // Of each unit the latest record. That it was not asked for the last time takes nothing from what was read before.
    LATEST_UNITS = "SELECT id, provider, account, region, api, state, found, reason FROM (
            SELECT *, row_number() OVER (PARTITION BY id ORDER BY state = 'skipped', scan DESC) AS age FROM unit
        ) WHERE age = 1 ORDER BY id";
    FEEDS = "SELECT target, source FROM feed WHERE scan = ?1";
    PENDING_BY_UNIT = "SELECT unit, count(*) FROM work WHERE scan = ?1 AND done = 0 GROUP BY unit";

    // Reads.
    INSERT_WORK = "INSERT INTO work (scan, unit, request) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING id";
    PENDING_WORK = "SELECT id, scan, unit, request, token FROM work
        WHERE scan = ?1 AND done = 0 AND id > ?2 ORDER BY id LIMIT ?3";
    FINISH_WORK = "UPDATE work SET done = 1 WHERE id = ?1 AND scan = ?2 AND done = 0 AND token IS ?3";
    ADVANCE_WORK = "UPDATE work SET token = ?4, found = found + ?5
        WHERE id = ?1 AND scan = ?2 AND done = 0 AND token IS ?3";
    RESTART_UNIT = "UPDATE unit SET found = unit.found - work.found FROM work
        WHERE work.id = ?1 AND work.scan = ?2 AND work.done = 0 AND work.token IS ?3
        AND unit.scan = work.scan AND unit.id = work.unit";
    RESTART_WORK = "UPDATE work SET token = NULL, found = 0
        WHERE id = ?1 AND scan = ?2 AND done = 0 AND token IS ?3";
    DROP_FEEDS = "DELETE FROM feed WHERE scan = ?1";
    DROP_WORK = "DELETE FROM work WHERE scan = ?1";
    DROP_ALL_FEEDS = "DELETE FROM feed";
    DROP_ALL_WORK = "DELETE FROM work";

    // Observations.
    // A sighting counts whatever the clock says; an import only when it is not older than what is here.
    SEE = concat!(see!(), "last_seen = max(last_seen, excluded.last_seen)");
    IMPORT_SIGHTING = concat!(see!(), "last_seen = excluded.last_seen WHERE excluded.last_seen >= last_seen");
    MARK_GONE = "UPDATE observation SET gone_at = ?3 WHERE unit = ?1 AND scan <> ?2 AND gone_at IS NULL";
    OBSERVATION = concat!(observation!(), "WHERE observation.id = ?1");
    OBSERVATIONS = concat!(observation!(), "ORDER BY observation.id");
    OBSERVATIONS_BY_KIND = concat!(observation!(), "WHERE kind = ?1 AND gone_at IS NULL
        AND (?2 IS NULL OR account = ?2) AND (?3 IS NULL OR region = ?3) ORDER BY observation.id");
    OBSERVATION_LOCATIONS = "SELECT DISTINCT account, region FROM observation WHERE gone_at IS NULL ORDER BY account, region";
    OBSERVATION_COUNT = "SELECT count(*) FROM observation WHERE gone_at IS NULL";
    OBSERVATIONS_OF = concat!(observation!(), "JOIN part ON part.observation = observation.id
        WHERE part.workload = ?1 ORDER BY part.position");

    // Workloads.
    UPSERT_WORKLOAD = "INSERT INTO workload (id, kind, name, team, environment, account, region)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, team = excluded.team,
        environment = excluded.environment, account = excluded.account, region = excluded.region";
    DROP_PARTS = "DELETE FROM part WHERE workload = ?1";
    INSERT_PART = "INSERT INTO part (workload, position, observation) VALUES (?1, ?2, ?3)";
    WORKLOAD = "SELECT id, kind, name, team, environment, account, region FROM workload WHERE id = ?1";
    WORKLOADS = concat!(workloads!(), page!());
    WORKLOADS_FITTING = workloads!();
    DATA_VERSION = "PRAGMA data_version";
    WORKLOAD_COUNT = "SELECT count(*) FROM workload";
    WORKLOADS_WITH = "SELECT workload FROM part WHERE observation = ?1 ORDER BY workload";
    PARTS = "SELECT observation FROM part WHERE workload = ?1 ORDER BY position";
    DROP_WORKLOADS = "DELETE FROM workload WHERE kind = ?1";

    // Edges, questions.
    UPSERT_EDGE = "INSERT INTO edge (source, target, kind, observation, path, confidence, direction)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT DO UPDATE SET confidence = excluded.confidence, direction = excluded.direction";
    DROP_EDGES = "DELETE FROM edge WHERE source NOT IN (SELECT id FROM workload)";
    EDGES = concat!(edge!(), "ORDER BY source, target, kind, observation, path");
    EDGES_OF_KIND = concat!(edge!(), "WHERE kind = ?1 ORDER BY source, target, observation, path");
    EDGES_FROM = concat!(edge!(), "WHERE source = ?1 ORDER BY target, kind, observation, path");
    EDGES_TO = concat!(edge!(), "WHERE target = ?1 ORDER BY source, kind, observation, path");
    UPSERT_QUESTION = "INSERT INTO question (id, workload, text, options, assumed) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (id) DO UPDATE SET workload = excluded.workload, text = excluded.text, options = excluded.options,
        assumed = excluded.assumed";
    QUESTIONS = "SELECT id, workload, text, options, assumed FROM question WHERE id > ?1 ORDER BY id LIMIT ?2";
    QUESTIONS_OF = "SELECT id, workload, text, options, assumed FROM question WHERE workload = ?1 ORDER BY id";
}
