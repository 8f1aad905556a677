//! Hosts that other apps serve too.

use crate::field::Field;
use crate::hosts::{AppName, Sharing};
use crate::plconfig::{Component, PlConfig};
use crate::tracker::FieldTracker;
use caravan_inventory::QuestionId;
use std::collections::BTreeSet;

/// Says in the plconfig whose the shared hosts are, and asks where only people can tell.
pub(super) fn map(tracker: &mut FieldTracker<'_>, config: &mut PlConfig, component: &Component) {
    let Some(ingress) = component.ingress.as_ref() else { return };
    for (internal, shares) in [(false, &mut config.hosts), (true, &mut config.internal_hosts)] {
        for host in ingress.vanity_hosts(internal) {
            let Some(sharing) = sharing(tracker, internal, host) else { continue };
            let Some(said) = sharing.told_to(&own_name(tracker)) else { continue };
            shares.insert(host.to_owned(), said);
            if sharing.asks.as_ref() == Some(&tracker.source.workload.id) {
                ask(tracker, internal, host, sharing);
            }
        }
    }
}

/// The verdict of a rule's host.
pub(super) fn take<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, target: String) {
    let host = field.0.as_str().map(str::to_ascii_lowercase);
    let shared = host.and_then(|host| sharing(tracker, false, &host).or_else(|| sharing(tracker, true, &host)));
    let said = shared.and_then(|sharing| sharing.told_to(&own_name(tracker)));
    let note = said.map(|said| match said.owner {
        Some(owner) => format!("its listener, certificate and DNS record are those of {owner}"),
        None => format!("its listener also takes the routes of {}", said.guests.join(", ")),
    });
    match note {
        Some(note) => field.exact_with(tracker, target, note),
        None => field.exact(tracker, target),
    }
}

/// Why the answer to a question can't be used, where one of its hosts is somebody else's; `hosts` reads them.
pub(super) fn held(
    tracker: &FieldTracker<'_>,
    id: &QuestionId,
    hosts: impl Fn(&str) -> BTreeSet<String>,
) -> Option<String> {
    let source = tracker.source;
    let answered = source.decisions.answer(id).map(hosts)?;
    let held =
        |host: String| source.hosts.holder(&source.workload.id, &host).map(|holder| format!("`{host}`: {holder}"));
    let held: Vec<String> = answered.into_iter().filter_map(held).collect();
    (!held.is_empty()).then(|| format!(" What the answer names is not its own ({}).", held.join("; ")))
}

/// Whether another app serves the host too.
pub(super) fn is_shared(tracker: &FieldTracker<'_>, internal: bool, host: &str) -> bool {
    sharing(tracker, internal, host).is_some_and(|sharing| sharing.told_to(&own_name(tracker)).is_some())
}

/// Whether every other app that serves the host stands behind one of these listeners, by their ARNs.
pub(super) fn are_others_behind(
    tracker: &FieldTracker<'_>,
    internal: bool,
    host: &str,
    listeners: &BTreeSet<&str>,
) -> bool {
    sharing(tracker, internal, host).is_some_and(|sharing| sharing.are_others_behind(&own_name(tracker), listeners))
}

/// Whether the host's listener is another app's.
pub(super) fn is_guest(tracker: &FieldTracker<'_>, internal: bool, host: &str) -> bool {
    let said = sharing(tracker, internal, host).and_then(|sharing| sharing.told_to(&own_name(tracker)));
    said.is_some_and(|said| said.owner.is_some())
}

fn sharing<'a>(tracker: &FieldTracker<'a>, internal: bool, host: &str) -> Option<&'a Sharing> {
    tracker.source.hosts.get(&tracker.source.workload.environment, internal, host)
}

fn own_name(tracker: &FieldTracker<'_>) -> AppName {
    AppName { team: tracker.source.workload.team.clone(), app: tracker.source.app.to_owned() }
}

fn ask(tracker: &mut FieldTracker<'_>, internal: bool, host: &str, sharing: &Sharing) {
    let id = match internal {
        true => tracker.question_id("internal-host-owner", host),
        false => tracker.question_id("host-owner", host),
    };
    let assumed = sharing.owner.to_string();
    let mut apps: Vec<String> = sharing.guests.iter().map(AppName::to_string).chain([assumed.clone()]).collect();
    apps.sort();
    let options: Vec<&str> = apps.iter().map(String::as_str).collect();
    let text = format!(
        "Apps of several teams serve `{host}`. Which of them owns it: its listener, its certificate and its DNS record?"
    );
    // An answer was counted in when the owner was found.
    let _answer = tracker.ask(id, &text, &options, Some(&assumed));
}
