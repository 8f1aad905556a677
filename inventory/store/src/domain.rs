//! The table of domains: its statements, and its rows as the model's values and back. A new field of [`Domain`] is here,
//! and a column in `schema/`.

use crate::row::optional;
use crate::sql::statements;
use crate::write::execute;
use caravan_inventory::{Domain, Hostname, ObservationId};
use rusqlite::{Connection, Result, Row};

statements! {
    UPSERT = "INSERT INTO domain (name, customer, target, observation) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (name) DO UPDATE SET customer = coalesce(excluded.customer, customer), target = excluded.target,
        observation = excluded.observation";
    // Whose customer somebody named stays: nobody can see that again.
    FORGET = "UPDATE domain SET target = NULL, observation = NULL
        WHERE observation IS NOT NULL AND customer IS NOT NULL";
    DROP = "DELETE FROM domain WHERE observation IS NOT NULL";
    PAGE = "SELECT name, customer, target, observation FROM domain WHERE name > ?1 ORDER BY name LIMIT ?2";
}

/// A row of [`PAGE`].
pub(crate) fn read(row: &Row<'_>) -> Result<Domain> {
    Ok(Domain {
        name: Hostname::new(row.get::<_, String>(0)?),
        customer: row.get(1)?,
        target: row.get(2)?,
        observation: optional(row, 3, ObservationId::new)?,
    })
}

/// Writes a domain over what is there; a customer that was named before stays when this names none.
pub(crate) fn write(connection: &Connection, domain: &Domain) -> Result<()> {
    let Domain { name, customer, target, observation } = domain;
    let observation = observation.as_ref().map(ObservationId::as_str);
    execute(connection, UPSERT, &[&name.as_str(), customer, target, &observation]).map(drop)
}

/// Drops what was observed; of domains whose customer is named, what was observed of them.
pub(crate) fn clear(connection: &Connection) -> Result<()> {
    execute(connection, FORGET, &[])?;
    execute(connection, DROP, &[])?;
    Ok(())
}
