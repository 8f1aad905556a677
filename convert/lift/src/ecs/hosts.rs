//! Hosts that other apps serve too.

use crate::account::Account;
use crate::field::Field;
use crate::hosts::{AppName, Sharing};
use crate::plconfig::{Component, PlConfig};

/// Says in the plconfig whose the shared hosts are, and asks where only people can tell.
pub(super) fn map(account: &mut Account<'_>, config: &mut PlConfig, component: &Component) {
    let Some(ingress) = component.ingress.as_ref().filter(|ingress| ingress.internal != Some(true)) else {
        return;
    };
    for host in ingress.vanity_hosts() {
        let Some(sharing) = sharing(account, host) else { continue };
        let Some(said) = sharing.told_to(&own_name(account)) else { continue };
        config.hosts.insert(host.to_owned(), said);
        if sharing.asks.as_ref() == Some(&account.source.workload.id) {
            ask(account, host, sharing);
        }
    }
}

/// The verdict of a rule's host.
pub(super) fn account_for<'a>(account: &mut Account<'a>, field: Field<'a>, target: String) {
    let shared = field.0.as_str().and_then(|host| sharing(account, &host.to_ascii_lowercase()));
    let said = shared.and_then(|sharing| sharing.told_to(&own_name(account)));
    let note = said.map(|said| match said.owner {
        Some(owner) => format!("its listener, certificate and DNS record are those of {owner}"),
        None => format!("its listener also takes the routes of {}", said.guests.join(", ")),
    });
    match note {
        Some(note) => field.exact_with(account, target, note),
        None => field.exact(account, target),
    }
}

fn sharing<'a>(account: &Account<'a>, host: &str) -> Option<&'a Sharing> {
    account.source.hosts.get(&account.source.workload.environment, host)
}

fn own_name(account: &Account<'_>) -> AppName {
    AppName { team: account.source.workload.team.clone(), app: account.source.app.to_owned() }
}

fn ask(account: &mut Account<'_>, host: &str, sharing: &Sharing) {
    let id = account.question_id("host-owner", host);
    let assumed = sharing.owner.to_string();
    let mut apps: Vec<String> = sharing.guests.iter().map(AppName::to_string).chain([assumed.clone()]).collect();
    apps.sort();
    let options: Vec<&str> = apps.iter().map(String::as_str).collect();
    let text = format!(
        "Apps of several teams serve `{host}`. Which of them owns it: its listener, its certificate and its DNS record?"
    );
    // An answer was counted in when the owner was found.
    let _answer = account.ask(id, &text, &options, Some(&assumed));
}
