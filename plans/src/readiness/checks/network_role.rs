//! `network-role`: an instance that forwards what others send.

use crate::readiness::note::Finding;
use crate::readiness::places::at;
use crate::readiness::subject::Subject;

/// AWS checks that an instance is source or destination of what passes it; where that is off, it forwards (a NAT, a router,
/// a proxy with the address of others).
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let forwards = subject.instances().filter(|instance| instance.body["sourceDestCheck"] == false);
    forwards
        .map(|instance| {
            Finding::new(
                "it forwards what others send (source/destination check is off): part of the network, no workload",
                vec![at(instance, "/sourceDestCheck")],
                "keep it as long as anything goes through it; a NAT gateway may take its place",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::readiness::checks::fixture::instance;
    use crate::readiness::{NoteKind, Verdict};
    use serde_json::json;

    #[test]
    fn what_forwards_is_kept() {
        let proxy = instance(json!({"sourceDestCheck": false}));
        assert_eq!(proxy.note(NoteKind::NetworkRole).1, ["/sourceDestCheck"]);
        assert_eq!(proxy.assess().verdict, Verdict::Keep);
        assert!(instance(json!({"sourceDestCheck": true})).notes(NoteKind::NetworkRole).is_empty());
    }
}
