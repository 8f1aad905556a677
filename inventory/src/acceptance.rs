//! What people accept as it is, for a time.

use crate::{QuestionId, WorkloadId};
use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something open that stays open, knowingly, until a day.
#[derive(Clone, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Why, for whoever reads it in a year.
    pub reason: String,
    /// The last day, UTC, on which it holds.
    #[schemars(schema_with = "day")]
    pub until: Date,
}

fn day(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "format": "date"})
}

/// Everything that is accepted, by the id of the question or of the refusal ([`refusal_id`]).
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Acceptances(pub BTreeMap<QuestionId, Acceptance>);

/// How something open stands on a day.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Nobody accepted it.
    Open,
    /// Somebody did, and the day has not passed.
    Accepted(Acceptance),
    /// Somebody did, and the day has passed: it counts as not accepted.
    Expired(Acceptance),
}

impl Acceptances {
    /// How something stands on a day.
    #[must_use]
    pub fn standing(&self, id: &QuestionId, today: Date) -> Standing {
        match self.0.get(id) {
            None => Standing::Open,
            Some(acceptance) if today <= acceptance.until => Standing::Accepted(acceptance.clone()),
            Some(acceptance) => Standing::Expired(acceptance.clone()),
        }
    }
}

impl Standing {
    /// Whether it is accepted and the day has not passed.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }
}

/// By which id it is accepted that a workload is not converted.
#[must_use]
pub fn refusal_id(workload: &WorkloadId) -> QuestionId {
    QuestionId::new(format!("refused/{workload}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_acceptance_holds_through_its_last_day() {
        let id = refusal_id(&WorkloadId::new("ecs/files/a"));
        assert_eq!(id.as_str(), "refused/ecs/files/a");
        let acceptance = Acceptance { reason: "retired in May".to_owned(), until: date(2027, 4, 30) };
        let accepted = Acceptances(BTreeMap::from([(id.clone(), acceptance.clone())]));
        assert_eq!(accepted.standing(&id, date(2027, 4, 30)), Standing::Accepted(acceptance.clone()));
        assert_eq!(accepted.standing(&id, date(2027, 5, 1)), Standing::Expired(acceptance));
        assert!(!accepted.standing(&id, date(2027, 5, 1)).is_accepted());
        assert_eq!(accepted.standing(&QuestionId::new("owner/ecs/files/a"), date(2027, 1, 1)), Standing::Open);
    }
}
