//! `data-service`: an instance that serves data: a database, a broker, a file server.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, list};
use crate::readiness::subject::Subject;
use caravan_inventory::{EdgeKind, Evidence, ObservationKind};
use serde_json::Value;

/// Well-known ports, by the registry of IANA and the servers' own documentation, and what listens there.
const PORTS: &[(u64, &str)] = &[
    (1433, "SQL Server"),
    (1521, "Oracle Database"),
    (2049, "NFS"),
    (3306, "MySQL"),
    (5432, "Postgres"),
    (5671, "a message broker (AMQP)"),
    (5672, "a message broker (AMQP)"),
    (6379, "Redis"),
    (9092, "Kafka"),
    (9200, "Elasticsearch"),
    (11211, "memcached"),
    (27017, "MongoDB"),
];

/// By the ports that its security groups let in, and by how others use it.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut served: Vec<&str> = Vec::new();
    let mut evidence: Vec<Evidence> = Vec::new();
    for instance in subject.instances() {
        for group in list(&instance.body["groupSet"]).iter().filter_map(|group| group["groupId"].as_str()) {
            let Some((id, body)) = subject.estate.body(ObservationKind::SecurityGroup, instance, group) else {
                continue;
            };
            for (number, permission) in list(&body["ipPermissions"]).iter().enumerate() {
                if let Some(what) = serves(permission) {
                    served.push(what);
                    evidence.push(Evidence { observation: id.clone(), path: format!("/ipPermissions/{number}") });
                }
            }
            evidence.extend(served.first().map(|_| at(instance, "/groupSet")));
        }
    }
    served.dedup();
    evidence.dedup();
    let users = subject.needed_by.iter().filter(|edge| matches!(edge.kind, EdgeKind::Data | EdgeKind::Queue));
    let is_instance = subject.instances().next().is_some();
    let used: Vec<Evidence> = users.filter(|_| is_instance).map(|edge| edge.evidence.clone()).collect();
    let text = match (served.is_empty(), used.len()) {
        (true, 0) => return Vec::new(),
        (true, uses) => format!("it holds data or messages: {uses} references to it as a data store or broker"),
        (false, 0) => format!("it serves {}", served.join(" and ")),
        (false, uses) => format!("it serves {}: {uses} references to it", served.join(" and ")),
    };
    evidence.extend(used);
    let remedy = format!(
        "choose a managed service and a day for its data, or keep it: caravan decide 'verdict/{}=replace'",
        subject.workload.id
    );
    vec![Finding::new(text, evidence, remedy)]
}

/// What a permission lets in, where that is one well-known port.
fn serves(permission: &Value) -> Option<&'static str> {
    let (from, to) = (permission["fromPort"].as_u64()?, permission["toPort"].as_u64()?);
    // A range lets in more than one can tell.
    PORTS.iter().find(|(port, _)| from == to && from == *port).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use crate::readiness::checks::fixture::instance;
    use crate::readiness::{NoteKind, Verdict};
    use caravan_inventory::{EdgeKind, ObservationKind};
    use serde_json::json;

    #[test]
    fn a_port_of_a_database_or_those_who_use_it_tell_it() {
        let with = |port: u64| {
            let group =
                json!({"ipPermissions": [{"fromPort": 8080, "toPort": 8080}, {"fromPort": port, "toPort": port}]});
            instance(json!({"groupSet": [{"groupId": "sg-1"}]})).beside(ObservationKind::SecurityGroup, "sg-1", group)
        };
        let (text, places) = with(5432).note(NoteKind::DataService);
        assert_eq!(text, "it serves Postgres");
        assert_eq!(places, ["/ipPermissions/1", "/groupSet"]);
        assert_eq!(with(5432).assess().verdict, Verdict::Replace);
        assert!(with(8443).notes(NoteKind::DataService).is_empty());
        let broker = instance(json!({})).needed("ecs/x", EdgeKind::Queue);
        let (text, _) = broker.note(NoteKind::DataService);
        assert_eq!(text, "it holds data or messages: 1 references to it as a data store or broker");
        assert!(instance(json!({})).needed("ecs/x", EdgeKind::Calls).notes(NoteKind::DataService).is_empty());
    }
}
