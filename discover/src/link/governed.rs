//! What is in whose keeping: a state of Terraform, a stack of CloudFormation.
//!
//! States and stacks are read first; then whatever passes by is looked for among what they have, so that memory holds these
//! alone. A stack is known by the tags, too, that CloudFormation writes on what it makes.

use super::view::{View, step};
use super::{Linker, ObservationSource};
use crate::governing::{Meant, StackPlace, keys, name_in_stack, name_in_state};
use crate::resource::id_of;
use caravan_inventory::{
    AccountId, CLOUDFORMATION, Confidence, Edge, EdgeKind, Evidence, Governor, Observation, ObservationKind as Kind,
    Redacted, Region, TERRAFORM,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Everything that a state or a stack has, by what it is here.
#[derive(Default)]
pub(super) struct Keepers(HashMap<(Kind, String), Vec<Kept>>);

/// One thing in somebody's keeping.
struct Kept {
    governor: String,
    account: Option<AccountId>,
    region: Option<Region>,
    confidence: Confidence,
    evidence: Evidence,
}

impl Keepers {
    fn add(&mut self, meant: Meant, governor: &Governor, evidence: Evidence) {
        let Meant { kind, key, account, region, is_certain } = meant;
        let confidence = if is_certain { Confidence::Stated } else { Confidence::Inferred };
        let kept = Kept { governor: governor.id(), account, region, confidence, evidence };
        self.0.entry((kind, key)).or_default().push(kept);
    }

    fn of<'k>(&'k self, observation: &'k Observation) -> impl Iterator<Item = &'k Kept> {
        let found = keys(observation.kind, &observation.name).into_iter();
        let found = found.filter_map(|key| self.0.get(&(observation.kind, key))).flatten();
        found.filter(|kept| {
            (kept.account.is_none() || kept.account == observation.account)
                && (kept.region.is_none() || kept.region == observation.region)
        })
    }
}

/// Kinds of which nothing else of the linking reads each one.
const BESIDES: &[Kind] = &[
    Kind::HttpVpcLink,
    Kind::TrustStore,
    Kind::EcsCluster,
    Kind::Subscription,
    Kind::BucketNotifications,
    Kind::BucketPolicy,
    Kind::ManagedPolicy,
    Kind::HostedZone,
    Kind::RecordSet,
    Kind::CloudflareZone,
    Kind::DnsRecord,
    Kind::InstanceProfile,
];

impl Linker<'_> {
    /// Reads every state and stack, and then the kinds that are not read with the locations.
    pub(super) fn read_keepers<S: ObservationSource>(&mut self, source: &S) -> Result<(), S::Error> {
        let current = current_states(source)?;
        source.visit(Kind::TerraformResource, None, &mut |instance| {
            let (state, _) = place_in_state(&instance.name);
            if current.contains(state) {
                self.kept_by_state(&instance);
            }
        })?;
        source.visit(Kind::StackResource, None, &mut |resource| self.kept_by_stack(&resource))?;
        for kind in BESIDES {
            source.visit(*kind, None, &mut |observation| self.govern(&observation))?;
        }
        Ok(())
    }

    fn kept_by_state(&mut self, instance: &Observation) {
        let attributes = instance.body.get("Attributes").and_then(Value::as_object).into_iter().flatten();
        let attributes: BTreeMap<&str, &str> =
            attributes.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
        let meant = text(&instance.body, "Type").and_then(|of| name_in_state(of, &attributes));
        let Some(meant) = meant else { return };
        let (state, address) = place_in_state(&instance.name);
        let governor = governor(TERRAFORM, state, Some(address));
        self.keepers.add(meant, &governor, evidence(instance, "/Attributes"));
    }

    fn kept_by_stack(&mut self, resource: &Observation) {
        let body = &resource.body;
        let (Some(account), Some(region)) = (&resource.account, &resource.region) else { return };
        let said = (text(body, "ResourceType"), text(body, "PhysicalResourceId"), text(body, "StackId"));
        let (Some(of), Some(physical), Some(stack)) = said else { return };
        let Some(meant) = name_in_stack(of, physical, StackPlace { account, region }) else { return };
        let governor = governor(CLOUDFORMATION, stack, text(body, "LogicalResourceId"));
        self.keepers.add(meant, &governor, evidence(resource, "/PhysicalResourceId"));
    }

    /// Says of an observation in whose keeping it is. What stands in a file is what somebody wants, and in nobody's.
    pub(super) fn govern(&mut self, observation: &Observation) {
        let view = View::of(observation);
        if view.is_file() {
            return;
        }
        let from = id_of(observation).unwrap_or_else(|| observation.id.to_string());
        let edge = |to: String, confidence, evidence| Edge {
            from: from.clone(),
            to,
            kind: EdgeKind::GovernedBy,
            direction: None,
            confidence,
            evidence,
        };
        let kept = self.keepers.of(observation);
        let mut edges: Vec<Edge> =
            kept.map(|kept| edge(kept.governor.clone(), kept.confidence, kept.evidence.clone())).collect();
        edges.extend(by_tags(&view).map(|(governor, at)| edge(governor.id(), Confidence::Stated, view.evidence(&at))));
        self.edges.extend(edges);
    }
}

/// The state files that count: of several copies of one state, by its lineage, the newest; of equal ones the first.
fn current_states<S: ObservationSource>(source: &S) -> Result<BTreeSet<String>, S::Error> {
    let mut states: BTreeMap<String, (Option<String>, u64)> = BTreeMap::new();
    source.visit(Kind::TerraformResource, None, &mut |instance| {
        let (state, _) = place_in_state(&instance.name);
        states.entry(state.to_owned()).or_insert_with(|| {
            let about = &instance.body["State"];
            (text(about, "Lineage").map(str::to_owned), about.get("Serial").and_then(Value::as_u64).unwrap_or_default())
        });
    })?;
    let mut newest: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for (state, (lineage, serial)) in &states {
        let Some(lineage) = lineage else { continue };
        let known = newest.entry(lineage).or_insert((*serial, state));
        if known.0 < *serial {
            *known = (*serial, state);
        }
    }
    let is_current = |state: &String, lineage: &Option<String>| {
        lineage.as_deref().and_then(|lineage| newest.get(lineage)).is_none_or(|(_, current)| current == state)
    };
    Ok(states
        .iter()
        .filter(|(state, (lineage, _))| is_current(state, lineage))
        .map(|(state, _)| state.clone())
        .collect())
}

/// The file and the address of an instance.
fn place_in_state(name: &str) -> (&str, &str) {
    name.rsplit_once('#').unwrap_or((name, ""))
}

/// The stack that tags name (CloudFormation user guide, "Resource tag"). A fingerprint names nothing.
fn by_tags(view: &View<'_>) -> Option<(Governor, String)> {
    let tags = view.tags();
    let tag = |key: &str| tags.get(key).copied().filter(|value| !Redacted::is_in(value));
    let stack = tag("aws:cloudformation:stack-id").or_else(|| tag("aws:cloudformation:stack-name"))?;
    Some((governor(CLOUDFORMATION, stack, tag("aws:cloudformation:logical-id")), tags_at(view)))
}

/// Where tags stand.
fn tags_at(view: &View<'_>) -> String {
    let fields = ["tags", "Tags", "tagSet", "TagSet", "TagList"];
    fields.into_iter().find(|field| view.element.get(*field).is_some()).map(step).unwrap_or_default()
}

fn governor(tool: &str, owner: &str, address: Option<&str>) -> Governor {
    Governor { tool: tool.to_owned(), owner: owner.to_owned(), address: address.map(str::to_owned) }
}

fn evidence(observation: &Observation, path: &str) -> Evidence {
    Evidence { observation: observation.id.clone(), path: path.to_owned() }
}

fn text<'v>(body: &'v Value, field: &str) -> Option<&'v str> {
    body.get(field).and_then(Value::as_str)
}
