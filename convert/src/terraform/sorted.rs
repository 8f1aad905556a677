//! Which module each resource stands in, and what stands in none.

use super::LeftOut;
use super::kinds::{self, Carried, Context, Neighbours};
use super::owner::{is_adopted, owner};
use super::place::{Location, ModuleName, Part, label};
use super::resource::{Elsewhere, SharedResource};
use caravan_inventory::{Decisions, ObservationKind as Kind, Question};
use std::collections::{BTreeMap, BTreeSet};

/// Where a resource stands, and what became of it there.
pub(super) struct Place {
    pub(super) module: ModuleName,
    pub(super) file: &'static str,
    pub(super) location: Location,
    /// Or why it is not taken over.
    pub(super) carried: Result<Carried, String>,
}

/// All resources.
#[derive(Default)]
pub(super) struct Sorted<'a> {
    pub(super) placed: Vec<(&'a SharedResource, Place)>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) questions: Vec<Question>,
}

/// Gives every resource its place.
pub(super) fn sort<'a>(resources: &'a [SharedResource], decisions: &Decisions) -> Sorted<'a> {
    let mut sorted = Sorted::default();
    let mut placed = Vec::new();
    for resource in resources {
        match find(resource, decisions) {
            Ok(place) => placed.push((resource, place)),
            Err(Nowhere { reason, question }) => {
                sorted.left_out.push(LeftOut { id: resource.id.clone(), reason });
                sorted.questions.extend(question.map(|question| *question));
            }
        }
    }
    let alone = |resource: &SharedResource, place: &Found| carry(resource, place, &Neighbours::new());
    // Whoever can't be taken over can't be referred to.
    let modules = neighbours(placed.iter().filter(|(resource, place)| alone(resource, place).is_ok()));
    let redrives = redrives(resources);
    for (resource, place) in placed {
        let none = Neighbours::new();
        let others = modules.get(&place.module).unwrap_or(&none);
        let fits = |(arn, _): &(&String, &String)| !leads_to(&redrives, arn, &resource.observation.name);
        let others = others.iter().filter(fits).map(|(arn, address)| (arn.clone(), address.clone())).collect();
        let carried = carry(resource, &place, &others);
        let Found { module, sort, location } = place;
        sorted.placed.push((resource, Place { module, file: sort.file, location, carried }));
    }
    sorted
}

/// A place.
struct Found {
    module: ModuleName,
    sort: kinds::Sort,
    location: Location,
}

/// Why there is none.
struct Nowhere {
    reason: String,
    question: Option<Box<Question>>,
}

impl Nowhere {
    fn asked(question: Box<Question>) -> Self {
        let reason = "nobody has answered the question about it: `caravan decide` lists it".to_owned();
        Self { reason, question: Some(question) }
    }
}

fn find(resource: &SharedResource, decisions: &Decisions) -> Result<Found, Nowhere> {
    let because = |reason: String| Nowhere { reason, question: None };
    let kind = resource.observation.kind;
    let sort =
        kinds::sort(kind).ok_or_else(|| because(format!("no Terraform is written for {} yet", kind.as_str())))?;
    let location = resource.location().map_err(because)?;
    match resource.elsewhere() {
        Some(Elsewhere::Certain(why)) => return Err(because(why)),
        Some(Elsewhere::Likely(why)) => take_over(resource, &why, decisions)?,
        None => {}
    }
    let owner = owner(resource, decisions).map_err(Nowhere::asked)?;
    Ok(Found { module: ModuleName { owner, part: Part::Adopt }, sort, location })
}

/// What looks as if another state owned it is taken over when a person says so.
fn take_over(resource: &SharedResource, why: &str, decisions: &Decisions) -> Result<(), Nowhere> {
    if is_adopted(resource, why, decisions).map_err(Nowhere::asked)? {
        return Ok(());
    }
    Err(Nowhere { reason: format!("another state owns it, as decisions.yaml says: {why}"), question: None })
}

fn carry(resource: &SharedResource, place: &Found, neighbours: &Neighbours) -> Result<Carried, String> {
    (place.sort.carry)(&Context { resource, location: &place.location, neighbours })
}

/// What may be referred to in each module.
fn neighbours<'a>(placed: impl Iterator<Item = &'a (&'a SharedResource, Found)>) -> BTreeMap<ModuleName, Neighbours> {
    let mut modules: BTreeMap<ModuleName, Neighbours> = BTreeMap::new();
    for (resource, place) in placed {
        if let Some(kind) = kinds::referred(resource.observation.kind) {
            let address = format!("{kind}.{}", label(&resource.name, &place.location, false));
            let module = modules.entry(place.module.clone()).or_default();
            module.insert(resource.observation.name.clone(), address);
        }
    }
    modules
}

/// Which queue gives its dead letters to which.
fn redrives(resources: &[SharedResource]) -> BTreeMap<&str, &str> {
    let queues = resources.iter().filter(|one| one.observation.kind == Kind::Queue);
    queues
        .filter_map(|one| {
            let pointer = "/Attributes/RedrivePolicy/deadLetterTargetArn";
            Some((one.observation.name.as_str(), one.observation.body.pointer(pointer)?.as_str()?))
        })
        .collect()
}

/// Whether the dead letters of one queue come to another: then the second can't refer to the first, since Terraform
/// refuses circles.
fn leads_to(redrives: &BTreeMap<&str, &str>, from: &str, to: &str) -> bool {
    let (mut at, mut seen) = (from, BTreeSet::new());
    loop {
        if at == to {
            return true;
        }
        match redrives.get(at) {
            Some(next) if seen.insert(*next) => at = next,
            _ => return false,
        }
    }
}
