//! Plans of moves, from the inventory and from what stands in DNS now.

use crate::clock;
use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::world::RealWorld;
use caravan_cutover_domains::{BuildRefusal, MoveInput, MovePlan, OwnZone, build_move, record_to_read};
use caravan_inventory::{Domain, Observation, ObservationKind};
use caravan_inventory_store::{Store, StoreError};
use caravan_plans::domains::Ours;
use caravan_providers::target::Target;
use caravan_providers::{Call, Observer, Reply};

/// What the inventory has for plans of moves.
pub(crate) struct Inventory {
    pub(crate) all: Vec<Domain>,
    pub(crate) ours: Ours,
    zones: Vec<OwnZone>,
}

/// Reads it.
///
/// # Errors
/// Those of reading.
pub(crate) fn read_inventory(store: &Store, all: Vec<Domain>, ours: Ours) -> Result<Inventory, Failure> {
    let mut zones = Vec::new();
    store.observations_by_kind::<StoreError>(ObservationKind::HostedZone, None, None, |seen| {
        zones.extend(own_zone(&seen));
        Ok(())
    })?;
    Ok(Inventory { all, ours, zones })
}

/// A public zone in Route 53.
fn own_zone(seen: &Observation) -> Option<OwnZone> {
    let text = |path: &str| seen.body.pointer(path).and_then(serde_json::Value::as_str);
    if seen.body.pointer("/Config/PrivateZone") == Some(&serde_json::Value::Bool(true)) {
        return None;
    }
    Some(OwnZone {
        account: seen.account.clone()?,
        id: text("/Id")?.rsplit('/').next()?.to_owned(),
        name: text("/Name")?.trim_end_matches('.').to_ascii_lowercase(),
    })
}

/// The plan of one hostname's move.
///
/// # Errors
/// Not ready, with what is missing; those of reading the record.
pub(crate) async fn plan_of(
    domain: &Domain,
    inventory: &Inventory,
    config: &Config,
    world: &RealWorld,
    run: &str,
) -> Result<MovePlan, Failure> {
    let input = MoveInput {
        domain,
        all: &inventory.all,
        ours: &inventory.ours,
        zones: &inventory.zones,
        policy: &config.domains,
        settings: &config.moves,
        old_port: config.lookups.https_port,
        now: clock::now(),
    };
    let refused = |refusal: BuildRefusal| refusal_failure(domain, refusal);
    let record = match record_to_read(input).map_err(refused)? {
        None => None,
        Some(target) => match world.observe(&Call::Observe(Target::Records(target.clone()))).await? {
            Reply::Observed { token: Some(token), .. } => {
                let text = format!("{}: {target} is held by another run: its token is {token}", domain.name);
                return Err(Failure::new(FailureKind::NotReady, text));
            }
            Reply::Observed { snapshot, .. } => Some(snapshot),
            _ => None,
        },
    };
    build_move(input, record.as_ref(), run).map_err(refused)
}

fn refusal_failure(domain: &Domain, refusal: BuildRefusal) -> Failure {
    let (kind, hint) = match &refusal {
        BuildRefusal::Unsaid(_) => (FailureKind::Configuration, "docs/domains.md has an example"),
        BuildRefusal::NoClass(_) | BuildRefusal::Flagged { .. } => {
            (FailureKind::NotReady, "look at it again: caravan domains inspect NAME")
        }
        BuildRefusal::Class(_) | BuildRefusal::Unproven { .. } => {
            (FailureKind::NotReady, "what the customer does: caravan domains runbook NAME")
        }
        BuildRefusal::NoZone(_) => (FailureKind::NotReady, "zones are found by a scan: caravan discover"),
        BuildRefusal::Shared { .. } => (
            FailureKind::NotReady,
            "give the customer a stable name of their own first, or move the shared one by a wave",
        ),
        BuildRefusal::Record { .. } | BuildRefusal::Plan(_) => {
            (FailureKind::NotReady, "docs/domains.md says what is moved")
        }
    };
    Failure::caused(kind, refusal).context(format!("{} can't be moved", domain.name)).hint(hint)
}
