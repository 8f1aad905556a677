//! What the inventory knows of the surroundings of what a wave moves: target groups that keep their users or speak another
//! protocol than the probes, zones that nobody can ask, and rules and names that share what is moved.

use crate::Estate;
use crate::leading::{leading_to, plain, targets};
use crate::rule_body::{groups, groups_for};
use crate::spec::{ProbeSpec, ShiftSpec, WaveSpec};
use crate::strategy::Strategy;
use crate::strategy::alb::AlbSpec;
use crate::strategy::route53::Route53Spec;
use caravan_inventory::Observation;
use caravan_providers::target::{RecordSet, SettledBy, dns_name, quoted};
use serde_json::Value;
use std::collections::BTreeSet;

/// Why a wave can't be sealed over what the inventory knows.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SurroundingsError {
    /// A target group keeps its users, whatever the weights say.
    #[error(
        "shift {shift}: target group {group} keeps users by a cookie (stickiness.enabled), so that users stay on a side whatever \
         its share says"
    )]
    Sticky {
        /// The number of the shift, from 1.
        shift: usize,
        /// The target group's ARN.
        group: String,
        /// The command that ends it.
        command: String,
    },
    /// A side speaks gRPC, and a probe asks it for a page.
    #[error(
        "shift {shift}: target group {group} speaks gRPC, and `probes.{side}[{probe}]` asks by GET, which it can't answer"
    )]
    AsksByGet {
        /// The number of the shift, from 1.
        shift: usize,
        /// `old` or `new`.
        side: &'static str,
        /// The place of the probe, from 0.
        probe: usize,
        /// The target group's ARN.
        group: String,
    },
    /// A private zone has no name servers that could be asked.
    #[error(
        "shift {shift}: zone {zone} is private and has no name servers that could be asked whether a change has settled"
    )]
    PrivateZone {
        /// The number of the shift, from 1.
        shift: usize,
        /// The hosted zone's id.
        zone: String,
    },
    /// Another name follows the health of the one that is moved, which is answered in any health while both sides stand there.
    #[error(
        "shift {shift}: {follower} follows the health of {name} (EvaluateTargetHealth), which is answered in any health while \
         both sides stand there: it would fail over no more"
    )]
    HealthFollowed {
        /// The number of the shift, from 1.
        shift: usize,
        /// The name that is moved.
        name: String,
        /// The name that follows it.
        follower: String,
        /// The command that ends it.
        command: String,
    },
    /// Something else shares what is moved, and the wave does not say that this is known.
    #[error("shift {shift}: what is moved is shared: {}", .shared.iter().map(|shared| shared.why.as_str()).collect::<Vec<_>>().join("; "))]
    Shared {
        /// The number of the shift, from 1.
        shift: usize,
        /// What shares it.
        shared: Vec<Shared>,
    },
}

/// Something else that shares what a shift moves.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shared {
    /// Its name: a record's name, the ARN of a rule, a listener or a target group.
    pub name: String,
    /// What becomes of it, for a person.
    pub why: String,
}

impl SurroundingsError {
    /// The number of the shift that it is about, from 1.
    #[must_use]
    pub const fn shift(&self) -> usize {
        match self {
            Self::Sticky { shift, .. }
            | Self::AsksByGet { shift, .. }
            | Self::PrivateZone { shift, .. }
            | Self::HealthFollowed { shift, .. }
            | Self::Shared { shift, .. } => *shift,
        }
    }
}

/// Holds a wave against what the inventory knows. What it does not know is no reason to refuse.
///
/// # Errors
/// [`SurroundingsError`]: the first thing that is wrong.
pub fn check_surroundings(spec: &WaveSpec, estate: &Estate) -> Result<(), SurroundingsError> {
    spec.shifts.iter().zip(1..).try_for_each(|(shift, number)| {
        check_groups(number, shift, estate)?;
        if let Strategy::Route53(records) = &shift.strategy
            && records.settled_by == SettledBy::NameServers
            && is_private(estate, &records.zone)
        {
            return Err(SurroundingsError::PrivateZone { shift: number, zone: records.zone.clone() });
        }
        if let Strategy::Route53(records) = &shift.strategy
            && let Some((follower, command)) = follower(records, estate)
        {
            return Err(SurroundingsError::HealthFollowed {
                shift: number,
                name: dns_name(&records.name),
                follower,
                command,
            });
        }
        let mut shared = shared_with(shift, &spec.shifts, estate);
        shared.retain(|shared| !shift.shared_with.contains(&shared.name));
        if shared.is_empty() { Ok(()) } else { Err(SurroundingsError::Shared { shift: number, shared }) }
    })
}

/// Whether the inventory knows a zone as private.
pub(crate) fn is_private(estate: &Estate, zone: &str) -> bool {
    let found = estate.hosted_zones.iter().find(|seen| bare_zone(&seen.name) == bare_zone(zone));
    found.is_some_and(|seen| seen.body["Config"]["PrivateZone"] == true)
}

/// A zone's id without the path that some answers put before it.
fn bare_zone(zone: &str) -> &str {
    zone.trim_start_matches("/hostedzone/")
}

/// What else shares what a shift moves, and is not moved by a shift of its own.
pub(crate) fn shared_with(shift: &ShiftSpec, all: &[ShiftSpec], estate: &Estate) -> Vec<Shared> {
    match &shift.strategy {
        Strategy::Route53(records) => of_name(records, all, estate),
        Strategy::Alb(rule) => of_rule(rule, all, estate),
        // No inventory has a cluster's routes.
        Strategy::Route(_) => Vec::new(),
    }
}

/// Names that lead to a name go where it goes, and so does whatever is behind the same name by its path.
fn of_name(records: &Route53Spec, all: &[ShiftSpec], estate: &Estate) -> Vec<Shared> {
    let name = dns_name(&records.name);
    let is_moved = |other: &str| {
        all.iter().any(|shift| matches!(&shift.strategy, Strategy::Route53(spec) if dns_name(&spec.name) == other))
    };
    let sets: Vec<RecordSet> = estate.record_sets.iter().filter_map(|seen| RecordSet::read(&seen.body).ok()).collect();
    let names = leading_to(&name, sets.iter())
        .into_iter()
        .filter(|name| !is_moved(name))
        .map(|other| Shared { why: format!("{other} leads to {name} and moves with it"), name: other });
    let all_groups = groups_of_name(records, estate);
    let first = all_groups.first().cloned();
    let others = all_groups.into_iter().skip(1).map(|group| Shared {
        why: format!(
            "{name} leads to {group} as well as to {}, by other rules: both move",
            first.as_deref().unwrap_or_default()
        ),
        name: group,
    });
    names.chain(others).chain(other_zones(records, all, estate)).collect()
}

/// Other hosted zones in which the name stands as well, or that have the zone's own name beside it: who is answered from there goes
/// where they went, and of two public ones only one is delegated.
fn other_zones(records: &Route53Spec, all: &[ShiftSpec], estate: &Estate) -> Vec<Shared> {
    let (name, zone) = (dns_name(&records.name), bare_zone(&records.zone));
    let is_moved = |other: &str| {
        all.iter().any(|shift| {
            matches!(&shift.strategy, Strategy::Route53(spec) if dns_name(&spec.name) == name && bare_zone(&spec.zone) == other)
        })
    };
    let zone_name = |seen: &Observation| seen.body["Name"].as_str().map(dns_name);
    let own = estate.hosted_zones.iter().find(|seen| bare_zone(&seen.name) == zone).and_then(zone_name);
    let twins = estate.hosted_zones.iter().filter(|seen| {
        own.is_some() && zone_name(seen) == own && !is_private(estate, &seen.name) && !is_private(estate, zone)
    });
    let holds = estate.record_sets.iter().filter(|seen| RecordSet::read(&seen.body).is_ok_and(|set| set.name == name));
    let holding: BTreeSet<&str> = holds.filter_map(|seen| Some(bare_zone(seen.name.split_once('/')?.0))).collect();
    let found: BTreeSet<&str> = twins.map(|seen| bare_zone(&seen.name)).chain(holding.iter().copied()).collect();
    let others = found.into_iter().filter(|other| *other != zone && !is_moved(other));
    others
        .map(|other| {
            let kind = if is_private(estate, other) { "private" } else { "public" };
            let why = match holding.contains(other) {
                true => format!(
                    "{name} stands in the {kind} zone {other} as well: who is answered from there does not move"
                ),
                false => format!("the public zone {other} has the same name as {zone}: only one of them is asked"),
            };
            Shared { name: other.to_owned(), why }
        })
        .collect()
}

/// A name whose alias follows the health of a name that has one, and the command by which it no longer does. A set beside
/// another of weight 0 asks for no health (see the strategy), so that whoever follows it would never see it unhealthy.
fn follower(records: &Route53Spec, estate: &Estate) -> Option<(String, String)> {
    let name = dns_name(&records.name);
    let read = |seen: &Observation| RecordSet::read(&seen.body).ok();
    let has_health =
        |set: &RecordSet| set.health_check.is_some() || set.alias.as_ref().is_some_and(|alias| alias.evaluate_health);
    if !estate.record_sets.iter().filter_map(read).any(|set| set.name == name && has_health(&set)) {
        return None;
    }
    let follows = |set: &RecordSet| set.alias.as_ref().is_some_and(|alias| alias.evaluate_health && alias.name == name);
    let seen =
        estate.record_sets.iter().find(|seen| read(seen).is_some_and(|set| set.name != name && follows(&set)))?;
    let zone = seen.name.split_once('/').map_or(records.zone.as_str(), |(zone, _)| zone);
    let mut body = seen.body.clone();
    body["AliasTarget"]["EvaluateTargetHealth"] = false.into();
    let batch = serde_json::json!({"Changes": [{"Action": "UPSERT", "ResourceRecordSet": body}]});
    let batch = quoted(&batch.to_string());
    let command = format!("aws route53 change-resource-record-sets --hosted-zone-id {zone} --change-batch {batch}");
    Some((read(seen)?.name, command))
}

/// The target groups to which the load balancer that a name leads to sends what comes for it.
fn groups_of_name(records: &Route53Spec, estate: &Estate) -> Vec<String> {
    let name = dns_name(&records.name);
    let zone = bare_zone(&records.zone);
    let in_zone = |seen: &&Observation| seen.name.split_once('/').is_some_and(|(at, _)| at == zone);
    let sets = estate.record_sets.iter().filter(in_zone).filter_map(|seen| RecordSet::read(&seen.body).ok());
    let leads_to: BTreeSet<String> = sets.filter(|set| set.name == name).flat_map(|set| targets(&set)).collect();
    let is_led_to =
        |seen: &&Observation| seen.body["DNSName"].as_str().is_some_and(|balancer| leads_to.contains(&plain(balancer)));
    let host = name.trim_end_matches('.');
    let balancers = estate.load_balancers.iter().filter(is_led_to);
    let found: BTreeSet<String> = balancers.flat_map(|seen| groups_for(estate, &seen.name, host)).collect();
    found.into_iter().collect()
}

/// Other rules that forward to the same target group go on doing so.
fn of_rule(moved: &AlbSpec, all: &[ShiftSpec], estate: &Estate) -> Vec<Shared> {
    let is_moved =
        |arn: &str| all.iter().any(|shift| matches!(&shift.strategy, Strategy::Alb(spec) if spec.rule == arn));
    let every = || estate.rules.iter().filter(|rule| rule.body["IsDefault"] != true).chain(&estate.listeners);
    let Some(rule) = every().find(|seen| seen.name == moved.rule) else { return Vec::new() };
    let old = groups(&rule.body);
    let shares =
        |other: &&Observation| !is_moved(&other.name) && groups(&other.body).iter().any(|group| old.contains(group));
    let others = every().filter(shares).map(|other| other.name.clone());
    others
        .map(|name| Shared { why: format!("{name} forwards to the same target group and goes on doing so"), name })
        .chain(estate.entries.iter().filter_map(|seen| deploys_by(seen, &moved.rule, &old)))
        .collect()
}

/// A service whose deployments write the weights of a rule, or of what leads to its target groups: ECS by itself (blue/green, linear,
/// canary: ECS API, `AdvancedConfiguration` of a service's load balancers, names the rule), or CodeDeploy, whose pair of target groups
/// the service names.
fn deploys_by(seen: &Observation, rule: &str, groups: &[String]) -> Option<Shared> {
    let balancers = seen.body["loadBalancers"].as_array()?;
    let is_named = |one: &Value| {
        ["productionListenerRule", "testListenerRule"].iter().any(|field| one["advancedConfiguration"][*field] == rule)
    };
    let is_of_pair = |one: &Value| {
        let named = [&one["targetGroupArn"], &one["advancedConfiguration"]["alternateTargetGroupArn"]];
        named.into_iter().filter_map(Value::as_str).any(|arn| groups.iter().any(|group| group == arn))
    };
    let by_code_deploy = seen.body["deploymentController"]["type"] == "CODE_DEPLOY" && balancers.iter().any(is_of_pair);
    let who = match (balancers.iter().any(is_named), by_code_deploy) {
        (true, _) => "ECS",
        (_, true) => "CodeDeploy",
        _ => return None,
    };
    let name = seen.name.clone();
    Some(Shared {
        why: format!(
            "{name} is deployed by {who} over this very rule: its next deployment writes the weights; let none begin while the wave runs"
        ),
        name,
    })
}

fn check_groups(number: usize, shift: &ShiftSpec, estate: &Estate) -> Result<(), SurroundingsError> {
    let by_arn = |arn: &str| estate.target_groups.iter().find(|group| group.name == arn);
    let (old, new): (Vec<String>, Vec<String>) = match &shift.strategy {
        Strategy::Alb(rule) => {
            let mut all = estate.rules.iter().chain(&estate.listeners);
            let seen = all.find(|seen| seen.name == rule.rule);
            (seen.map(|seen| groups(&seen.body)).unwrap_or_default(), vec![rule.new.clone()])
        }
        Strategy::Route53(records) => (groups_of_name(records, estate), Vec::new()),
        Strategy::Route(_) => (Vec::new(), Vec::new()),
    };
    if let Strategy::Alb(rule) = &shift.strategy
        && let Some(group) = old.iter().chain(&new).find(|arn| by_arn(arn).is_some_and(is_sticky))
    {
        let region = &rule.region;
        let command = format!(
            "aws elbv2 modify-target-group-attributes --region {region} --target-group-arn {group} --attributes \
             Key=stickiness.enabled,Value=false"
        );
        return Err(SurroundingsError::Sticky { shift: number, group: group.clone(), command });
    }
    for (side, groups, probes) in [("old", &old, &shift.probes.old), ("new", &new, &shift.probes.new)] {
        let speaks_grpc = |arn: &&String| by_arn(arn).is_some_and(|group| group.body["ProtocolVersion"] == "GRPC");
        let by_get = |probe: &ProbeSpec| probe.grpc.is_none();
        if let (Some(group), Some(probe)) = (groups.iter().find(speaks_grpc), probes.iter().position(by_get)) {
            return Err(SurroundingsError::AsksByGet { shift: number, side, probe, group: group.clone() });
        }
    }
    Ok(())
}

fn is_sticky(group: &Observation) -> bool {
    let says = |attribute: &Value| attribute["Key"] == "stickiness.enabled" && attribute["Value"] == "true";
    group.body["Attributes"].as_array().is_some_and(|attributes| attributes.iter().any(says))
}
