//! Class 1: a script that does nothing but answer by itself, as rules of a gateway.
//!
//! ```text
//! script ── follow every way ──► conditions and an answer for each, in the order of the script
//!        ── order ──► the same order in a gateway, which tries the most specific rule first
//!        ── write ──► routes of a plconfig
//! ```
//!
//! Whatever can't be followed, or would not be exactly the same, ends it with the reason: then the script runs as it is.

mod answers;
mod atom;
mod calls;
mod compare;
mod exec;
mod expr;
mod json;
mod members;
mod order;
mod script;
mod state;
mod value;
mod write;

use super::Plan;
use super::hosts::Pattern;
use crate::field::Object;
use crate::plconfig::{Route, WorkerModuleKind};
use atom::Atom;
pub(super) use atom::Test;
use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;
pub(crate) use state::Unfit;
use state::{Fits, State, unfit};
use std::collections::{BTreeMap, BTreeSet};
use value::Answer;

/// From this day on a redirect's address is parsed and written as the URL Standard has it.
const URLS_ARE_WRITTEN: &str = "2023-03-14";

/// One rule: what a request must be, and what it is answered.
#[derive(Clone, Debug, PartialEq)]
struct Rule {
    hosts: BTreeSet<String>,
    /// None is every path.
    path: Option<Test>,
    method: Option<String>,
    headers: BTreeMap<String, Test>,
    answer: Answer,
}

/// The routes that answer as a Worker does; why there are none otherwise. Where no host leads to it, they say what it would be.
pub(super) fn of_script(plan: &Plan<'_>) -> Fits<Vec<Route>> {
    let nowhere = [Pattern { host: "nowhere.invalid".to_owned(), path: None }];
    let patterns = if plan.hosts.patterns.is_empty() { nowhere.as_slice() } else { plan.hosts.patterns.as_slice() };
    match plan.modules.0.as_slice() {
        [one] if matches!(one.kind, WorkerModuleKind::Esm | WorkerModuleKind::ServiceWorker) => {
            if caravan_inventory::Redacted::is_in(one.text) {
                return unfit("it holds a secret");
            }
            decide(one.text, patterns, writes_urls(plan.config))
        }
        _ => unfit("it has several modules"),
    }
}

/// Whether a redirect of a Worker writes its address as URLs are written (Workers, "Compatibility flags", `response_redirect_url_standard`).
fn writes_urls(config: Object<'_>) -> Option<bool> {
    let says = |flag: &str| config.list("compatibility_flags").iter().any(|one| one.as_str() == Some(flag));
    let by_day = config.peek("compatibility_date").map(|date| date >= URLS_ARE_WRITTEN);
    match (says("response_redirect_url_standard"), says("response_redirect_url_original")) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => by_day,
    }
}

/// The routes that answer as the script does where its patterns lead to it; why there are none otherwise.
pub(super) fn decide(text: &str, patterns: &[Pattern], writes_urls: Option<bool>) -> Fits<Vec<Route>> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::unambiguous()).parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        return unfit("it can't be parsed");
    }
    let mut rules: Vec<Rule> = Vec::new();
    for (path, hosts) in by_path(patterns) {
        let first: Vec<Atom> = path.clone().into_iter().map(Atom::Path).collect();
        let begin = State { writes_urls, ..State::new(first) };
        let ways = script::follow(&parsed.program, &hosts, begin)?;
        let named = ways.iter().flat_map(|(state, _)| state.is.iter()).filter_map(|atom| match atom {
            Atom::Host(host) => Some(host.clone()),
            _ => None,
        });
        let all: BTreeSet<String> = hosts.iter().cloned().chain(named).collect();
        for (state, answer) in ways {
            let rule = rule(state, answer, &all)?;
            // What an earlier rule takes never comes here.
            if !rules.iter().any(|before| is_same(before, &rule)) {
                rules.push(rule);
            }
        }
    }
    let paths = order::settle(&rules)?;
    rules.iter().zip(&paths).map(|(rule, path)| write::route(rule, path)).collect()
}

/// What a pattern says of the path, as plconfig writes it; none for every path.
pub(super) fn written(path: Option<&Test>) -> Option<String> {
    path.map(|test| order::Path::of(Some(test)).written())
}

/// The hosts by what their patterns say of the path; what a wider pattern of a host takes stands there alone.
fn by_path(patterns: &[Pattern]) -> BTreeMap<Option<Test>, Vec<String>> {
    let mut out: BTreeMap<Option<Test>, Vec<String>> = BTreeMap::new();
    for pattern in patterns {
        let wider = |other: &&Pattern| {
            other.host == pattern.host
                && other.path != pattern.path
                && match (&other.path, &pattern.path) {
                    (None, Some(_)) => true,
                    (Some(wide), Some(narrow)) => narrow.decides(wide) == Some(true),
                    _ => false,
                }
        };
        let hosts = out.entry(pattern.path.clone()).or_default();
        if !hosts.contains(&pattern.host) && !patterns.iter().any(|other| wider(&other)) {
            hosts.push(pattern.host.clone());
        }
    }
    out.retain(|_, hosts| !hosts.is_empty());
    out
}

/// The conditions of one way, as far as a rule can hold them.
fn rule(state: State<'_>, answer: Answer, all: &BTreeSet<String>) -> Fits<Rule> {
    let mut rule = Rule { hosts: all.clone(), path: None, method: None, headers: BTreeMap::new(), answer };
    for atom in state.is {
        match atom {
            Atom::Host(host) => rule.hosts = BTreeSet::from([host]),
            Atom::Method(method) => rule.method = Some(method),
            Atom::Path(test) => rule.path = Some(both(rule.path.take(), test)?),
            Atom::Header(name, test) => {
                let test = both(rule.headers.remove(&name), test)?;
                rule.headers.insert(name, test);
            }
        }
    }
    Ok(rule)
}

/// One test that says both.
fn both(known: Option<Test>, test: Test) -> Fits<Test> {
    match known {
        None => Ok(test),
        Some(known) if known.decides(&test) == Some(true) => Ok(known),
        Some(known) if test.decides(&known) == Some(true) => Ok(test),
        Some(_) => unfit("it asks several things of one text at once"),
    }
}

fn is_same(before: &Rule, rule: &Rule) -> bool {
    before.path == rule.path
        && before.method == rule.method
        && before.headers == rule.headers
        && rule.hosts.is_subset(&before.hosts)
}

#[cfg(test)]
mod tests;
