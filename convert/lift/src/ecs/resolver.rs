//! Whom containers ask for names. Docker hands a container its name servers and search domains in place of its host's; a
//! pod has the cluster's, and others only behind them.

use super::kind::Plan;
use crate::field::Field;
use crate::plconfig::{Component, Dns, is_dns_name};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use serde_json::Value;

/// The name servers that a resolver asks: those after them it never does (resolv.conf(5), MAXNS).
const ASKED: usize = 3;

pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let only = servers(tracker, plan, component);
    search(tracker, plan, only, component);
}

/// Asks whether they stay the only ones; until then they do. Whether they do.
fn servers<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) -> bool {
    let mut found: Vec<(Field<'a>, String)> = Vec::new();
    for value in lists(plan, "dnsServers").flatten() {
        if let Some(address) = tracker.text(value, Kind::Address) {
            found.push((Field(value), address.into_owned()));
        }
    }
    let mut all: Vec<String> = Vec::new();
    for (_, address) in &found {
        if !all.contains(address) {
            all.push(address.clone());
        }
    }
    if all.is_empty() {
        return false;
    }
    let text = format!(
        "It asks only the name servers {}, not the cluster's. Should it go on so, and find no names of Services (`only`), or \
         does the cluster's find every name that it needs (`cluster`)?",
        all.join(", ")
    );
    let id = tracker.question_id("dns", "");
    let answer = tracker.ask(id, &text, &["only", "cluster"], Some("only"));
    let same = alike(plan, "dnsServers");
    let searches = lists(plan, "dnsSearchDomains").any(|list| !list.is_empty());
    for (field, address) in &found {
        let never = all.iter().position(|known| known == address).is_some_and(|at| at >= ASKED);
        match &answer {
            Asked::Open(id) => field.asked(tracker, id),
            Asked::Given("cluster") => field.dropped(tracker, "dropped-by-answer"),
            Asked::Given(_) if never => field.dropped(tracker, "further-name-server"),
            Asked::Given(_) if !same => {
                field.approximated(tracker, plan.at("dns/servers"), "for all containers of the pod");
            }
            Asked::Given(_) if !searches => {
                let note = "without the search domains of the host, which Docker adds";
                field.approximated(tracker, plan.at("dns/servers"), note);
            }
            Asked::Given(_) => field.exact(tracker, plan.at("dns/servers")),
        }
    }
    if matches!(answer, Asked::Given("cluster")) {
        return false;
    }
    all.truncate(ASKED);
    component.dns = Some(Dns { servers: all, only: Some(true), ..Dns::default() });
    true
}

fn search<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, only: bool, component: &mut Component) {
    let same = alike(plan, "dnsSearchDomains");
    for value in lists(plan, "dnsSearchDomains").flatten() {
        let Some(domain) = tracker.text(value, Kind::Host) else { continue };
        let small = domain.trim_end_matches('.').to_ascii_lowercase();
        let (field, target) = (Field(value), plan.at("dns/search"));
        if !is_dns_name(&small) {
            let shown = crate::marks::without_marks(&domain);
            field.blocked(tracker, format!("`{shown}` is no search domain that a pod may have"));
            continue;
        }
        if !only {
            field.approximated(tracker, target, "after the cluster's own search domains, which are tried first");
        } else if !same {
            field.approximated(tracker, target, "for all containers of the pod");
        } else if small != *domain {
            field.approximated(tracker, target, "in small letters, as names are looked up");
        } else {
            field.exact(tracker, target);
        }
        let search = &mut component.dns.get_or_insert_with(Dns::default).search;
        if !search.contains(&small) {
            search.push(small);
        }
    }
}

/// Whether all containers have the same list.
fn alike(plan: &Plan<'_, '_>, name: &'static str) -> bool {
    let mut lists = lists(plan, name);
    let first = lists.next();
    lists.all(|list| Some(list) == first)
}

/// The list of that name of each container.
fn lists<'a>(plan: &Plan<'_, 'a>, name: &'static str) -> impl Iterator<Item = &'a [Value]> {
    let lists: Vec<&'a [Value]> = plan.members.kept().map(|member| member.definition.list(name)).collect();
    lists.into_iter()
}
