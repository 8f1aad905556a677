//! What workloads share, as Terraform: what is there already is taken over as it is, what is missing is added.
//!
//! In: the shared resources of the inventory, with whoever uses them, and the roles that apps take over. Out: root modules
//! below `infrastructure/`, a ledger for each, and every resource that is in none of them, with the reason.
//!
//! What must never happen here: a resource without its `import` block in `adopt`; an argument that was not observed and
//! that Terraform would change (it is left alone, or the resource stays out); a resource that two states own; something
//! that was taken over once and goes away from the files without a `removed` block, since Terraform would destroy it; the
//! value of a secret.

mod auth;
mod draft;
mod fields;
mod hcl;
mod kinds;
mod ledger;
mod made;
mod module;
mod owner;
mod people;
mod place;
mod pods;
mod resource;
mod settings;
mod sorted;
#[cfg(test)]
mod tests;

pub use draft::Unmanaged;
pub use pods::AppRoles;
pub use resource::SharedResource;
pub use settings::TerraformSettings;

use crate::merge::{self, Existing, Merged};
use crate::provenance::Trace;
use crate::{AppAuth, Company, Conflict, Platform, Tree};
use caravan_convert_lift::Counts;
use caravan_inventory::{AccountId, Decisions, EnvironmentName, Question, Redacted};
use fields::Fields;
use hcl::{From, Item};
use ledger::{DocumentAccount, Generated};
use module::Module;
use place::{ModuleName, Part};
use sorted::{Place, Sorted, sort};
use std::collections::{BTreeMap, BTreeSet};

/// What is made into Terraform.
#[derive(Clone, Copy, Debug)]
pub struct SharedEstate<'a> {
    /// What workloads share, sorted by id.
    pub resources: &'a [SharedResource],
    /// The roles that apps take over.
    pub apps: &'a [AppRoles],
    /// The ids of what workloads need and nobody read.
    pub unread: &'a BTreeSet<String>,
    /// What apps need at whoever says who callers are.
    pub auth: &'a [AppAuth],
    /// The account of each environment, where it is known.
    pub accounts: &'a BTreeMap<EnvironmentName, AccountId>,
    /// Who is in which team, where `people.yaml` says it.
    pub people: Option<&'a Company>,
}

/// What became of what is shared.
#[derive(Clone, Debug, Default)]
pub struct SharedConverted {
    /// The files: modules and ledgers. What a human changed and what conflicts is not among them.
    pub files: Tree,
    /// How the fields of all documents ended.
    pub fields: Counts,
    /// How many resources of Terraform are taken over.
    pub adopted: u64,
    /// How many are added.
    pub added: u64,
    /// What is in no module.
    pub left_out: Vec<LeftOut>,
    /// What Terraform is told to leave as it is.
    pub unmanaged: Vec<Unmanaged>,
    /// What only a person can tell.
    pub questions: Vec<Question>,
    /// Files of a human into which what is new could not be brought (C4).
    pub conflicts: Vec<Conflict>,
}

/// Something that is not in Terraform.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct LeftOut {
    /// Its id: of a resource, of a part of one, or `<team>/<app>/<environment>` for the rights of an app.
    pub id: String,
    /// Why, for a person.
    pub reason: String,
}

/// Converts what is shared.
///
/// Same input, same bytes (C3). Either all files of a module are in the tree or, where one of them is in conflict, none:
/// they belong together.
#[must_use]
pub fn convert_shared(
    estate: &SharedEstate<'_>,
    platform: &Platform,
    decisions: &Decisions,
    existing: &dyn Existing,
    trace: Trace,
) -> SharedConverted {
    let mut work = Work::new(estate, platform, existing, trace);
    let sorted = sort(estate.resources, decisions);
    work.adopt(&sorted);
    work.add_rights();
    work.add_auth();
    work.add_people();
    work.leave_out(sorted);
    work.write();
    work.out
}

struct Work<'a> {
    estate: &'a SharedEstate<'a>,
    platform: &'a Platform,
    existing: &'a dyn Existing,
    trace: Trace,
    modules: BTreeMap<ModuleName, (Module, Vec<DocumentAccount>)>,
    /// The index as it stood there.
    known: BTreeSet<String>,
    out: SharedConverted,
}

impl<'a> Work<'a> {
    fn new(estate: &'a SharedEstate<'a>, platform: &'a Platform, existing: &'a dyn Existing, trace: Trace) -> Self {
        let known = match existing.read(ledger::INDEX) {
            Ok(Some(text)) => ledger::read_index(&text),
            Ok(None) | Err(_) => BTreeSet::new(),
        };
        Self { estate, platform, existing, trace, modules: BTreeMap::new(), known, out: SharedConverted::default() }
    }

    /// Takes over what has a place.
    fn adopt(&mut self, sorted: &Sorted<'_>) {
        for (resource, place) in &sorted.placed {
            let Place { module, file, location, carried } = place;
            let (module, documents) = self.modules.entry(module.clone()).or_default();
            let account = |(source, entries): &(_, Vec<_>)| DocumentAccount {
                resource: resource.id.clone(),
                source: caravan_inventory::ObservationId::clone(source),
                entries: entries.clone(),
            };
            match carried {
                Ok(carried) => {
                    let body = module.files.entry(file).or_default();
                    for adopted in &carried.adopted {
                        if !body.is_empty() {
                            body.push(Item::Blank);
                        }
                        body.extend(adopted.items.iter().cloned());
                        module.addresses.insert(adopted.address.clone());
                        module.locations.insert(adopted.location.clone());
                        self.out.unmanaged.extend(adopted.unmanaged.iter().cloned());
                        self.out.adopted += 1;
                    }
                    documents.extend(carried.documents.iter().map(account));
                    for (part, reason) in &carried.refused {
                        let from = observed(part);
                        module.quarantine.push((part.as_str().to_owned(), reason.clone(), from));
                        self.out.left_out.push(LeftOut { id: part.as_str().to_owned(), reason: reason.clone() });
                    }
                }
                Err(reason) => {
                    let from = observed(&resource.observation.id);
                    module.quarantine.push((resource.id.clone(), reason.clone(), from));
                    module.locations.insert(location.clone());
                    let entries = Fields::refused(&resource.observation, reason);
                    documents.push(account(&(resource.observation.id.clone(), entries)));
                    self.out.left_out.push(LeftOut { id: resource.id.clone(), reason: reason.clone() });
                }
            }
        }
    }

    /// Adds the rights of pods.
    fn add_rights(&mut self) {
        for app in self.estate.apps {
            let owner = place::Owner::of_team(&app.team);
            let name = ModuleName { owner, part: Part::New };
            match pods::add(app, self.estate.resources, self.platform) {
                Ok(added) => {
                    let (module, _) = self.modules.entry(name).or_default();
                    let body = module.apps.entry(format!("app-{}", app.app)).or_default();
                    if !body.is_empty() {
                        body.push(Item::Blank);
                    }
                    body.extend(added.body);
                    self.out.added += added.addresses.len() as u64;
                    module.addresses.extend(added.addresses);
                    module.locations.insert(added.location);
                    self.out.unmanaged.extend(added.unmanaged);
                }
                Err(reason) => self.out.left_out.push(LeftOut { id: app.id(), reason }),
            }
        }
    }

    /// Adds what apps need at whoever says who callers are.
    fn add_auth(&mut self) {
        let (estate, platform) = (self.estate, self.platform);
        let SharedConverted { left_out, added, .. } = &mut self.out;
        auth::Work { estate, platform, modules: &mut self.modules, left_out, added }.add();
    }

    /// Adds the groups of `people.yaml`, and who is in them.
    fn add_people(&mut self) {
        let Some(company) = self.estate.people else { return };
        let SharedConverted { left_out, added, .. } = &mut self.out;
        for (system, (module, gaps)) in people::modules(company) {
            *added += module.addresses.len() as u64;
            left_out.extend(gaps);
            let name = ModuleName { owner: place::Owner::People(system), part: Part::New };
            self.modules.insert(name, (module, Vec::new()));
        }
    }

    /// Says what has no place, and what nobody read.
    fn leave_out(&mut self, sorted: Sorted<'_>) {
        self.out.left_out.extend(sorted.left_out);
        self.out.questions.extend(sorted.questions);
        let unread = self.estate.unread.iter().map(|id| LeftOut {
            id: id.clone(),
            reason: "something needs it, and it was not read: `caravan inventory coverage` says what could not be"
                .to_owned(),
        });
        self.out.left_out.extend(unread);
        self.out.left_out.sort();
    }

    fn write(&mut self) {
        let modules = std::mem::take(&mut self.modules);
        let mut names: BTreeSet<String> = self.known.clone();
        names.extend(modules.keys().map(ModuleName::path));
        // Modules of which nothing is left still have to say so.
        let emptied = self.known.iter().filter_map(|path| parse(path)).filter(|name| !modules.contains_key(name));
        let emptied: Vec<_> = emptied.map(|name| (name, Default::default())).collect();
        let emptied = emptied.into_iter().map(|(name, empty)| (name, empty, false));
        for (name, (module, documents), is_kept) in
            modules.into_iter().map(|(name, made)| (name, made, true)).chain(emptied)
        {
            self.out.fields += ledger::counts(&documents);
            self.write_module(&name, module, &documents, is_kept);
        }
        let observations: BTreeMap<&str, _> =
            self.estate.resources.iter().map(|one| (one.id.as_str(), &one.observation.id)).collect();
        let left_out = self.out.left_out.iter();
        let left_out =
            left_out.map(|one| (one.id.as_str(), one.reason.as_str(), observations.get(one.id.as_str()).copied()));
        if names.is_empty() && self.out.left_out.is_empty() {
            return;
        }
        match ledger::write_index(&names, left_out, self.trace) {
            Ok(file) => self.out.files.insert(ledger::INDEX, file),
            Err(error) => self.conflict(ledger::INDEX, error.to_string()),
        }
    }

    /// Writes a module; `is_kept` unless nothing asks for it any more.
    fn write_module(&mut self, name: &ModuleName, mut module: Module, documents: &[DocumentAccount], is_kept: bool) {
        let ledger_path = ledger::path(&name.path());
        let last = match self.existing.read(&ledger_path) {
            Ok(Some(text)) => ledger::read(&text),
            Ok(None) | Err(_) => Generated::default(),
        };
        // Whoever is taken out of `people.yaml` loses what its line gave. Of a system that is left out nothing is taken away.
        let goes = |address: &String| is_kept && matches!(name.owner, place::Owner::People(_)) && people::goes(address);
        let held = last.addresses.union(&last.removed).filter(|address| !goes(address));
        module.removed = held.filter(|address| !module.addresses.contains(*address)).cloned().collect();
        let before = last.files.keys().filter(|path| path.ends_with(".tf")).cloned();
        let files = module.files(name, self.platform, before, self.trace);
        let conflicts: Vec<Conflict> = files.iter().filter_map(|(path, file)| self.refuse(&last, path, file)).collect();
        if !conflicts.is_empty() {
            self.out.conflicts.extend(conflicts);
            return;
        }
        let digests = files.iter().map(|(path, file)| (path.clone(), merge::digest(&file.bytes))).collect();
        let generated = Generated { files: digests, addresses: module.addresses, removed: module.removed };
        match ledger::write(name, documents, &generated, self.trace) {
            Ok(file) if !Redacted::is_in(&String::from_utf8_lossy(&file.bytes)) => {
                self.out.files.insert(ledger_path, file);
                let kept = |(path, file): &(String, crate::File)| !self.is_kept(&last, path, file);
                let files: Vec<_> = files.into_iter().filter(kept).collect();
                self.out.files.extend(files);
            }
            Ok(_) => self.conflict(&ledger_path, crate::app::fingerprint("it")),
            Err(error) => self.conflict(&ledger_path, error.to_string()),
        }
    }

    /// Why a file can't be written.
    fn refuse(&self, last: &Generated, path: &str, file: &crate::File) -> Option<Conflict> {
        let conflict = |reason: String| Some(Conflict { path: path.to_owned(), reason });
        if Redacted::is_in(&String::from_utf8_lossy(&file.bytes)) {
            return conflict(crate::app::fingerprint("it"));
        }
        match self.merged(last, path, file) {
            Ok(Merged::Conflict(reason)) | Err(reason) => {
                conflict(format!("{reason}; nothing of its folder was written, since its files belong together"))
            }
            Ok(_) => None,
        }
    }

    /// Whether a human's file stays.
    fn is_kept(&self, last: &Generated, path: &str, file: &crate::File) -> bool {
        matches!(self.merged(last, path, file), Ok(Merged::Kept(_)))
    }

    fn merged(&self, last: &Generated, path: &str, file: &crate::File) -> Result<Merged, String> {
        let existing = self.existing.read(path)?;
        let merged = merge::by_digest(
            last.files.get(path).map(String::as_str),
            existing.as_deref(),
            &merge::digest(&file.bytes),
        );
        Ok(match merged {
            Merged::Conflict(_) if last.files.contains_key(path) => Merged::Conflict(
                "was changed by hand, and what is generated changed too; bring both together there, and make the \
                 digest in the ledger the one of the file"
                    .to_owned(),
            ),
            merged => merged,
        })
    }

    fn conflict(&mut self, path: &str, reason: String) {
        self.out.conflicts.push(Conflict { path: path.to_owned(), reason });
    }
}

/// The module of a path in the index.
fn parse(path: &str) -> Option<ModuleName> {
    let (folder, part) = path.rsplit_once('/')?;
    let part = [Part::Adopt, Part::New].into_iter().find(|one| one.as_str() == part)?;
    let owner = match folder.strip_prefix("teams/") {
        Some(team) => place::Owner::Team(caravan_inventory::TeamName::parse(team).ok()?),
        None if folder == "platform" => place::Owner::Platform,
        None if folder.starts_with("people/") => {
            let system = folder.strip_prefix("people/")?;
            place::Owner::People(place::PeopleOf::ALL.into_iter().find(|one| one.as_str() == system)?)
        }
        None => return None,
    };
    Some(ModuleName { owner, part })
}

fn observed(observation: &caravan_inventory::ObservationId) -> From {
    let origins = vec![crate::provenance::Origin::Observed { observation: observation.clone() }];
    From { rule: fields::OBSERVED, origins }
}
