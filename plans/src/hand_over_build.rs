//! From a hand-over as a person wrote it, and what stands at its owners, to the exact snapshot of each switch.

use crate::hand_over_spec::{DeploymentSpec, HandOverSpec, OwnerSpec, ProofSpec};
use crate::spec::ProbeSpec;
use crate::{HandOver, Proof, Switch, Turn, Undo};
use caravan_inventory::AccountId;
use caravan_providers::target::{
    ClusterWork, ClusterWorkTarget, EcsServiceTarget, EventRuleTarget, Firings, Snapshot, Target, TargetLocation,
};
use std::collections::BTreeSet;

/// Why a hand-over can't be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HandOverError {
    /// Nobody stops, or nobody starts.
    #[error("`{0}` names nobody: a hand-over stops an owner at least, and only then starts one at least")]
    Nobody(&'static str),
    /// A number that would make it unsafe, or that could never pass.
    #[error("`{field}` must be {wanted}")]
    OutOfBounds {
        /// The field of the wave.
        field: &'static str,
        /// What it may be.
        wanted: &'static str,
    },
    /// Another step of the wave has the target.
    #[error("{0} is already changed by the wave")]
    Twice(Box<Target>),
    /// Nobody has observed the target.
    #[error("{0} was not observed")]
    Unobserved(Box<Target>),
    /// What is to stop does not work.
    #[error("{0} is not at work, so that it has nothing to hand over")]
    NotAtWork(Box<Target>),
    /// What is to start works already.
    #[error("{0} is at work already: two would be at work at once")]
    AtWork(Box<Target>),
    /// Nobody knows with how many it starts.
    #[error(
        "{0} has no number for afterwards (annotation caravan.dev/replicas-after-hand-over), and `replicas` names none above 0"
    )]
    NoNumber(Box<Target>),
    /// Nobody can tell when it fires.
    #[error("nobody can compute when {target} fires ({by}), so that nobody could tell that it has fired exactly once")]
    NoFirings {
        /// The target.
        target: Box<Target>,
        /// The schedule.
        by: String,
    },
    /// It fires so often that there is no moment at which it could be stopped.
    #[error("{target} fires every {every} s, and is not stopped {before} s before a firing and {after} s after one")]
    TooOften {
        /// The target.
        target: Box<Target>,
        /// The shortest time between two firings, in seconds.
        every: i64,
        /// Seconds before.
        before: i64,
        /// Seconds after.
        after: i64,
    },
    /// The old and the new schedule fire at different times of the day.
    #[error(
        "{old} and {new} fire at different times of the day, so that one would repeat or leave out what the other did"
    )]
    OtherTimes {
        /// The old owner.
        old: Box<Target>,
        /// The new one.
        new: Box<Target>,
    },
    /// It would start what it missed while it was suspended.
    #[error(
        "{target} would start at once what it missed in the last {said}: its startingDeadlineSeconds must be 10 to 300"
    )]
    Deadline {
        /// The target.
        target: Box<Target>,
        /// What stands there.
        said: String,
    },
    /// A rule sets off more, or less, than is started.
    #[error("{target} has {targets} targets, and {started} new owners are started")]
    Targets {
        /// The target.
        target: Box<Target>,
        /// How many targets the rule has.
        targets: usize,
        /// How many owners are started.
        started: usize,
    },
}

/// The hand-over over what stands at its owners now.
pub(crate) fn build(
    spec: &HandOverSpec,
    observed: &impl Fn(&Target) -> Option<Snapshot>,
) -> Result<HandOver, HandOverError> {
    check(spec)?;
    let turned = |(owner, turn): (&OwnerSpec, Turn)| switch(owner, turn, observed);
    let stop = spec.stop.iter().map(|owner| (owner, Turn::Off));
    let all = stop.chain(spec.start.iter().map(|owner| (owner, Turn::On)));
    let switches = all.map(turned).collect::<Result<Vec<_>, _>>()?;
    check_schedules(&switches, spec)?;
    let back = switches.iter().rev();
    let manual_rollback =
        back.flat_map(|switch| switch.target.kind().manual_rollback(&switch.original, &[(100, &switch.snapshot)]));
    let ms = |seconds: u32| u64::from(seconds) * 1000;
    let ProofSpec { every, rounds, within } = spec.proof;
    Ok(HandOver {
        workload: spec.workload.clone(),
        approval: spec.approve,
        proof: Proof { every_ms: ms(every), rounds, longest_ms: ms(within) },
        longest_gap_ms: ms(spec.longest_gap),
        paused_controllers: spec.paused_controllers.clone(),
        new: spec.probes.iter().map(ProbeSpec::probe).collect(),
        in_flight: spec.in_flight,
        manual_rollback: manual_rollback.collect(),
        switches,
    })
}

fn check(spec: &HandOverSpec) -> Result<(), HandOverError> {
    for (side, owners) in [("stop", &spec.stop), ("start", &spec.start)] {
        if owners.is_empty() {
            return Err(HandOverError::Nobody(side));
        }
    }
    let accounts: BTreeSet<AccountId> = spec.targets().filter_map(|target| account(&target)).collect();
    if accounts.len() > 1 {
        let wanted = "owners of one AWS account, whose credentials the manual rollback takes";
        return Err(HandOverError::OutOfBounds { field: "stop", wanted });
    }
    let ProofSpec { every, rounds, within } = spec.proof;
    let bounds = [
        ("proof.every", every, 1..=300, "between 1 and 300 seconds"),
        ("proof.rounds", rounds, 1..=1000, "between 1 and 1000"),
        ("proof.within", within, 10..=86_400, "between 10 seconds and a day"),
        ("longest_gap", spec.longest_gap, 30..=86_400, "between 30 seconds and a day"),
        ("in_flight", spec.in_flight, 10..=3600, "between 10 and 3600 seconds"),
    ];
    match bounds.into_iter().find(|(_, number, bounds, _)| !bounds.contains(number)) {
        Some((field, .., wanted)) => Err(HandOverError::OutOfBounds { field, wanted }),
        None => Ok(()),
    }
}

/// The account that an owner lives in; none for one in a cluster.
fn account(target: &Target) -> Option<AccountId> {
    match target.kind().location() {
        TargetLocation::Account(scope) => Some(scope.account),
        TargetLocation::Cluster(_) | TargetLocation::Simulation => None,
    }
}

/// One owner, stopped or started.
fn switch(
    owner: &OwnerSpec,
    turn: Turn,
    observed: &impl Fn(&Target) -> Option<Snapshot>,
) -> Result<Switch, HandOverError> {
    let target = owner.target();
    let original = observed(&target).ok_or_else(|| HandOverError::Unobserved(Box::new(target.clone())))?;
    let works = matches!(original, Snapshot::Activation { active: true, .. });
    match (turn, works) {
        (Turn::Off, false) => return Err(HandOverError::NotAtWork(Box::new(target))),
        (Turn::On, true) => return Err(HandOverError::AtWork(Box::new(target))),
        (Turn::Off, true) | (Turn::On, false) => {}
    }
    let snapshot = turned(owner, &target, &original, turn);
    let snapshot = snapshot.ok_or_else(|| HandOverError::NoNumber(Box::new(target.clone())))?;
    let leaves = match turn {
        Turn::Off => Vec::new(),
        Turn::On => vec!["the work that the new owner took on".to_owned()],
    };
    Ok(Switch { target, turn, original, snapshot, undo: Undo::Compensated { leaves } })
}

/// The snapshot of an owner that is stopped or started; none where nobody knows with how many it starts.
fn turned(owner: &OwnerSpec, target: &Target, original: &Snapshot, turn: Turn) -> Option<Snapshot> {
    let Snapshot::Activation { settings, .. } = original else { return None };
    match (target, turn) {
        (Target::EventRule(_), _) => {
            Some(Snapshot::Activation { active: turn == Turn::On, settings: settings.clone() })
        }
        (Target::EcsService(_), Turn::Off) => Some(EcsServiceTarget::with_desired(0)),
        (Target::ClusterWork(work), Turn::Off) => work.stopped(original),
        (Target::ClusterWork(work), Turn::On) => {
            let replicas =
                if let OwnerSpec::Deployment(DeploymentSpec { replicas, .. }) = owner { *replicas } else { None };
            work.started(original, replicas)
        }
        // Of a service that stands at 0 nobody knows the number.
        _ => None,
    }
}

/// That each schedule fires exactly once, whoever has it: it can be stopped away from its firings, and whoever takes it on repeats
/// none.
fn check_schedules(switches: &[Switch], spec: &HandOverSpec) -> Result<(), HandOverError> {
    let mut stopped: Vec<(&Target, Firings)> = Vec::new();
    for switch in switches {
        let target = || Box::new(switch.target.clone());
        let Some((firings, edge, by)) = schedule(switch) else { continue };
        let firings = firings.ok_or_else(|| HandOverError::NoFirings { target: target(), by })?;
        let every = firings.closest();
        if every < edge.before + edge.after + 60 {
            let (before, after) = (edge.before, edge.after);
            return Err(HandOverError::TooOften { target: target(), every, before, after });
        }
        if i64::from(spec.longest_gap) > edge.before {
            let wanted = "at most 180 seconds for a schedule, which is not stopped so long before it fires";
            return Err(HandOverError::OutOfBounds { field: "longest_gap", wanted });
        }
        match (switch.turn, &switch.target, &switch.original) {
            (Turn::Off, ..) => stopped.push((&switch.target, firings)),
            (Turn::On, Target::ClusterWork(_), Snapshot::Activation { settings, .. }) => {
                let deadline = &settings["startingDeadlineSeconds"];
                if !deadline.as_i64().is_some_and(|seconds| (10..=300).contains(&seconds)) {
                    let said = deadline.as_i64().map_or_else(|| "days".to_owned(), |seconds| format!("{seconds} s"));
                    return Err(HandOverError::Deadline { target: target(), said });
                }
                if let Some((old, _)) = stopped.iter().find(|(_, old)| !old.has_times_of(&firings)) {
                    return Err(HandOverError::OtherTimes { old: Box::new((*old).clone()), new: target() });
                }
            }
            _ => {}
        }
    }
    let started = switches.iter().filter(|switch| switch.turn == Turn::On).count();
    for switch in switches.iter().filter(|switch| switch.turn == Turn::Off) {
        if let (Target::EventRule(_), Snapshot::Activation { settings, .. }) = (&switch.target, &switch.original) {
            let targets = settings["Targets"].as_array().map_or(0, Vec::len);
            if targets != started {
                let target = Box::new(switch.target.clone());
                return Err(HandOverError::Targets { target, targets, started });
            }
        }
    }
    Ok(())
}

/// When an owner fires, the edge within which it is not stopped, and its schedule in words; none for one that has no schedule.
fn schedule(switch: &Switch) -> Option<(Option<Firings>, caravan_providers::target::Edge, String)> {
    let Snapshot::Activation { settings, .. } = &switch.original else { return None };
    let text = |field: &str| settings[field].as_str().unwrap_or_default().to_owned();
    match &switch.target {
        Target::EventRule(_) => {
            let by = [text("ScheduleExpression"), text("EventPattern")].concat();
            Some((EventRuleTarget::firings(&switch.original), EventRuleTarget::EDGE, by))
        }
        Target::ClusterWork(ClusterWorkTarget { kind: ClusterWork::CronJob, .. }) => {
            let by = format!("{} in {}", text("schedule"), text("timeZone"));
            Some((ClusterWorkTarget::firings(&switch.original), ClusterWorkTarget::EDGE, by))
        }
        _ => None,
    }
}
