//! Waves on disk, what people write and what was sealed of it; and what the inventory holds for them.

use crate::error::{Failure, FailureKind, read_text};
use crate::governed::{self, Keeping};
use crate::permit::WritePermit;
use crate::{files, paths, yaml};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::{Observation, ObservationId, ObservationKind, Provider, Scope, Unit, UnitState};
use caravan_inventory_store::{Store, StoreError};
use caravan_plans::strategy::StrategyError;
use caravan_plans::{BuildError, Estate, FILL_IN, HandOverError, Sealed, SurroundingsError, WavePlan, WaveSpec};
use caravan_providers::target::{EcsServiceTarget, Target, TargetLocation};
use std::collections::BTreeSet;

/// Where a wave stands as people write it.
pub(crate) fn spec_path(dir: &Utf8Path, wave: &str) -> Utf8PathBuf {
    paths::within(dir, &format!("{}/wave-{wave}.yaml", paths::PLANS))
}

/// Where a sealed plan stands.
pub(crate) fn sealed_path(dir: &Utf8Path, sealed: &Sealed) -> Utf8PathBuf {
    let name = format!("{}/sealed/{}-{}.json", paths::PLANS, sealed.plan().wave, short(sealed.hash().as_str()));
    paths::within(dir, &name)
}

/// The first digits of a hash: enough for people.
pub(crate) fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}

/// Reads a wave as people wrote it.
///
/// # Errors
/// A configuration failure that names file and line; a usage failure when there is none.
pub(crate) fn load(dir: &Utf8Path, wave: &str) -> Result<WaveSpec, Failure> {
    let path = spec_path(dir, wave);
    if let Ok(false) = path.try_exists() {
        return Err(Failure::new(FailureKind::Usage, format!("there is no wave `{wave}`: {path} is missing"))
            .hint(format!("`caravan plan draft {wave} --workload ID` proposes one")));
    }
    let spec: WaveSpec = yaml::parse(&path, &read_text(&path, FailureKind::Configuration)?)?;
    if spec.wave != wave {
        let text = format!("{path}: wave: `{}` is not the file's `{wave}`", spec.wave);
        return Err(Failure::new(FailureKind::Configuration, text));
    }
    Ok(spec)
}

/// The names of the waves that people have written.
///
/// # Errors
/// When their folder can't be read.
pub(crate) fn written(dir: &Utf8Path) -> Result<Vec<String>, Failure> {
    let folder = paths::within(dir, paths::PLANS);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let unreadable = |error| Failure::caused(FailureKind::Work, error).context(format!("can't read {folder}"));
    let mut names = Vec::new();
    for entry in folder.read_dir_utf8().map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let wave = entry.file_name().strip_prefix("wave-").and_then(|name| name.strip_suffix(".yaml"));
        names.extend(wave.map(str::to_owned));
    }
    names.sort();
    Ok(names)
}

/// What a wave is built over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Over {
    /// What the inventory has observed.
    Inventory,
    /// What is observed now.
    Live,
}

impl Over {
    /// As `--live` says it.
    pub(crate) const fn of(live: bool) -> Self {
        if live { Self::Live } else { Self::Inventory }
    }
}

/// A failure to build a wave, with the file, the shift and its workload, and what to do about a blank.
pub(crate) fn in_file(dir: &Utf8Path, spec: &WaveSpec, over: Over, failure: Failure) -> Failure {
    let path = spec_path(dir, &spec.wave);
    let (hints, shift) = match (failure.error.downcast_ref::<BuildError>(), failure.error.downcast_ref()) {
        (Some(error), _) => (remedies(&path, &spec.wave, over, error), error.shift()),
        (None, Some(error)) => (remedies_around(&path, spec, over, error), Some(SurroundingsError::shift(error))),
        (None, None) => return failure,
    };
    let shift = shift.and_then(|number| Some((number, spec.shifts.get(number.checked_sub(1)?)?)));
    let place = match shift {
        Some((number, shift)) => format!("{path}: shift {number}, of {}", shift.workload),
        None => path.to_string(),
    };
    hints.into_iter().fold(failure.context(place), Failure::hint)
}

/// What to do about a wave that is refused: the field to change, and each command as it can be pasted.
fn remedies(path: &Utf8Path, wave: &str, over: Over, error: &BuildError) -> Vec<String> {
    let again = again(wave, over);
    match error {
        BuildError::Blank { .. } => vec![format!(
            "write it into {path}; or, of a name, move that file away and draft anew: caravan plan draft {wave} --workload ID \
             --new-alias ZONE/NAME"
        )],
        BuildError::SameQuestion { new, .. } => {
            vec![format!("let `address` of `probes.new[{new}]` in {path} be where the new side itself answers"), again]
        }
        BuildError::ThroughWhatMoves { probe, .. } => vec![
            format!("let `address` of `{probe}` in {path} be where that side itself answers, past the load balancer"),
            again,
        ],
        BuildError::ShortBake { kept, of_now: false, .. } => {
            vec![format!("write `bake: {kept}` under `gate:`, or a lower `ttl` under `new:`, into {path}"), again]
        }
        BuildError::ShortBake { target, kept, of_now: true, .. } => {
            let bake = format!("write `bake: {kept}` under `gate:` into {path}");
            let lower = format!("or lower the TTL of {target}, and wait for as long as it was");
            [bake, lower].into_iter().chain(anew(over)).chain([again]).collect()
        }
        BuildError::Soak { least, most, .. } => {
            vec![format!("write `soak:` with {least} to {most} seconds into {path}, or leave it out"), again]
        }
        // No inventory has what stands in a cluster.
        BuildError::HandOver { source: HandOverError::Unobserved(_), .. } if over == Over::Inventory => {
            vec![format!("observe its owners now: caravan plan seal {wave} --live")]
        }
        // No inventory has what stands in a cluster.
        BuildError::BlankHandOver { .. } => {
            vec![format!("write what `{FILL_IN}` stands for into {path}"), self::again(wave, Over::Live)]
        }
        // No inventory has a cluster's routes: they are observed when the wave is sealed.
        BuildError::Strategy { target, source: StrategyError::Sticky { command, .. }, .. }
            if matches!(target.kind().location(), TargetLocation::Cluster(_)) =>
        {
            vec![format!("this ends it: {command}"), format!("then: caravan plan seal {wave} --live")]
        }
        BuildError::Strategy { source: StrategyError::Sticky { command, .. }, .. } => {
            [format!("this ends it: {command}")].into_iter().chain(anew(over)).chain([again]).collect()
        }
        BuildError::Strategy { source: StrategyError::SameSide(_), .. } => {
            vec![format!("write where the new side is under `strategy:` into {path}"), again]
        }
        _ => Vec::new(),
    }
}

/// What to do about a wave that the inventory speaks against, likewise.
fn remedies_around(path: &Utf8Path, spec: &WaveSpec, over: Over, error: &SurroundingsError) -> Vec<String> {
    let again = again(&spec.wave, over);
    match error {
        // What stands around a target is known from the inventory alone.
        SurroundingsError::Sticky { command, .. } | SurroundingsError::HealthFollowed { command, .. } => {
            vec![format!("this ends it: {command}"), OBSERVED_ANEW.to_owned(), again]
        }
        SurroundingsError::AsksByGet { side, probe, .. } => vec![
            format!("write `grpc: \"\"` in the place of `path` and `status` of `probes.{side}[{probe}]` into {path}"),
            again,
        ],
        SurroundingsError::PrivateZone { .. } => {
            vec![format!("write `settled_by: provider` under `route53:` into {path}"), again]
        }
        SurroundingsError::Shared { shift, shared } => {
            let said = spec.shifts.get(shift - 1).map(|shift| shift.shared_with.as_slice()).unwrap_or_default();
            let all = said.iter().chain(shared.iter().map(|shared| &shared.name));
            // Names may begin with `*`: in quotes they are texts in YAML.
            let names: Vec<String> = all.map(|name| format!("{name:?}")).collect();
            vec![format!("if that is meant, write `shared_with: [{}]` into {path}", names.join(", ")), again]
        }
    }
}

/// How the inventory learns that something was changed.
const OBSERVED_ANEW: &str = "then observe it anew: caravan discover";

/// How what was changed at the target itself is known; nothing where it is observed anyway.
fn anew(over: Over) -> Option<String> {
    (over == Over::Inventory).then(|| OBSERVED_ANEW.to_owned())
}

fn again(wave: &str, over: Over) -> String {
    let live = if over == Over::Live { " --live" } else { "" };
    format!("then: caravan plan seal {wave}{live}")
}

/// Writes a wave for people to change. One that is there already is never overwritten.
///
/// `why` stands above it, one comment for each line.
///
/// # Errors
/// A usage failure when there is one already; else when the disk does not take it.
pub(crate) fn save(
    dir: &Utf8Path,
    spec: &WaveSpec,
    why: &[String],
    permit: &WritePermit,
) -> Result<Utf8PathBuf, Failure> {
    let path = spec_path(dir, &spec.wave);
    if path.exists() {
        return Err(Failure::new(FailureKind::Usage, format!("{path} is there already"))
            .hint("change it, or move it away to have it drafted anew"));
    }
    let text = serde_yaml::to_string(spec)
        .map_err(|error| Failure::caused(FailureKind::Work, error).context(format!("can't write {path}")))?;
    let head = format!(
        "# Proposed by `caravan plan draft`. Change it as you like; `caravan plan seal {}` seals it.\n",
        spec.wave
    );
    // Ids and reasons come from files and clouds: none may end its comment.
    let why: String = why.iter().map(|line| format!("# {}\n", line.replace(char::is_control, " "))).collect();
    write(&path, format!("{head}{why}{text}").as_bytes(), permit)?;
    Ok(path)
}

/// Writes a file below `plans/`, and its folder.
///
/// # Errors
/// When the disk does not take it.
#[expect(clippy::disallowed_methods, reason = "the command line writes the files that it was asked for")]
pub(crate) fn write(path: &Utf8Path, bytes: &[u8], _permit: &WritePermit) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| files::failure(folder, error))?;
    }
    files::replace(path, bytes)
}

/// What a draft reads.
///
/// # Errors
/// Those of reading.
pub(crate) fn estate(store: &Store) -> Result<Estate, StoreError> {
    Ok(Estate {
        record_sets: standing(store, ObservationKind::RecordSet)?,
        rules: observed(store, ObservationKind::ListenerRule)?,
        listeners: observed(store, ObservationKind::Listener)?,
        load_balancers: observed(store, ObservationKind::LoadBalancer)?,
        target_groups: observed(store, ObservationKind::TargetGroup)?,
        certificates: certificates(store)?,
        hosted_zones: standing(store, ObservationKind::HostedZone)?,
        entries: entries(store)?,
        closed: Vec::new(),
    })
}

/// Those that a cloud answered: what only a file tells of stands in no zone that could be written to.
fn standing(store: &Store, kind: ObservationKind) -> Result<Vec<Observation>, StoreError> {
    Ok(observed(store, kind)?.into_iter().filter(|seen| !seen.is_of_file()).collect())
}

fn certificates(store: &Store) -> Result<Vec<Observation>, StoreError> {
    let mut all = observed(store, ObservationKind::Certificate)?;
    all.extend(observed(store, ObservationKind::ListenerCertificates)?);
    Ok(all)
}

fn entries(store: &Store) -> Result<Vec<Observation>, StoreError> {
    let mut all = Vec::new();
    for kind in caravan_plans::ENTRIES {
        all.extend(observed(store, kind)?);
    }
    Ok(all)
}

fn observed(store: &Store, kind: ObservationKind) -> Result<Vec<Observation>, StoreError> {
    let mut all = Vec::new();
    store.observations_by_kind::<StoreError>(kind, None, None, |observation| {
        all.push(observation);
        Ok(())
    })?;
    Ok(all)
}

/// The lists that a wave was read from and that are not complete, by name.
///
/// # Errors
/// Those of reading.
pub(crate) fn incomplete(store: &Store, plan: &WavePlan) -> Result<Vec<String>, StoreError> {
    let lists: BTreeSet<(Scope, String)> = plan.targets().filter_map(lists_of).collect();
    let concerns = |unit: &Unit| {
        let Some(scope) = unit.scope() else { return false };
        let is_around = AROUND.iter().any(|service| unit.api.starts_with(service));
        lists.iter().any(|(of_target, service)| {
            (scope == *of_target && unit.api.starts_with(service.as_str()))
                || (is_around && scope.provider == of_target.provider && scope.account == of_target.account)
        })
    };
    let units = store.latest_units()?;
    let incomplete = units.iter().filter(|unit| unit.state != UnitState::Complete && concerns(unit));
    Ok(incomplete.map(|unit| unit.id.to_string()).collect())
}

/// Whose keeping the targets of a wave are in, a line for people of each: from its first step on the wave differs from what
/// these say.
///
/// # Errors
/// Those of reading.
pub(crate) fn kept_elsewhere(store: &Store, plan: &WavePlan) -> Result<Vec<String>, StoreError> {
    let keeping = Keeping::read(store)?;
    let mut said = Vec::new();
    for target in plan.targets() {
        for (_, governors) in observed_of(target).iter().flat_map(|id| keeping.of_each(id)) {
            let keepers = governed::listed(governors);
            said.push(format!(
                "{target} is in other hands: {keepers}. From the first step on it differs from what stands there, and \
                 the next run there puts it back: hold these runs until the wave is finished, then write there what has \
                 become of it"
            ));
        }
    }
    Ok(said)
}

/// The ids of the observations that a target is; those of record sets without the identifiers that some have.
fn observed_of(target: &Target) -> Vec<String> {
    let begin = |kind: ObservationKind, scope: &Scope, name: &str| ObservationId::of(kind, scope, name).to_string();
    match target {
        Target::Records(records) => {
            let scope = Scope::global(Provider::Aws, records.account.clone());
            let name = |of: &String| format!("{}/{}/{of}", records.zone, records.name.replace('*', "\\052"));
            records.types.iter().map(|of| begin(ObservationKind::RecordSet, &scope, &name(of))).collect()
        }
        Target::ListenerRule(rule) => {
            let kind = if rule.is_listener() { ObservationKind::Listener } else { ObservationKind::ListenerRule };
            let scope = Scope::new(Provider::Aws, rule.account.clone(), rule.region.clone());
            vec![begin(kind, &scope, &rule.arn)]
        }
        Target::EcsService(service) => {
            let scope = Scope::new(Provider::Aws, service.account.clone(), service.region.clone());
            let EcsServiceTarget { account, region, cluster, service } = service;
            let arn = format!("arn:aws:ecs:{region}:{account}:service/{cluster}/{service}");
            vec![begin(ObservationKind::EcsService, &scope, &arn)]
        }
        Target::EventRule(rule) => {
            let scope = Scope::new(Provider::Aws, rule.account.clone(), rule.region.clone());
            let arn = format!("arn:aws:events:{}:{}:rule/{}", rule.region, rule.account, rule.name);
            vec![begin(ObservationKind::EventsRule, &scope, &arn)]
        }
        Target::Route(_) | Target::ClusterWork(_) | Target::SimulatedOwner(_) => Vec::new(),
    }
}

/// What the calls begin with that tell what shares a target, in all of its account.
const AROUND: [&str; 2] = ["route53:", "elasticloadbalancing:"];

/// Which lists describe a target: their scope, and what their calls begin with; none for one that no inventory holds.
fn lists_of(target: &Target) -> Option<(Scope, String)> {
    match target.kind().location() {
        TargetLocation::Account(scope) => Some((scope, format!("{}:", target.kind().budget().api))),
        TargetLocation::Cluster(_) | TargetLocation::Simulation => None,
    }
}
