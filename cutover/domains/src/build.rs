//! From a hostname in the inventory to the plan of its move, or to what is missing for one.

use crate::settings::{AuthoritySettings, EdgeSettings, MoveSettings};
use crate::{
    Authority, CustomerRecord, Edges, Lead, MovePlan, OwnRecord, PlanError, Proof, Refusal, Window, lead_of, objects,
};
use caravan_cutover_engine::Moment;
use caravan_inventory::{AccountId, Domain, Inspection, Records};
use caravan_plans::domains::list::moments;
use caravan_plans::domains::{Class, DomainPolicy, Flag, FlagKind, Ours, classify, flags};
use caravan_providers::target::{RecordSet, RecordSetsTarget, SettledBy, Snapshot, Target};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Let's Encrypt's directory, and that of its staging side, begin so: it gives open orders again.
const LETS_ENCRYPT: [&str; 2] =
    ["https://acme-v02.api.letsencrypt.org/", "https://acme-staging-v02.api.letsencrypt.org/"];

/// A public zone of ours in Route 53.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OwnZone {
    /// Its account.
    pub account: AccountId,
    /// Its id.
    pub id: String,
    /// Its name, without a trailing dot.
    pub name: String,
}

/// Everything that a plan is made of.
#[derive(Clone, Copy, Debug)]
pub struct MoveInput<'a> {
    /// The hostname, as it was looked up.
    pub domain: &'a Domain,
    /// All hostnames that the inventory has: what one's record leads to, others' may, too.
    pub all: &'a [Domain],
    /// What is ours.
    pub ours: &'a Ours,
    /// Our zones in Route 53.
    pub zones: &'a [OwnZone],
    /// `domains` in `caravan.yaml`.
    pub policy: &'a DomainPolicy,
    /// `moves` in `caravan.yaml`.
    pub settings: &'a MoveSettings,
    /// The port on which the old edge answers over TLS.
    pub old_port: u16,
    /// The time.
    pub now: Timestamp,
}

/// Why a hostname can't be moved now, and what to do.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BuildRefusal {
    /// It has no class.
    #[error("it has no class: {0}")]
    NoClass(String),
    /// Its class goes another way.
    #[error(transparent)]
    Class(#[from] Refusal),
    /// What was looked up of it is no ground to move it on.
    #[error("{kind}: {text}")]
    Flagged {
        /// The flag.
        kind: &'static str,
        /// What it says.
        text: String,
    },
    /// A setting is missing.
    #[error("`{0}` in caravan.yaml is not said")]
    Unsaid(&'static str),
    /// The name can't be proven.
    #[error(
        "its `{challenge}` leads into no zone of ours in Route 53, so that its certificate can't be ordered before it moves: the \
         customer's document says what to enter there"
    )]
    Unproven {
        /// The name.
        challenge: String,
    },
    /// No zone of ours holds what would be changed.
    #[error("no zone of ours in Route 53 holds {0}")]
    NoZone(String),
    /// Others lead where it does.
    #[error("{name} is what {others} lead to as well: to change it would move them, too")]
    Shared {
        /// The record.
        name: String,
        /// The other hostnames.
        others: String,
    },
    /// The record is of a kind that is not changed.
    #[error("the record of {name} {why}")]
    Record {
        /// Its name.
        name: String,
        /// What is in the way.
        why: &'static str,
    },
    /// The values can't hold.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

/// What of the record of ours has to be read before there can be a plan; none where the customer changes theirs.
///
/// # Errors
/// [`BuildRefusal`].
pub fn record_to_read(input: MoveInput<'_>) -> Result<Option<RecordSetsTarget>, BuildRefusal> {
    let (class, _, records) = input.seen()?;
    if !lead_of(class)? {
        return Ok(None);
    }
    let name = match class {
        Class::B => input.stable_name(records)?,
        _ => input.domain.name.as_str().to_owned(),
    };
    if records.https {
        return Err(BuildRefusal::Record {
            name,
            why: "has an HTTPS record beside it, which can hold clients to the old edge",
        });
    }
    input.target(&name, &["A", "AAAA", "CNAME"]).map(Some)
}

/// The plan of a move. `record` is what stands at [`record_to_read`] now, `run` a name that no other run has.
///
/// # Errors
/// [`BuildRefusal`].
pub fn build_move(input: MoveInput<'_>, record: Option<&Snapshot>, run: &str) -> Result<MovePlan, BuildRefusal> {
    let (_, look, records) = input.seen()?;
    let AuthoritySettings { directory, has_limits, .. } =
        input.settings.authority.as_ref().ok_or(BuildRefusal::Unsaid("moves.authority"))?;
    let edge = input.settings.edge.as_ref().ok_or(BuildRefusal::Unsaid("moves.edge"))?;
    if input.policy.addresses.is_empty() {
        return Err(BuildRefusal::Unsaid("domains.addresses"));
    }
    let lead = match record_to_read(input)? {
        Some(target) => input.own(target, record)?,
        None => input.customers(records)?,
    };
    let name = input.domain.name.as_str();
    let window = input.domain.request.as_ref().and_then(|request| moments(request.window.as_deref()?));
    let plan = MovePlan {
        run: run.to_owned(),
        name: name.to_owned(),
        lead,
        names: vec![name.to_owned()],
        authority: Authority {
            directory: directory.clone(),
            gives_open_orders_again: LETS_ENCRYPT.iter().any(|own| directory.starts_with(own)),
            // Those of the staging side are others, and far away.
            has_limits: has_limits.unwrap_or_else(|| directory.starts_with(LETS_ENCRYPT[0])),
        },
        proof: Proof::Dns(Target::Records(input.challenge(look)?)),
        edges: input.edges(records, edge),
        window: window.map(|window| Window { from: moment(window.begin), until: moment(window.end) }),
        times: input.settings.times.into(),
        failed_before: Vec::new(),
        own_zones: Some(input.zones.iter().map(|zone| zone.name.clone()).collect()),
    };
    plan.check()?;
    Ok(plan)
}

fn moment(at: Timestamp) -> Moment {
    Moment(u64::try_from(at.as_millisecond()).unwrap_or_default())
}

impl<'a> MoveInput<'a> {
    /// The class and what was looked up, where that is ground to move on.
    fn seen(self) -> Result<(Class, &'a Inspection, &'a Records), BuildRefusal> {
        let class = classify(self.domain, self.ours).class.map_err(BuildRefusal::NoClass)?;
        let closing = |flag: &Flag| {
            matches!(flag.kind, FlagKind::Stale | FlagKind::ServersDiffer | FlagKind::NotDelegated | FlagKind::Wildcard)
        };
        if let Some(flag) = flags(self.domain, self.ours, self.policy, self.now).into_iter().find(closing) {
            return Err(BuildRefusal::Flagged { kind: flag.kind.as_str(), text: flag.text });
        }
        let look = self.domain.inspection.as_ref();
        let seen = look.and_then(|look| Some((look, look.records.found()?)));
        let (look, records) = seen.ok_or_else(|| BuildRefusal::NoClass("its records are not known".to_owned()))?;
        Ok((class, look, records))
    }

    /// The zone of ours in Route 53 that holds a name: the one with the longest name.
    fn zone(self, name: &str) -> Option<&'a OwnZone> {
        let holds = |zone: &&OwnZone| {
            name == zone.name || name.strip_suffix(&zone.name).is_some_and(|rest| rest.ends_with('.'))
        };
        self.zones.iter().filter(holds).max_by_key(|zone| zone.name.len())
    }

    fn target(self, name: &str, types: &[&str]) -> Result<RecordSetsTarget, BuildRefusal> {
        let zone = self.zone(name).ok_or_else(|| BuildRefusal::NoZone(name.to_owned()))?;
        Ok(RecordSetsTarget {
            account: zone.account.clone(),
            zone: zone.id.clone(),
            name: format!("{name}."),
            types: types.iter().map(|kind| (*kind).to_owned()).collect(),
            settled_by: SettledBy::NameServers,
        })
    }

    /// The stable name of ours that a customer's alias leads to, if nobody else leads there.
    fn stable_name(self, records: &Records) -> Result<String, BuildRefusal> {
        let leads = |records: &'a Records| records.chain.iter().map(|alias| alias.target.as_str());
        let name = records.chain.iter().map(|alias| &alias.target).find(|target| self.zone(target).is_some());
        let name = name.ok_or_else(|| BuildRefusal::NoZone("what it is an alias of".to_owned()))?;
        let others: Vec<&str> = self
            .all
            .iter()
            .filter(|other| other.name != self.domain.name)
            .filter(|other| {
                let records = other.inspection.as_ref().and_then(|look| look.records.found());
                records.is_some_and(|records| leads(records).any(|target| target == name))
            })
            .map(|other| other.name.as_str())
            .collect();
        if others.is_empty() {
            return Ok(name.clone());
        }
        Err(BuildRefusal::Shared { name: name.clone(), others: others.join(", ") })
    }

    /// The record of ours, with every value that it will have.
    fn own(self, target: RecordSetsTarget, record: Option<&Snapshot>) -> Result<Lead, BuildRefusal> {
        let name = target.name.trim_end_matches('.').to_owned();
        let refused = |why| BuildRefusal::Record { name: name.clone(), why };
        let Some(Snapshot::Records(original)) = record else { return Err(refused("was not read")) };
        if original.is_empty() {
            return Err(refused("is not there"));
        }
        let is_simple = |set: &RecordSet| {
            set.set_identifier.is_none() && set.weight.is_none() && set.health_check.is_none() && set.other.is_empty()
        };
        if !original.iter().all(is_simple) {
            return Err(refused("is shared by weights or another routing policy: it is shifted by a wave"));
        }
        let ttl = self.settings.ttl;
        let longest = original.iter().filter_map(|set| set.ttl).max().unwrap_or(ttl);
        let lowered = original.iter().map(|set| RecordSet { ttl: set.ttl.map(|old| old.min(ttl)), ..set.clone() });
        let lowered: Vec<RecordSet> = lowered.collect();
        let is_apex = self.zones.iter().any(|zone| zone.name == name);
        let moved = |ttl: u32| Snapshot::Records(self.moved_sets(&target.name, is_apex, ttl));
        Ok(Lead::Ours(Box::new(OwnRecord {
            lowered: (lowered != *original).then_some(Snapshot::Records(lowered)),
            moved: moved(longest.min(ttl)),
            settled: moved(longest),
            original: Snapshot::Records(original.clone()),
            original_ttl: u64::from(longest) * 1_000,
            lowered_ttl: u64::from(longest.min(ttl)) * 1_000,
            target: Target::Records(target),
        })))
    }

    /// To the new edge: an alias of its name, or at the top of a zone its addresses.
    fn moved_sets(self, name: &str, is_apex: bool, ttl: u32) -> Vec<RecordSet> {
        let set = |kind: &str, values: Vec<String>| RecordSet {
            name: name.to_owned(),
            kind: kind.to_owned(),
            ttl: Some(ttl),
            values,
            ..RecordSet::default()
        };
        if let Some(edge) = self.policy.edge.as_ref().filter(|_| !is_apex) {
            return vec![set("CNAME", vec![format!("{edge}.")])];
        }
        let of = |four: bool| {
            let addresses = self.policy.addresses.iter().filter(move |address| address.is_ipv4() == four);
            addresses.map(ToString::to_string).collect::<Vec<_>>()
        };
        [("A", of(true)), ("AAAA", of(false))]
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(kind, values)| set(kind, values))
            .collect()
    }

    /// What the customer's name servers answer at both edges.
    fn customers(self, records: &Records) -> Result<Lead, BuildRefusal> {
        let addresses = || records.addresses.iter().filter(|one| one.address.is_ipv4());
        let (old, ttl) = match records.chain.first() {
            Some(alias) => (BTreeSet::from([alias.target.clone()]), alias.ttl),
            None => {
                let old = addresses().map(|one| one.address.to_string()).collect();
                (old, addresses().map(|one| one.ttl).max().unwrap_or_default())
            }
        };
        let addresses = self.policy.addresses.iter().filter(|address| address.is_ipv4()).map(ToString::to_string);
        let new = addresses.chain(self.policy.edge.clone()).collect();
        Ok(Lead::Customer(CustomerRecord { old, new, ttl: u64::from(ttl) * 1_000 }))
    }

    /// Where the answer to the challenge is put: at `_acme-challenge` below the name, or where that leads.
    fn challenge(self, look: &Inspection) -> Result<RecordSetsTarget, BuildRefusal> {
        let challenge = format!("_acme-challenge.{}", self.domain.name.as_str());
        let leads = look.challenge.found().and_then(Option::as_deref).map(str::to_owned);
        let unproven = BuildRefusal::Unproven { challenge: challenge.clone() };
        self.target(&leads.unwrap_or(challenge), &["TXT"]).map_err(|_| unproven)
    }

    fn edges(self, records: &Records, edge: &EdgeSettings) -> Edges {
        let at = |address: &std::net::IpAddr, port: u16| std::net::SocketAddr::new(*address, port).to_string();
        let secret = format!("{}-tls", objects::name_of(self.domain.name.as_str()));
        Edges {
            old: records.addresses.iter().map(|one| at(&one.address, self.old_port)).collect(),
            new: self.policy.addresses.iter().map(|address| at(address, edge.port)).collect(),
            path: edge.path.clone(),
            status: edge.status,
            cluster: edge.cluster.clone(),
            namespace: edge.namespace.clone(),
            objects: objects::of(self.domain.name.as_str(), edge, &secret),
            secret,
        }
    }
}
