//! Answers about what is not there: written wrongly by hand, or of something that went away.

use crate::error::Failure;
use crate::printer::Printer;
use crate::shared;
use caravan_inventory::{Decisions, ObservationKind, WorkloadId};
use caravan_inventory_store::Store;
use serde_json::Value;
use std::collections::BTreeSet;

/// Says which answers are about workloads, resources and load balancers that are not there.
pub(super) fn warn(store: &Store, decided: &Decisions, printer: &Printer) -> Result<(), Failure> {
    let shared = shared::ids(store)?;
    let balancers = Balancers::read(store)?;
    for id in decided.0.keys() {
        let about = id.as_str().split_once('/').map_or("", |(_, about)| about);
        // The id of a workload may contain slashes, and a detail may follow it.
        let ends = about.match_indices('/').map(|(at, _)| at).chain([about.len()]);
        let mut known = balancers.have(about);
        for end in ends {
            known =
                known || shared.contains(&about[..end]) || store.workload(&WorkloadId::new(&about[..end]))?.is_some();
        }
        if !known {
            printer
                .warning(&format!("decisions.yaml answers {id}, and the inventory holds no such workload or resource"));
        }
    }
    Ok(())
}

/// The load balancers of the inventory. What is asked once for all that stands behind one has the id
/// `<topic>/<account>/<region>/<load balancer>`, with `:<port>` behind it where it is about a listener.
struct Balancers {
    /// Account, region and name; the first two are empty where a file does not tell them.
    names: BTreeSet<[String; 3]>,
    /// The ports of listeners whose load balancers were not read.
    alone: BTreeSet<String>,
}

impl Balancers {
    fn read(store: &Store) -> Result<Self, Failure> {
        let (mut names, mut arns, mut alone) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        store.observations_by_kind(ObservationKind::LoadBalancer, None, None, |seen| {
            let text = |field: &str| seen.body.get(field).and_then(Value::as_str).map(str::to_owned);
            let account = seen.account.as_ref().map_or("", |account| account.as_str()).to_owned();
            let region = seen.region.as_ref().map_or("", |region| region.as_str()).to_owned();
            names.extend(text("LoadBalancerName").map(|name| [account, region, name]));
            arns.extend(text("LoadBalancerArn"));
            Ok::<_, Failure>(())
        })?;
        store.observations_by_kind(ObservationKind::Listener, None, None, |seen| {
            let of = seen.body.get("LoadBalancerArn").and_then(Value::as_str);
            if of.is_none_or(|arn| !arns.contains(arn)) {
                alone.extend(seen.body.get("Port").map(Value::to_string));
            }
            Ok::<_, Failure>(())
        })?;
        Ok(Self { names, alone })
    }

    /// Whether an id is about one of them: what stands in it behind the topic.
    fn have(&self, about: &str) -> bool {
        let mut parts = about.splitn(3, '/');
        let (Some(account), Some(region), Some(detail)) = (parts.next(), parts.next(), parts.next()) else {
            return false;
        };
        let (name, port) = detail.split_once(':').unwrap_or((detail, ""));
        let stands = |[in_account, in_region, known]: &[String; 3]| {
            let is_there = |asked: &str, known: &str| asked == known || asked.is_empty() || known.is_empty();
            known == name && is_there(account, in_account) && is_there(region, in_region)
        };
        self.names.iter().any(stands) || (name == "listener" && self.alone.contains(port))
    }
}

#[cfg(test)]
mod tests {
    use super::Balancers;

    #[test]
    fn what_is_asked_of_a_load_balancer_is_known_by_it_and_by_its_listeners() {
        let name = |account: &str, region: &str, name: &str| [account.to_owned(), region.to_owned(), name.to_owned()];
        let names = [name("111122223333", "eu-west-1", "edge"), name("", "", "pub")].into();
        let balancers = Balancers { names, alone: ["8443".to_owned()].into() };
        for (about, known) in [
            ("111122223333/eu-west-1/edge", true),
            ("111122223333/eu-west-1/edge:443", true),
            ("///edge:443", false),
            ("//edge:443", true),
            ("111122223333/eu-west-2/edge:443", false),
            ("444455556666/eu-west-1/edge", false),
            ("111122223333/eu-west-1/edgy:443", false),
            // A template says neither.
            ("//pub:443", true),
            ("111122223333/eu-west-1/pub", true),
            ("111122223333/eu-west-1/listener:8443", true),
            ("111122223333/eu-west-1/listener:443", false),
            ("ecs/main/shop", false),
            ("edge:443", false),
            ("", false),
        ] {
            assert_eq!(balancers.have(about), known, "{about}");
        }
    }
}
