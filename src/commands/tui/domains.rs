//! Customers' hostnames as the interface asks for them: a window at a time, and one of them whole.

use super::look::Look;
use crate::clock;
use crate::commands::domains::known;
use crate::commands::domains::moves::{self, MoveRow};
use crate::commands::domains::show::{self, State};
use crate::config::Config;
use crate::error::{Failure, FailureKind};
use crate::{journal_db, signals};
use caravan_inventory::{Domain, Hostname};
use caravan_inventory_store::Store;
use caravan_plans::domains::{Class, Classified, DomainPolicy, Flag, Ours, classify, flags};
use caravan_tui::{DomainRow, DomainText, Fact, Section, Window};
use std::collections::{BTreeMap, BTreeSet};

/// The hostnames that have a part, of one version of the inventory.
pub(super) struct Listed {
    version: i64,
    part: String,
    names: Vec<Hostname>,
    ours: Ours,
}

impl Listed {
    /// Reads them: of all domains only the names stay.
    ///
    /// # Errors
    /// Those of reading.
    pub(super) fn read(store: &Store, version: i64, part: &str) -> Result<Self, Failure> {
        let mut names = Vec::new();
        known::each(store, |domain| {
            let customer = domain.customer.as_deref().unwrap_or_default().to_lowercase();
            if domain.name.as_str().contains(part) || customer.contains(part) {
                names.push(domain.name);
            }
        })?;
        Ok(Self { version, part: part.to_owned(), names, ours: known::ours(store)? })
    }

    /// Whether it is of this version of the inventory and this part.
    pub(super) fn is_of(&self, version: i64, part: &str) -> bool {
        self.version == version && self.part == part
    }

    fn window(
        &self,
        store: &Store,
        policy: &DomainPolicy,
        from: usize,
        limit: usize,
    ) -> Result<Window<DomainRow>, Failure> {
        let from = from.min(self.names.len());
        let mut rows = Vec::new();
        for name in self.names.iter().skip(from).take(limit) {
            // One that has just gone away is gone at the next look.
            rows.extend(store.domain(name)?.map(|domain| row(&domain, &self.ours, policy)));
        }
        Ok(Window { total: self.names.len(), from, rows })
    }
}

/// A window of the hostnames that have a part, or whose customers have it.
///
/// # Errors
/// Those of reading.
pub(super) fn window(look: &mut Look, part: &str, from: usize, limit: usize) -> Result<Window<DomainRow>, Failure> {
    let policy = Config::load(&look.global.dir)?.domains;
    let journal = look.journal()?;
    let (store, listed) = look.listed(part)?;
    let mut window = listed.window(store, &policy, from, limit)?;
    if let Some(journal) = journal {
        let names: BTreeSet<&str> = window.rows.iter().map(|row| row.hostname.as_str()).collect();
        let found = signals::block_on(moves::newest(&journal, |name| names.contains(name)))??;
        let stages: BTreeMap<String, &'static str> =
            found.into_iter().map(|(record, state)| (record.plan.name, state.stage.as_str())).collect();
        // How far its move is says more than how far its papers are.
        for row in &mut window.rows {
            row.state = stages.get(&row.hostname).copied().unwrap_or(row.state);
        }
    }
    Ok(window)
}

/// Everything about one hostname.
///
/// # Errors
/// When the inventory has no such domain any more, and those of reading.
pub(super) fn read(look: &mut Look, hostname: &str) -> Result<DomainText, Failure> {
    let policy = Config::load(&look.global.dir)?.domains;
    let options = look.global.repeated();
    let moved = moved(look, hostname)?;
    let store = look.store()?;
    let domain = store.domain(&Hostname::new(hostname))?.ok_or_else(|| {
        Failure::new(FailureKind::Work, format!("{hostname} is not in the inventory any more"))
            .hint("`r` reads the list anew")
    })?;
    let ours = known::ours(store)?;
    let Classified { class, evidence } = classify(&domain, &ours);
    let state = show::state(&domain, class.is_ok());
    let verb = match (&moved, state) {
        (Some(_), _) => "watch",
        (None, State::New) => "inspect",
        (None, _) => "runbook",
    };
    let reason = class.as_ref().err().into_iter().chain(&evidence).map(said);
    let found = flags(&domain, &ours, &policy, clock::now());
    let mut sections = vec![
        section(hostname, itself(&domain, class.as_ref().ok().copied(), state)),
        section("its move", moved.iter().flat_map(MoveRow::lines).map(|line| said(&line)).collect()),
        section("what tells the class", reason.collect()),
        section("to be known", found.iter().map(flag).collect()),
        section("next", vec![said(&format!("caravan {options}domains {verb} {hostname}"))]),
    ];
    sections.retain(|section| !section.facts.is_empty());
    Ok(DomainText { hostname: hostname.to_owned(), sections })
}

/// Its newest move; none where it was never on its way.
fn moved(look: &mut Look, hostname: &str) -> Result<Option<MoveRow>, Failure> {
    let Some(journal) = look.journal()? else { return Ok(None) };
    let found = signals::block_on(moves::newest(&journal, |name| name == hostname))??;
    Ok(found.first().map(|(record, state)| MoveRow::of(&record.plan, state, journal_db::now())))
}

fn row(domain: &Domain, ours: &Ours, policy: &DomainPolicy) -> DomainRow {
    let class = classify(domain, ours).class.ok();
    DomainRow {
        hostname: domain.name.to_string(),
        class,
        state: show::state(domain, class.is_some()).as_str(),
        customer: domain.customer.clone().unwrap_or_default(),
        flags: flags(domain, ours, policy, clock::now()).into_iter().map(|flag| flag.kind).collect(),
    }
}

fn itself(domain: &Domain, class: Option<Class>, state: State) -> Vec<Fact> {
    let request = domain.request.clone().unwrap_or_default();
    let class = class.map(|class| format!("{}: {}", class.as_str(), class.meaning()));
    let looked_up = domain.inspection.as_ref().map(|look| look.at.to_string());
    let lines = [
        ("state", Some(state.as_str().to_owned())),
        ("class", class),
        ("customer", domain.customer.clone()),
        ("contact", request.contact),
        ("window", request.window),
        ("language", request.language.map(|language| language.as_str().to_owned())),
        ("tier", request.tier.map(|tier| tier.to_string())),
        ("leads to", domain.target.clone()),
        ("looked up", looked_up),
    ];
    let known = lines.into_iter().filter_map(|(name, text)| Some((name, text?)));
    known.map(|(name, text)| said(&format!("{name:<12} {text}"))).collect()
}

fn flag(flag: &Flag) -> Fact {
    said(&format!("{}: {}", flag.kind.as_str(), flag.text))
}

fn section(title: &str, facts: Vec<Fact>) -> Section {
    Section { title: title.to_owned(), facts }
}

fn said(text: &(impl AsRef<str> + ?Sized)) -> Fact {
    Fact { text: text.as_ref().to_owned(), evidence: String::new() }
}
