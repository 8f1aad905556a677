//! `shared-database`: a data store that others use too.

use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_inventory::{EdgeKind, Evidence};
use std::collections::{BTreeMap, BTreeSet};

/// Databases and caches; buckets and file systems count no connections.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut stores: BTreeMap<&str, Evidence> = BTreeMap::new();
    for edge in subject.needs.iter().filter(|edge| edge.kind == EdgeKind::Data && counts_connections(&edge.to)) {
        stores.entry(&edge.to).or_insert_with(|| edge.evidence.clone());
    }
    let own = subject.workload.id.as_str();
    let finding = |(store, evidence): (&str, Evidence)| {
        let others: BTreeSet<&str> = subject.estate.users(store).filter(|user| *user != own).collect();
        let text = format!(
            "{} is shared with {} other workloads: while both sides run, its connections are held twice; how many it allows is not known",
            store.strip_prefix("host:").unwrap_or(store),
            others.len()
        );
        let remedy = "look at its limit of connections and at its peak, before several of them move in one night";
        (!others.is_empty()).then(|| Finding::new(text, vec![evidence], remedy))
    };
    stores.into_iter().filter_map(finding).collect()
}

fn counts_connections(id: &str) -> bool {
    let stores = ["host:", "rds.", "elasticache.", "ec2/"];
    stores.iter().any(|begin| id.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::{edge, service};
    use caravan_inventory::EdgeKind;
    use serde_json::json;

    #[test]
    fn a_store_is_shared_where_another_uses_it() {
        let using = |store: &str| service(json!({}), json!({}), json!({})).needing(store, EdgeKind::Data);
        let mut shared = using("host:db.example.com");
        assert!(shared.notes(NoteKind::SharedDatabase).is_empty());
        shared.estate.add_edge(&edge("ecs/other", "host:db.example.com", EdgeKind::Data));
        let (text, places) = shared.note(NoteKind::SharedDatabase);
        assert!(text.starts_with("db.example.com is shared with 1 other workloads"), "{text}");
        assert_eq!(places, ["/x"]);
        let mut bucket = using("s3:arn:aws:s3:::x");
        bucket.estate.add_edge(&edge("ecs/other", "s3:arn:aws:s3:::x", EdgeKind::Data));
        assert!(bucket.notes(NoteKind::SharedDatabase).is_empty());
    }
}
