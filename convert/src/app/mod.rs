//! The whole way of one app: its lifted workloads to the files that carry it.

mod emit;

pub(crate) use emit::fingerprint;

use crate::assign::{App, Member};
use crate::ledger_file::{self, Generated, LedgerPlace};
use crate::merge::{self, Existing, Merged};
use crate::provenance::{Provenance, Trace};
use crate::{AppAuth, AppRoles, File, Names, Needs, Platform, Sources, Tree, environments, images, yaml};
use caravan_convert_lift::plconfig::PlConfig;
use caravan_convert_lift::{Counts, HostVerdict, Ledger, LiftOutcome, Lifted};
use caravan_inventory::{EnvironmentName, Question, Redacted, WorkloadId};
use emit::{EMITTERS, Emitted, Emitter, EmitterInput, Files, emit};
use std::collections::BTreeMap;

/// What became of one app.
#[derive(Clone, Debug, Default)]
pub struct Converted {
    /// The files: plconfig, what the emitters make of it, ledgers. What a human changed and what conflicts is not among
    /// them.
    pub files: Tree,
    /// How many workloads this accounts for.
    pub workloads: u64,
    /// How their fields ended.
    pub fields: Counts,
    /// What could not be converted.
    pub refused: Vec<Refused>,
    /// What is to become of the machines among the workloads, with the evidence.
    pub hosts: BTreeMap<WorkloadId, HostVerdict>,
    /// What only a person can tell.
    pub questions: Vec<Question>,
    /// Files of a human into which what is new could not be brought (C4).
    pub conflicts: Vec<Conflict>,
    /// With [`Trace::Lines`], what stays as a human left it: of `plconfig.yaml` the file itself, of every other what would be
    /// generated in its place.
    pub kept: Tree,
    /// What it asks of the platform, in each environment in which its manifests are known.
    pub needs: Vec<(EnvironmentName, Needs)>,
    /// The roles whose rights it takes over, in each environment.
    pub roles: Vec<AppRoles>,
    /// What it needs at whoever says who callers are, in each environment in which it asks them.
    pub auth: Vec<AppAuth>,
    /// What of it lets nobody in, in each environment.
    pub closed: Vec<Closed>,
}

/// A workload that could not be converted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refused {
    /// The workload.
    pub source: WorkloadId,
    /// Why, for a person.
    pub reason: String,
}

/// An app that asks who callers are in an environment in which nobody says it: its manifests let nobody in where it asks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Closed {
    /// The path of its plconfig in the tree.
    pub path: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// The components that ask.
    pub components: Vec<String>,
}

/// A file that was left alone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Conflict {
    /// Its path in the tree.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Converts one app that shares its clusters with no other: as [`convert_among`], with nothing taken.
#[must_use]
pub fn convert(
    app: &App,
    lifted: Vec<Lifted>,
    platform: &Platform,
    existing: &dyn Existing,
    trace: Trace,
) -> Converted {
    convert_among(&mut Names::default(), app, lifted, platform, existing, trace)
}

/// Converts one app of several; `names` holds what those before it took, and takes what this one has. Where one of its
/// objects would have another app's name, its manifests of that environment are left alone, as a conflict.
///
/// `lifted` holds what became of its members, in their order. Same input, same bytes (C3); a text that holds a
/// fingerprint is never written (D1): the workload is refused. With [`Trace::Lines`] every file says where its lines come
/// from; the bytes are the same.
#[must_use]
pub fn convert_among(
    names: &mut Names,
    app: &App,
    lifted: Vec<Lifted>,
    platform: &Platform,
    existing: &dyn Existing,
    trace: Trace,
) -> Converted {
    convert_by(EMITTERS, names, app, lifted, platform, existing, trace)
}

/// As [`convert_among`], by these emitters.
fn convert_by(
    emitters: &[Emitter],
    names: &mut Names,
    app: &App,
    lifted: Vec<Lifted>,
    platform: &Platform,
    existing: &dyn Existing,
    trace: Trace,
) -> Converted {
    let mut work = Work::new(emitters, app, lifted, platform, trace);
    work.join_members();
    work.emit_members();
    let last = work.read_last(existing);
    let effective = work.merge_plconfig(&last, existing);
    work.merge_files(&last, effective, existing, names);
    work.write_ledgers();
    work.out
}

/// One member on its way.
struct MemberWork<'a> {
    member: &'a Member,
    /// What was lifted; none when it is refused, and once it went into the app's plconfig.
    config: Option<PlConfig>,
    /// The member of the same environment, by its place, whose `config` took this one's in.
    with: Option<usize>,
    ledger: Ledger,
    refused: Vec<String>,
    /// What is emitted from what was lifted; none when it is refused.
    emitted: Option<Emitted>,
}

struct Work<'a> {
    emitters: &'a [Emitter],
    folder: String,
    app: &'a App,
    platform: &'a Platform,
    trace: Trace,
    members: Vec<MemberWork<'a>>,
    /// The texts of modules by their digests.
    modules: images::Modules,
    generated: Generated,
    out: Converted,
}

impl<'a> Work<'a> {
    fn new(emitters: &'a [Emitter], app: &'a App, lifted: Vec<Lifted>, platform: &'a Platform, trace: Trace) -> Self {
        let folder = format!("deployment/teams/{}/apps/{}", app.team, app.name);
        let mut out = Converted::default();
        let mut members = Vec::with_capacity(app.members.len());
        let mut modules = images::Modules::new();
        for (member, Lifted { outcome, ledger, questions, host, modules: texts }) in app.members.iter().zip(lifted) {
            modules.extend(texts.into_iter().map(|module| (module.sha256, module.text)));
            let (config, refused) = match outcome {
                LiftOutcome::Converted(config) => (Some(config), Vec::new()),
                LiftOutcome::Refused { reasons } => (None, reasons),
            };
            out.workloads += 1;
            out.questions.extend(questions);
            out.hosts.extend(host.map(|host| (member.workload.clone(), host)));
            members.push(MemberWork { member, config, with: None, ledger, refused, emitted: None });
        }
        Self { emitters, folder, app, platform, trace, members, modules, generated: Generated::default(), out }
    }

    /// Brings several workloads in one environment together; what can't be brought in is refused.
    fn join_members(&mut self) {
        for at in 1..self.members.len() {
            let (before, rest) = self.members.split_at_mut(at);
            let one = &mut rest[0];
            let same = |other: &&mut MemberWork<'_>| {
                other.member.environment == one.member.environment && other.config.is_some()
            };
            let Some((first, leading)) = before.iter_mut().enumerate().find(|(_, other)| same(other)) else { continue };
            let (Some(config), Some(all)) = (one.config.take(), &mut leading.config) else { continue };
            match environments::add(all, config) {
                Ok(()) => one.with = Some(first),
                Err(reason) => one.refused.push(reason),
            }
        }
    }

    /// Emits what was lifted; where that can't be done, the member is refused.
    fn emit_members(&mut self) {
        for at in 0..self.members.len() {
            let one = &self.members[at];
            let Some(config) = &one.config else { continue };
            let emitted = self.emit(config, &one.member.environment);
            let one = &mut self.members[at];
            match emitted {
                Ok(emitted) => one.emitted = Some(emitted),
                Err(reason) => one.refused.push(reason),
            }
        }
        for at in 0..self.members.len() {
            if let Some(first) = self.members[at].with {
                self.members[at].refused = self.members[first].refused.clone();
            }
        }
        for one in &mut self.members {
            if !one.refused.is_empty() {
                one.ledger.refuse();
            }
            self.out.fields += one.ledger.counts();
            let refused = |reason: &String| Refused { source: one.member.workload.clone(), reason: reason.clone() };
            self.out.refused.extend(one.refused.iter().map(refused));
        }
    }

    /// What was generated last, by the ledger of whichever member has one.
    fn read_last(&mut self, existing: &dyn Existing) -> Generated {
        let mut last = Generated::default();
        for one in &self.members {
            let path = ledger_file::path(&one.member.id());
            // An unreadable ledger is as none: then nothing that exists is overwritten.
            let Ok(Some(text)) = existing.read(&path) else { continue };
            let read = ledger_file::read(&text);
            last.plconfig = last.plconfig.or(read.plconfig);
            last.files.extend(read.files);
        }
        last
    }

    /// Brings `plconfig.yaml` and a human's changes together. Gives the plconfig that holds where it differs from what
    /// was lifted.
    fn merge_plconfig(&mut self, last: &Generated, existing: &dyn Existing) -> Effective {
        let path = format!("{}/plconfig.yaml", self.folder);
        let text = match environments::join(self.take_configs()) {
            Ok(None) => {
                self.generated.clone_from(last);
                return Effective::Nothing;
            }
            Ok(Some(joined)) => self.plconfig_text(&joined),
            Err(error) => Err(error.to_string()),
        };
        let text = match text {
            Ok(text) if Redacted::is_in(&text) => Err(fingerprint("its plconfig")),
            text => text,
        };
        let text = match text {
            Ok(text) => text,
            Err(reason) => {
                self.conflict(&path, reason);
                self.generated.clone_from(last);
                return Effective::Nothing;
            }
        };
        let merged = match existing.read(&path) {
            Ok(existing) => merge::three_way(last.plconfig.as_deref(), existing.as_deref(), &text),
            Err(problem) => Merged::Conflict(problem),
        };
        match merged {
            Merged::Generated => {
                self.insert_plconfig(path, text.clone(), &text);
                self.generated.plconfig = Some(text);
                Effective::Lifted
            }
            Merged::Kept(mine) => {
                self.keep_plconfig(&path, &mine, &text);
                self.generated.plconfig = Some(text);
                self.read_back(&path, &mine)
            }
            Merged::Both(both) => match self.read_back(&path, &both) {
                Effective::Nothing => {
                    self.generated.plconfig.clone_from(&last.plconfig);
                    Effective::Nothing
                }
                effective => {
                    self.insert_plconfig(path, both, &text);
                    self.generated.plconfig = Some(text);
                    effective
                }
            },
            Merged::Conflict(reason) => {
                if let Ok(Some(mine)) = existing.read(&path) {
                    self.keep_plconfig(&path, &mine, &text);
                }
                self.conflict(&path, reason);
                self.generated.plconfig.clone_from(&last.plconfig);
                Effective::Nothing
            }
        }
    }

    /// Remembers a `plconfig.yaml` that stays as a human left it, when somebody asked where lines come from.
    fn keep_plconfig(&mut self, path: &str, mine: &str, lifted: &str) {
        // One that is no YAML has no places.
        if self.trace == Trace::Lines
            && let Ok(provenance) = self.plconfig_origins(mine, lifted)
        {
            self.out.kept.insert(path, File { bytes: mine.as_bytes().to_vec(), provenance });
        }
    }

    fn plconfig_origins(&self, text: &str, lifted: &str) -> Result<Provenance, serde_yaml::Error> {
        match self.trace {
            Trace::Off => Ok(Provenance::default()),
            Trace::Lines => Sources::new(self.convertible().map(|one| (&one.member.environment, &one.ledger)))
                .plconfig(text, lifted),
        }
    }

    /// Puts `plconfig.yaml` into the tree; `lifted` is what it would be without a human's changes.
    fn insert_plconfig(&mut self, path: String, text: String, lifted: &str) {
        match self.plconfig_origins(&text, lifted) {
            Ok(provenance) => self.out.files.insert(path, File { bytes: text.into_bytes(), provenance }),
            Err(error) => self.conflict(&path, error.to_string()),
        }
    }

    /// Reads a plconfig that a human changed.
    fn read_back(&mut self, path: &str, text: &str) -> Effective {
        match PlConfig::read(text) {
            Ok(config) => Effective::Changed(Box::new(config)),
            Err(error) => {
                self.conflict(path, error.to_string());
                Effective::Nothing
            }
        }
    }

    /// What is emitted for one environment of the app.
    fn emit(&self, config: &PlConfig, environment: &EnvironmentName) -> Result<Emitted, String> {
        let Self { emitters, folder, platform, trace, modules, .. } = self;
        emit(emitters, &EmitterInput { config, platform, environment, folder, modules, trace: *trace })
    }

    /// What is emitted for every environment of the plconfig that holds.
    fn merge_files(&mut self, last: &Generated, effective: Effective, existing: &dyn Existing, names: &mut Names) {
        let emitted: Vec<(EnvironmentName, Result<Emitted, String>)> = match effective {
            // Nothing is known to hold: what is there stays.
            Effective::Nothing => {
                self.generated.files.clone_from(&last.files);
                Vec::new()
            }
            Effective::Lifted => {
                let members = self.members.iter_mut();
                members.filter_map(|one| Some((one.member.environment.clone(), Ok(one.emitted.take()?)))).collect()
            }
            Effective::Changed(config) => {
                let emit = |environment: EnvironmentName| {
                    let config = config.for_environment(environment.as_str()).map_err(|error| error.to_string());
                    (environment.clone(), config.and_then(|config| self.emit(&config, &environment)))
                };
                config.environments.keys().map(EnvironmentName::new).map(emit).collect()
            }
        };
        let owner = format!("{}/{}", self.app.team, self.app.name);
        let mut made = Files::new();
        for (environment, emitted) in emitted {
            let taken = emitted.and_then(|emitted| {
                names.take(&owner, &environment, &emitted.names)?;
                self.out.needs.push((environment.clone(), emitted.needs.clone()));
                Ok(emitted)
            });
            match taken {
                Ok(emitted) => {
                    made.extend(emitted.files);
                    self.out.roles.extend(emitted.roles);
                    self.out.auth.extend(emitted.auth);
                    self.close(environment, emitted.closed);
                }
                Err(reason) => {
                    // What it would have made stays, and stays known as generated.
                    self.generated.files.clone_from(&last.files);
                    self.conflict(&emit::manifests_path(&self.folder, &environment), reason);
                }
            }
        }
        for (path, file) in emit::together(made) {
            let digest = file.as_ref().map(|file| merge::digest(&file.bytes));
            let (before, existing) = (last.files.get(&path), existing.read(&path));
            let merged = match (&digest, existing) {
                (None, _) => Merged::Conflict("two environments of the app need it with different lines".to_owned()),
                (_, Err(problem)) => Merged::Conflict(problem),
                (Some(digest), Ok(existing)) => {
                    merge::by_digest(before.map(String::as_str), existing.as_deref(), digest)
                }
            };
            if self.trace == Trace::Lines && merged != Merged::Generated {
                self.out.kept.extend(file.iter().map(|file| (path.clone(), file.clone())));
            }
            let known = match merged {
                Merged::Generated => {
                    self.out.files.extend(file.map(|file| (path.clone(), file)));
                    digest
                }
                Merged::Kept(_) | Merged::Both(_) => digest,
                Merged::Conflict(reason) => {
                    self.conflict(&path, reason);
                    before.cloned()
                }
            };
            self.generated.files.extend(known.map(|digest| (path, digest)));
        }
    }

    fn write_ledgers(&mut self) {
        let mut is_refused = false;
        for one in &self.members {
            let owner =
                LedgerPlace { team: self.app.team.as_str(), app: &self.app.name, environment: &one.member.environment };
            let path = ledger_file::path(&one.member.id());
            match ledger_file::write(owner, &one.ledger, &one.refused, &self.generated, self.trace) {
                Ok(file) if std::str::from_utf8(&file.bytes).is_ok_and(|text| !Redacted::is_in(text)) => {
                    self.out.files.insert(path, file);
                }
                Ok(_) => {
                    let source = one.member.workload.clone();
                    self.out.refused.push(Refused { source, reason: fingerprint("its ledger") });
                    is_refused = true;
                }
                Err(error) => self.out.conflicts.push(Conflict { path, reason: error.to_string() }),
            }
        }
        if is_refused {
            // Without its ledger nobody could tell what is generated from what somebody wrote.
            self.out.files.take_out(&self.folder);
        }
    }

    /// The members that the plconfig holds.
    fn convertible(&self) -> impl Iterator<Item = &MemberWork<'a>> {
        let rendered = |one: &MemberWork<'_>| one.emitted.is_some();
        let members = &self.members;
        members
            .iter()
            .filter(move |one| one.with.and_then(|first| members.get(first)).map_or_else(|| rendered(one), rendered))
    }

    /// What is in each environment in which it can be rendered.
    fn take_configs(&mut self) -> BTreeMap<&'a EnvironmentName, PlConfig> {
        let convertible = self.members.iter_mut().filter(|one| one.emitted.is_some());
        convertible.filter_map(|one| Some((&one.member.environment, one.config.take()?))).collect()
    }

    /// The text of a generated `plconfig.yaml`, with a word about where it comes from.
    fn plconfig_text(&self, config: &PlConfig) -> Result<String, String> {
        let mut text = String::with_capacity(2048);
        for one in self.convertible() {
            text.push_str("# Lifted by caravan from ");
            text.push_str(one.member.workload.as_str());
            text.push_str(".\n");
        }
        text.push_str("# Yours to change: changes are kept when it is lifted again.\n");
        yaml::write(&mut text, config).map_err(|error| error.to_string())?;
        Ok(text)
    }

    fn close(&mut self, environment: EnvironmentName, components: Vec<String>) {
        if !components.is_empty() {
            let path = format!("{}/plconfig.yaml", self.folder);
            self.out.closed.push(Closed { path, environment, components });
        }
    }

    fn conflict(&mut self, path: &str, reason: String) {
        self.out.conflicts.push(Conflict { path: path.to_owned(), reason });
    }
}

/// The plconfig that holds.
enum Effective {
    /// None: everything is refused, or a human has to bring two versions together first.
    Nothing,
    /// What was lifted.
    Lifted,
    /// What was lifted and what a human changed.
    Changed(Box<PlConfig>),
}

#[cfg(test)]
mod tests;
