//! From what a person wrote and what was observed to the plan that is sealed.

use crate::blank::{blanks, is_blank};
use crate::bounds::out_of_bounds;
use crate::evidence::{longest_kept, same_question, through_what_moves};
use crate::finalised::{DEFAULT_SOAK, LONGEST_SOAK};
use crate::hand_over_build::{self, HandOverError};
use crate::spec::{GateSpec, ShiftSpec, WaveSpec};
use crate::strategy::StrategyError;
use crate::through::through;
use crate::{Drivers, Gate, PlanHash, Shift, Stage, Step, Undo, WavePlan};
use caravan_inventory::WorkloadId;
use caravan_providers::target::{ClusterWorkTarget, HttpRouteTarget, Probe, Snapshot, Target, Through};
use std::collections::{BTreeMap, BTreeSet};

/// Why a wave can't be planned as it is written.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BuildError {
    /// The wave's name can't be part of a file's and a run's name.
    #[error("`{0}` is no name of a wave: lower-case letters, digits and dashes, at most 40")]
    WaveName(String),
    /// A draft's blank was left.
    #[error("shift {shift}: {field} is not filled in")]
    Blank {
        /// The number of the shift, from 1.
        shift: usize,
        /// The field.
        field: &'static str,
    },
    /// The stages can't be gone through.
    #[error("shift {shift}: stages must rise from 0 to 100, and so must not be {stages:?}")]
    Stages {
        /// The number of the shift, from 1.
        shift: usize,
        /// The shares that were written.
        stages: Vec<u8>,
    },
    /// An approval before a stage that there is not.
    #[error("shift {shift}: there is no stage of {percent} % to approve")]
    Approval {
        /// The number of the shift, from 1.
        shift: usize,
        /// The share that was written.
        percent: u8,
    },
    /// Nobody could tell whether a side is healthy.
    #[error("shift {shift}: the {side} side has no probe, so nobody could tell whether it is well")]
    Unprobed {
        /// The number of the shift, from 1.
        shift: usize,
        /// `old` or `new`.
        side: &'static str,
    },
    /// A probe of the new side that is also one of the old side.
    #[error(
        "shift {shift}: `probes.new[{new}]` asks the very same as `probes.old[{old}]`, so that it can't tell the sides apart"
    )]
    SameQuestion {
        /// The number of the shift, from 1.
        shift: usize,
        /// The place of the new side's probe, from 0.
        new: usize,
        /// The place of the old side's probe, from 0.
        old: usize,
    },
    /// A probe that is asked through the rule that moves: at 100 % both sides would be the new one, and what fails on both is no
    /// failure of it.
    #[error(
        "shift {shift}: `{probe}` asks through the load balancer whose rule moves: at 100 % the old side would be the new one, and \
         nothing would be taken back"
    )]
    ThroughWhatMoves {
        /// The number of the shift, from 1.
        shift: usize,
        /// The probe, as in `probes.old[0]`.
        probe: String,
    },
    /// A bake that ends before those users have come who still keep what stood there before.
    #[error(
        "shift {shift}: `gate.bake` is {bake} s, and resolvers may keep an answer of {target} for {kept} s: each stage would \
         be over before all its users have come"
    )]
    ShortBake {
        /// The number of the shift, from 1.
        shift: usize,
        /// The target.
        target: Box<Target>,
        /// Seconds that were written.
        bake: u32,
        /// Seconds that resolvers may keep an answer, of what stands there now or in any stage.
        kept: u32,
        /// Whether it is what stands there now that they may keep so long.
        of_now: bool,
    },
    /// A soak that ends before those users have come who still keep what stood there before, or that nobody sits out.
    #[error(
        "`soak` is {soak} s, and must be at least {least} s, for which resolvers may keep an answer, and at most {most} s"
    )]
    Soak {
        /// Seconds that were written.
        soak: u32,
        /// Seconds that it must be at least.
        least: u32,
        /// Seconds that it may be at most.
        most: u32,
    },
    /// A number or text that would make the shift unsafe, or that could never pass.
    #[error("shift {shift}: `{field}` must be {wanted}")]
    OutOfBounds {
        /// The number of the shift, from 1.
        shift: usize,
        /// The field of the wave.
        field: &'static str,
        /// What it may be.
        wanted: &'static str,
    },
    /// A draft's blanks were left in a hand-over.
    #[error("hand-over {hand_over}, of {workload}: not filled in: `{}`", fields.join("`, `"))]
    BlankHandOver {
        /// The number of the hand-over, from 1.
        hand_over: usize,
        /// Whose work it is.
        workload: WorkloadId,
        /// The fields: `start[0].cron-job.cluster`.
        fields: Vec<String>,
    },
    /// A name that no object in a cluster can have: it would be a part of the address that is asked.
    #[error(
        "{of}: `{name}` is no name of Kubernetes: small letters, digits and `-`, in a name also `.`, with a letter or a digit at both ends"
    )]
    BadName {
        /// What it is of: `shift 1`.
        of: String,
        /// The name.
        name: String,
    },
    /// The hand-over can't be made as it is written, or of what stands there.
    #[error("hand-over {hand_over}: {source}")]
    HandOver {
        /// The number of the hand-over, from 1.
        hand_over: usize,
        /// Why it can not.
        source: HandOverError,
    },
    /// A wave that moves nothing.
    #[error("the wave has no shift: there is nothing to seal")]
    NoShift,
    /// Two shifts would write to one target.
    #[error("shift {shift}: {target} is already changed by an earlier shift")]
    Twice {
        /// The number of the shift, from 1.
        shift: usize,
        /// The target.
        target: Box<Target>,
    },
    /// Nobody has observed the target.
    #[error("shift {shift}: {target} was not observed")]
    Unobserved {
        /// The number of the shift, from 1.
        shift: usize,
        /// The target.
        target: Box<Target>,
    },
    /// The strategy can't make this shift.
    #[error("shift {shift}, {target}")]
    Strategy {
        /// The number of the shift, from 1.
        shift: usize,
        /// The target.
        target: Box<Target>,
        /// Why the strategy can not.
        #[source]
        source: StrategyError,
    },
}

impl BuildError {
    /// The number of the shift that it is about, from 1; none when it is about the wave.
    #[must_use]
    pub const fn shift(&self) -> Option<usize> {
        match self {
            Self::Blank { shift, .. }
            | Self::Stages { shift, .. }
            | Self::Approval { shift, .. }
            | Self::Unprobed { shift, .. }
            | Self::SameQuestion { shift, .. }
            | Self::ThroughWhatMoves { shift, .. }
            | Self::ShortBake { shift, .. }
            | Self::OutOfBounds { shift, .. }
            | Self::Twice { shift, .. }
            | Self::Unobserved { shift, .. }
            | Self::Strategy { shift, .. } => Some(*shift),
            _ => None,
        }
    }
}

/// Builds the plan of a wave. `observed` gives the snapshot that stands at a target now; `drivers` is what holds when the
/// spec does not say.
///
/// # Errors
/// [`BuildError`]: the first thing that is wrong.
pub fn build(
    spec: &WaveSpec,
    observed: impl Fn(&Target) -> Option<Snapshot>,
    drivers: Drivers,
    parent: Option<PlanHash>,
) -> Result<WavePlan, BuildError> {
    check_name(&spec.wave)?;
    check_filled_in(spec)?;
    if spec.shifts.is_empty() && spec.hand_overs.is_empty() {
        return Err(BuildError::NoShift);
    }
    let mut taken = BTreeSet::new();
    let mut steps = Vec::new();
    let mut longest = 1;
    for (at, shift) in spec.shifts.iter().enumerate() {
        let number = at + 1;
        check(number, shift)?;
        let target = shift.strategy.target();
        if !taken.insert(target.kind().identity()) {
            return Err(BuildError::Twice { shift: number, target: Box::new(target) });
        }
        let original = observed(&target)
            .ok_or_else(|| BuildError::Unobserved { shift: number, target: Box::new(target.clone()) })?;
        let snapshots = shift
            .strategy
            .split()
            .stages(&original, &shift.stages)
            .map_err(|source| BuildError::Strategy { shift: number, target: Box::new(target.clone()), source })?;
        let bake = shift.gate.bake;
        longest = longest.max(longest_kept(&target, &original, &snapshots).unwrap_or(0));
        if let Some(kept) = longest_kept(&target, &original, &snapshots).filter(|kept| bake < *kept) {
            let of_now = longest_kept(&target, &original, &[]) == Some(kept);
            return Err(BuildError::ShortBake { shift: number, target: Box::new(target), bake, kept, of_now });
        }
        steps.push(Step::Shift(shift_of(shift, target, original, snapshots)));
    }
    for (hand_over, number) in spec.hand_overs.iter().zip(1..) {
        let wrong = |source| BuildError::HandOver { hand_over: number, source };
        for target in hand_over.targets() {
            if !taken.insert(target.kind().identity()) {
                return Err(wrong(HandOverError::Twice(Box::new(target))));
            }
        }
        steps.push(Step::HandOver(hand_over_build::build(hand_over, &observed).map_err(wrong)?));
    }
    let soak = spec.soak.unwrap_or(DEFAULT_SOAK.max(longest));
    if !(longest..=LONGEST_SOAK.max(longest)).contains(&soak) {
        return Err(BuildError::Soak { soak, least: longest, most: LONGEST_SOAK });
    }
    Ok(WavePlan {
        schema: WavePlan::SCHEMA.to_owned(),
        wave: spec.wave.clone(),
        parent,
        drivers: spec.drivers.unwrap_or(drivers),
        on_failure: spec.on_failure,
        soak_ms: u64::from(soak) * 1000,
        clusters: BTreeMap::new(),
        routes: BTreeMap::new(),
        rules: BTreeMap::new(),
        steps,
    })
}

/// Whether a person has filled in what a draft left to them, with names that there can be: before that nothing is asked of anybody.
///
/// # Errors
/// [`BuildError::Blank`], [`BuildError::BlankHandOver`], [`BuildError::BadName`]: the first shift or hand-over with one.
pub fn check_filled_in(spec: &WaveSpec) -> Result<(), BuildError> {
    for (shift, number) in spec.shifts.iter().zip(1..) {
        if let Some(field) = blank(shift) {
            return Err(BuildError::Blank { shift: number, field });
        }
        check_names(&format!("shift {number}"), &shift.strategy.target())?;
    }
    for (hand_over, number) in spec.hand_overs.iter().zip(1..) {
        let fields = blanks(hand_over);
        if !fields.is_empty() {
            let workload = hand_over.workload.clone();
            return Err(BuildError::BlankHandOver { hand_over: number, workload, fields });
        }
        for target in hand_over.targets() {
            check_names(&format!("hand-over {number}"), &target)?;
        }
    }
    Ok(())
}

/// Source: Kubernetes, "Object Names and IDs": a namespace is a label (RFC 1123), an object a subdomain.
fn check_names(of: &str, target: &Target) -> Result<(), BuildError> {
    let (namespace, name) = match target {
        Target::Route(HttpRouteTarget { namespace, name, .. })
        | Target::ClusterWork(ClusterWorkTarget { namespace, name, .. }) => (namespace, name),
        _ => return Ok(()),
    };
    let is_label = |text: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let ends = text.bytes().next().is_some_and(inner) && text.bytes().last().is_some_and(inner);
        ends && text.len() <= 63 && text.bytes().all(|byte| inner(byte) || byte == b'-')
    };
    let bad = |name: &str| Err(BuildError::BadName { of: of.to_owned(), name: name.to_owned() });
    if !is_label(namespace) {
        return bad(namespace);
    }
    if name.len() > 253 || !name.split('.').all(is_label) {
        return bad(name);
    }
    Ok(())
}

/// Whether a text can be a wave's name: it becomes part of the names of files.
///
/// # Errors
/// [`BuildError::WaveName`].
pub fn check_name(wave: &str) -> Result<(), BuildError> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if (1..=40).contains(&wave.len()) && wave.bytes().all(fits) && !wave.starts_with('-') {
        Ok(())
    } else {
        Err(BuildError::WaveName(wave.to_owned()))
    }
}

fn check(number: usize, shift: &ShiftSpec) -> Result<(), BuildError> {
    let stages = &shift.stages;
    let rises = stages.windows(2).all(|pair| pair[0] < pair[1]);
    if !rises || stages.len() < 2 || stages.first() != Some(&0) || stages.last() != Some(&100) {
        return Err(BuildError::Stages { shift: number, stages: stages.clone() });
    }
    if let Some(percent) = shift.approve.iter().find(|percent| !stages.contains(percent)) {
        return Err(BuildError::Approval { shift: number, percent: *percent });
    }
    for (side, probes) in [("old", &shift.probes.old), ("new", &shift.probes.new)] {
        if probes.is_empty() {
            return Err(BuildError::Unprobed { shift: number, side });
        }
    }
    if let Some((field, wanted)) = out_of_bounds(shift) {
        return Err(BuildError::OutOfBounds { shift: number, field, wanted });
    }
    if let Some((new, old)) = same_question(&shift.probes) {
        return Err(BuildError::SameQuestion { shift: number, new, old });
    }
    if let Some(probe) = through_what_moves(shift) {
        return Err(BuildError::ThroughWhatMoves { shift: number, probe });
    }
    Ok(())
}

/// The first blank that a draft left and nobody filled in.
fn blank(shift: &ShiftSpec) -> Option<&'static str> {
    if shift.strategy.split().is_blank() {
        return Some("where the new side is (`strategy`)");
    }
    let mut probes = shift.probes.old.iter().chain(&shift.probes.new);
    let is_left =
        |probe: &crate::spec::ProbeSpec| [&probe.address, &probe.host, &probe.path].map(|text| is_blank(text));
    probes.any(|probe| is_left(probe).contains(&true)).then_some("a probe's address, host or path")
}

fn shift_of(spec: &ShiftSpec, target: Target, original: Snapshot, snapshots: Vec<Snapshot>) -> Shift {
    let ms = |seconds: u32| u64::from(seconds) * 1000;
    let GateSpec { bake, every, rounds, unknown } = spec.gate;
    let gate = Gate { bake_ms: ms(bake), every_ms: ms(every), rounds, unknown };
    let stages = spec.stages.iter().zip(snapshots).map(|(percent, snapshot)| Stage {
        percent: *percent,
        snapshot,
        approval: spec.approve.contains(percent),
        gate,
        undo: Undo::Reversible { leaves: leaves(&target, *percent) },
    });
    let stages: Vec<Stage> = stages.collect();
    let standing: Vec<(u8, &Snapshot)> = stages.iter().map(|stage| (stage.percent, &stage.snapshot)).collect();
    let (old, new) = through(&target, &original, stages.last().map(|last| &last.snapshot));
    let probes = |probes: &[crate::spec::ProbeSpec], through: Vec<Through>| {
        let mut probes: Vec<Probe> = probes.iter().map(crate::spec::ProbeSpec::probe).collect();
        // One of them is enough: whenever a side is asked, all of its probes are.
        probes.first_mut().into_iter().for_each(|probe| probe.through.clone_from(&through));
        probes
    };
    Shift {
        workload: spec.workload.clone(),
        manual_rollback: target.kind().manual_rollback(&original, &standing),
        target,
        original,
        stages,
        paused_controllers: spec.paused_controllers.clone(),
        old: probes(&spec.probes.old, old),
        new: probes(&spec.probes.new, new),
        analysis: spec.analysis.into(),
        in_flight: spec.in_flight,
    }
}

/// What stays behind when a stage is taken back (K5).
fn leaves(target: &Target, percent: u8) -> Vec<String> {
    let mut leaves = Vec::new();
    if percent > 0 {
        leaves.push("writes and sessions that the new side took".to_owned());
    }
    leaves.extend(target.kind().leaves().iter().map(|text| (*text).to_owned()));
    leaves
}
