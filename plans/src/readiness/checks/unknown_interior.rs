//! `unknown-interior`: an instance into which nobody has looked.

use crate::readiness::note::Finding;
use crate::readiness::places::at;
use crate::readiness::subject::Subject;
use caravan_inventory::{Evidence, Observation, ObservationKind};
use std::collections::BTreeMap;

/// The call that tells which machines report.
const LIST: &str = "ssm:DescribeInstanceInformation";

/// What is known of the way in to a machine.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum WayIn {
    /// Nobody asked Systems Manager, or it did not answer.
    NotRead,
    /// It does not report.
    None,
    /// It reported once, and does no more.
    Lost,
    /// It reports.
    Open,
}

/// One finding for all instances of which the same is known. Discovery looks into none of them, so that nothing is clean.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: BTreeMap<WayIn, (Vec<&str>, Vec<Evidence>)> = BTreeMap::new();
    // What a file describes is not there yet.
    for instance in subject.instances().filter(|instance| instance.account.is_some()) {
        let (way, evidence) = way_into(subject, instance);
        let of = found.entry(way).or_default();
        of.0.push(name(instance));
        of.1.push(evidence);
    }
    found.into_iter().map(|(way, (names, evidence))| way.finding(&names.join(", "), evidence)).collect()
}

fn way_into(subject: &Subject<'_>, instance: &Observation) -> (WayIn, Evidence) {
    let reports = subject.estate.body(ObservationKind::ManagedInstance, instance, name(instance));
    match reports {
        Some((observation, body)) => {
            let way = if body["PingStatus"] == "Online" { WayIn::Open } else { WayIn::Lost };
            (way, Evidence { observation, path: "/PingStatus".to_owned() })
        }
        None if subject.estate.is_complete(instance, LIST) => (WayIn::None, at(instance, "/instanceId")),
        None => (WayIn::NotRead, at(instance, "/instanceId")),
    }
}

/// Its id.
fn name(instance: &Observation) -> &str {
    instance.body["instanceId"].as_str().unwrap_or_else(|| instance.native_name())
}

impl WayIn {
    fn finding(self, names: &str, evidence: Vec<Evidence>) -> Finding {
        let (text, remedy) = match self {
            Self::NotRead => (
                format!("unknown interior of {names}: whether Systems Manager manages it was not read"),
                format!("let the scanning role call {LIST}, then run `caravan discover`"),
            ),
            Self::None => (
                format!(
                    "unknown interior of {names}: Systems Manager does not manage it, so that nobody can look inside"
                ),
                "give it the SSM agent and a role with AmazonSSMManagedInstanceCore, and look at what runs there"
                    .to_owned(),
            ),
            Self::Lost => (
                format!("unknown interior of {names}: its agent of Systems Manager reports no more"),
                "start the SSM agent again, and look at what runs there".to_owned(),
            ),
            Self::Open => (
                format!("unknown interior of {names}: Systems Manager manages it, and nobody has looked inside yet"),
                "look at its units, listeners and crontabs: aws ssm start-session --target INSTANCE".to_owned(),
            ),
        };
        Finding::new(text, evidence, remedy)
    }
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::{Fixture, instance};
    use caravan_inventory::{ObservationKind, Provider, Scope, Unit, UnitId, UnitState};
    use serde_json::json;

    fn listed(mut fixture: Fixture) -> Fixture {
        let first = &fixture.observations[0];
        let scope = Scope::new(Provider::Aws, first.account.clone().unwrap(), first.region.clone().unwrap());
        fixture.estate.add_unit(&Unit {
            id: UnitId::of(&scope, super::LIST),
            provider: Provider::Aws,
            account: Some(scope.account),
            region: Some(scope.region),
            api: super::LIST.to_owned(),
            state: UnitState::Complete,
            found: 0,
            reason: None,
        });
        fixture
    }

    #[test]
    fn an_instance_is_never_clean() {
        let own = || instance(json!({}));
        let reports =
            |status: &str| listed(own()).beside(ObservationKind::ManagedInstance, "i-1", json!({"PingStatus": status}));
        for (fixture, says, place) in [
            (own(), "was not read", "/instanceId"),
            (listed(own()), "does not manage it", "/instanceId"),
            (reports("ConnectionLost"), "reports no more", "/PingStatus"),
            (reports("Online"), "nobody has looked inside yet", "/PingStatus"),
        ] {
            let (text, places) = fixture.note(NoteKind::UnknownInterior);
            assert!(text.starts_with("unknown interior of i-1: ") && text.contains(says), "{text}");
            assert_eq!(places, [place]);
        }
    }

    #[test]
    fn machines_of_one_group_of_which_the_same_is_known_are_one_note() {
        let mut group = listed(instance(json!({})));
        group.add(ObservationKind::Ec2Instance, json!({"instanceId": "i-2"}));
        let (text, places) = group.note(NoteKind::UnknownInterior);
        assert!(text.contains("i-1, i-2") && places.len() == 2, "{text}");
    }
}
