//! Waves on disk: what people write, and what was sealed of it.

use crate::config::Config;
use crate::error::{Failure, Kind, read_text};
use crate::permit::WritePermit;
use crate::world::RealWorld;
use crate::{files, paths, signals, yaml};
use camino::{Utf8Path, Utf8PathBuf};
use caravan_inventory::target::{Image, Target};
use caravan_inventory::{Observation, ObservationKind, Provider, Scope, Unit, UnitState};
use caravan_inventory_store::Store;
use caravan_plans::{Estate, PlanHash, Sealed, WavePlan, WaveSpec, build, image};
use caravan_providers::{Call, Observer, Reply};
use std::collections::BTreeMap;

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
        return Err(Failure::new(Kind::Usage, format!("there is no wave `{wave}`: {path} is missing"))
            .hint(format!("`caravan plan draft {wave} --workload ID` proposes one")));
    }
    let spec: WaveSpec = yaml::parse(&path, &read_text(&path, Kind::Configuration)?)?;
    if spec.wave != wave {
        let text = format!("{path}: wave: `{}` is not the file's `{wave}`", spec.wave);
        return Err(Failure::new(Kind::Configuration, text));
    }
    Ok(spec)
}

/// Writes a wave for people to change. One that is there already is never overwritten.
///
/// # Errors
/// A usage failure when there is one already; else when the disk does not take it.
pub(crate) fn save(dir: &Utf8Path, spec: &WaveSpec, permit: &WritePermit) -> Result<Utf8PathBuf, Failure> {
    let path = spec_path(dir, &spec.wave);
    if path.exists() {
        return Err(Failure::new(Kind::Usage, format!("{path} is there already"))
            .hint("change it, or move it away to have it drafted anew"));
    }
    let text = serde_yaml::to_string(spec)
        .map_err(|error| Failure::caused(Kind::Work, error).context(format!("can't write {path}")))?;
    let head = format!(
        "# Proposed by `caravan plan draft`. Change it as you like; `caravan plan seal {}` seals it.\n",
        spec.wave
    );
    write(&path, format!("{head}{text}").as_bytes(), permit)?;
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

/// What a draft looks at.
///
/// # Errors
/// Those of reading.
pub(crate) fn estate(store: &Store) -> Result<Estate, Failure> {
    Ok(Estate {
        record_sets: observed(store, ObservationKind::RecordSet)?,
        rules: observed(store, ObservationKind::ListenerRule)?,
        listeners: observed(store, ObservationKind::Listener)?,
        load_balancers: observed(store, ObservationKind::LoadBalancer)?,
        target_groups: observed(store, ObservationKind::TargetGroup)?,
    })
}

fn observed(store: &Store, kind: ObservationKind) -> Result<Vec<Observation>, Failure> {
    let mut all = Vec::new();
    store.observations_by_kind::<Failure>(kind, None, None, |observation| {
        all.push(observation);
        Ok(())
    })?;
    Ok(all)
}

/// The plan of a wave over what the inventory has observed.
///
/// # Errors
/// When the wave can't be planned, or a target was not observed.
pub(crate) fn plan_from_inventory(
    store: &Store,
    spec: &WaveSpec,
    config: &Config,
    parent: Option<PlanHash>,
) -> Result<WavePlan, Failure> {
    let estate = estate(store)?;
    let observed = |target: &Target| image_in(&estate, target);
    let plan = build(spec, observed, config.drivers, parent).map_err(|error| match error {
        unobserved @ caravan_plans::BuildError::Unobserved { .. } => {
            Failure::from(unobserved).hint("run `caravan discover`, or add `--live` to look at the target now")
        }
        other => Failure::from(other),
    })?;
    Ok(plan)
}

/// The image of a target in the inventory; none when it was not observed or can't be read.
fn image_in(estate: &Estate, target: &Target) -> Option<Image> {
    match target {
        Target::Records { zone, name, types, .. } => {
            let here = format!("{zone}/");
            let bodies = estate.record_sets.iter().filter(|set| set.name.starts_with(&here)).map(|set| &set.body);
            let image = image::records(bodies, name, types).ok()?;
            matches!(&image, Image::Records(sets) if !sets.is_empty()).then_some(image)
        }
        Target::ListenerRule { arn, .. } => {
            let observed = estate.rules.iter().chain(&estate.listeners).find(|rule| rule.name == *arn)?;
            image::actions(&observed.body).ok()
        }
        Target::Route { .. } => None,
    }
}

/// The plan of a wave over what stands at its targets right now.
///
/// # Errors
/// When a target can't be looked at, holds the marker of another run, or the wave can't be planned.
pub(crate) fn plan_from_world(
    world: &RealWorld,
    spec: &WaveSpec,
    config: &Config,
    parent: Option<PlanHash>,
) -> Result<WavePlan, Failure> {
    let seen = signals::block_on(look(world, spec))??;
    Ok(build(spec, |target| seen.get(target).cloned(), config.drivers, parent)?)
}

async fn look(world: &RealWorld, spec: &WaveSpec) -> Result<BTreeMap<Target, Image>, Failure> {
    let mut seen = BTreeMap::new();
    for shift in &spec.shifts {
        let target = shift.strategy.target();
        let text = format!("can't look at {target}");
        match world.look(&Call::Observe(target.clone())).await {
            Ok(Reply::Observed { image, marker: None }) => {
                seen.insert(target, image);
            }
            Ok(Reply::Observed { marker: Some(marker), .. }) => {
                return Err(Failure::new(Kind::Work, format!("{target} is in the hands of run {}", marker.run))
                    .hint("release that run or take it back first"));
            }
            Ok(_) => return Err(Failure::new(Kind::Work, text)),
            Err(error) => return Err(Failure::from(error).context(text)),
        }
    }
    Ok(seen)
}

/// Who else writes to the wave's targets by themselves and is not fenced off (K11), one line for each.
///
/// # Errors
/// When somebody can't be asked.
pub(crate) fn unfenced(world: &RealWorld, spec: &WaveSpec) -> Result<Vec<String>, Failure> {
    signals::block_on(async {
        let mut free = Vec::new();
        for shift in &spec.shifts {
            let target = shift.strategy.target();
            let text = format!("can't tell who else writes to {target}");
            let found = match world.look(&Call::Owners(target.clone())).await {
                Ok(Reply::Owned(found)) => found,
                Ok(_) => return Err(Failure::new(Kind::Work, text)),
                Err(error) => return Err(Failure::from(error).context(text)),
            };
            let found = found.iter().filter(|owner| !shift.fenced.contains(&owner.tool));
            free.extend(found.map(|owner| format!("{target} is also written by {owner}: {}", owner.fence())));
        }
        Ok(free)
    })?
}

/// The lists that a wave was read from and that are not complete, by name.
///
/// # Errors
/// Those of reading.
pub(crate) fn incomplete(store: &Store, plan: &WavePlan) -> Result<Vec<String>, Failure> {
    let concerns = |unit: &Unit| {
        plan.shifts.iter().any(|shift| {
            observed_by(&shift.target)
                .is_some_and(|(scope, service)| unit.scope().as_ref() == Some(&scope) && unit.api.starts_with(service))
        })
    };
    let units = store.latest_units()?;
    let incomplete = units.iter().filter(|unit| unit.state != UnitState::Complete && concerns(unit));
    Ok(incomplete.map(|unit| unit.id.to_string()).collect())
}

/// Which lists describe a target: their scope, and what their calls begin with; none for one that no inventory holds.
fn observed_by(target: &Target) -> Option<(Scope, &'static str)> {
    match target {
        Target::Records { account, .. } => Some((Scope::global(Provider::Aws, account.clone()), "route53:")),
        Target::ListenerRule { account, region, .. } => {
            Some((Scope::new(Provider::Aws, account.clone(), region.clone()), "elasticloadbalancing:"))
        }
        Target::Route { .. } => None,
    }
}
