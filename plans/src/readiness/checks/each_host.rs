//! `each-host`: an ECS service that runs once on each host.

use crate::readiness::note::Finding;
use crate::readiness::places::at;
use crate::readiness::subject::Subject;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let daemons = subject.services().filter(|(.., service)| service["schedulingStrategy"] == "DAEMON");
    daemons
        .map(|(observation, place, _)| {
            Finding::new(
                "it runs once on each host (DAEMON): what every node needs, the platform brings",
                vec![at(observation, format!("{place}/schedulingStrategy"))],
                "let the platform run it, or something in its place, as a DaemonSet",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::readiness::checks::fixture::service;
    use crate::readiness::{NoteKind, Verdict};
    use serde_json::json;

    #[test]
    fn a_daemon_is_replaced_and_a_replica_is_not() {
        let daemon = service(json!({"schedulingStrategy": "DAEMON"}), json!({}), json!({}));
        assert_eq!(daemon.note(NoteKind::EachHost).1, ["/schedulingStrategy"]);
        assert_eq!(daemon.assess().verdict, Verdict::Replace);
        assert!(service(json!({}), json!({}), json!({})).notes(NoteKind::EachHost).is_empty());
    }
}
