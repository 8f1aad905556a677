//! The table of domains: its statements, and its rows as the model's values and back. A new field of [`Domain`] is here,
//! and a column in `schema/`. What was looked up stands in a table of its own: linking replaces domains, and never that.

use crate::row::{optional, parsed, time_text};
use crate::sql::statements;
use crate::write::execute;
use crate::{Store, StoreError};
use caravan_inventory::{Domain, DomainRequest, Hostname, Inspection, ObservationId};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

statements! {
    UPSERT = "INSERT INTO domain (name, customer, target, observation, request) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (name) DO UPDATE SET customer = coalesce(excluded.customer, customer), target = excluded.target,
        observation = excluded.observation,
        request = coalesce(json_patch(coalesce(request, '{}'), excluded.request), request)";
    // What was seen of it stays, and so does what was said before and is not said again.
    LIST = "INSERT INTO domain (name, customer, request) VALUES (?1, ?2, ?3)
        ON CONFLICT (name) DO UPDATE SET customer = excluded.customer,
        request = json_patch(coalesce(request, '{}'), excluded.request)";
    // An import may be older than what is here.
    INSPECT = "INSERT INTO inspection (name, at, body) VALUES (?1, ?2, ?3)
        ON CONFLICT (name) DO UPDATE SET at = excluded.at, body = excluded.body WHERE excluded.at >= at";
    // What people said of it stays: nobody can see that again.
    FORGET = "UPDATE domain SET target = NULL, observation = NULL
        WHERE observation IS NOT NULL AND (customer IS NOT NULL OR request IS NOT NULL)";
    DROP = "DELETE FROM domain WHERE observation IS NOT NULL";
    PAGE = "SELECT domain.name, customer, target, observation, request, body FROM domain
        LEFT JOIN inspection ON inspection.name = domain.name WHERE domain.name > ?1 ORDER BY domain.name LIMIT ?2";
    ONE = "SELECT domain.name, customer, target, observation, request, body FROM domain
        LEFT JOIN inspection ON inspection.name = domain.name WHERE domain.name = ?1";
}

/// Domains that people and probes tell of.
impl Store {
    /// A domain.
    ///
    /// # Errors
    /// Those of reading.
    pub fn domain(&self, name: &Hostname) -> Result<Option<Domain>, StoreError> {
        self.row(ONE, [name.as_str()], read)
    }

    /// Records what a list says of domains, all of it or nothing: whose each is, and what is asked for it. What was seen and
    /// looked up of it stays. What the list does not name stays as it is: domains, and of those that it names what it says nothing of.
    ///
    /// # Errors
    /// Those of writing.
    pub fn list_domains(&mut self, listed: &[(Hostname, String, DomainRequest)]) -> Result<(), StoreError> {
        self.transaction(|connection| {
            listed.iter().try_for_each(|(name, customer, request)| {
                execute(connection, LIST, &[&name.as_str(), customer, &said(request)?]).map(drop)
            })
        })
    }

    /// Records what was looked up of domains, all of it or nothing; an older look than the one that is there changes nothing.
    ///
    /// # Errors
    /// Those of writing.
    pub fn record_inspections(&mut self, looks: &[(Hostname, Inspection)]) -> Result<(), StoreError> {
        self.transaction(|connection| looks.iter().try_for_each(|(name, look)| inspect(connection, name, look)))
    }
}

/// A row of [`PAGE`] or [`ONE`].
pub(crate) fn read(row: &Row<'_>) -> Result<Domain> {
    Ok(Domain {
        name: Hostname::new(row.get::<_, String>(0)?),
        customer: row.get(1)?,
        target: row.get(2)?,
        observation: optional(row, 3, ObservationId::new)?,
        request: from_json(row, 4, "what a list says of a domain")?,
        inspection: from_json(row, 5, "what was looked up of a domain")?,
    })
}

/// Writes a domain over what is there; a customer and what was asked for before stay when this says nothing of them, and so does
/// what was looked up later.
pub(crate) fn write(connection: &Connection, domain: &Domain) -> Result<()> {
    let Domain { name, customer, target, observation, request, inspection } = domain;
    let observation = observation.as_ref().map(ObservationId::as_str);
    let request = request.as_ref().map(said).transpose()?;
    execute(connection, UPSERT, &[&name.as_str(), customer, target, &observation, &request])?;
    inspection.as_ref().map_or(Ok(()), |look| inspect(connection, name, look))
}

fn inspect(connection: &Connection, name: &Hostname, look: &Inspection) -> Result<()> {
    execute(connection, INSPECT, &[&name.as_str(), &time_text(look.at), &json(look)?]).map(drop)
}

/// Drops what was observed; of domains that people have said something of, what was observed of them.
pub(crate) fn clear(connection: &Connection) -> Result<()> {
    execute(connection, FORGET, &[])?;
    execute(connection, DROP, &[])?;
    Ok(())
}

/// What a request says, without what it says nothing of: a patch would take that away.
fn said(request: &DomainRequest) -> Result<String> {
    let failed = |error| Error::ToSqlConversionFailure(Box::new(error));
    let mut value = serde_json::to_value(request).map_err(failed)?;
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    json(&value)
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::ToSqlConversionFailure(Box::new(error)))
}

fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: usize, what: &'static str) -> Result<Option<T>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => parsed(row, column, what, |text| serde_json::from_str(text).ok()).map(Some),
    }
}
