//! What stands beside teams and roles: systems, people, applications.

use super::file::{People, Person};
use super::mistake::Mistakes;
use super::shapes;
use crate::Platform;
use std::collections::{BTreeMap, BTreeSet};

/// The systems; gives the tenant where groups are kept in Entra ID.
pub(super) fn systems(wrong: &mut Mistakes, file: &People, platform: &Platform) -> Option<String> {
    let systems = &file.systems;
    if let Some(aws) = &systems.aws {
        let problem = format!("`{}` is no account", aws.account);
        wrong.want(shapes::is_account(&aws.account), "systems.aws.account", problem, "write its 12 digits, in quotes");
        let problem = format!("`{}` is no region", aws.region);
        wrong.want(shapes::is_region(&aws.region), "systems.aws.region", problem, "write it as in `eu-central-1`");
    }
    if let Some(datadog) = &systems.datadog {
        let problem = format!("`{}` is no site", datadog.site);
        wrong.want(shapes::is_domain(&datadog.site), "systems.datadog.site", problem, "write it as in `datadoghq.eu`");
    }
    if let Some(github) = &systems.github {
        let name = &github.organization;
        let problem = format!("`{name}` is no organization");
        wrong.want(shapes::is_login(name), "systems.github.organization", problem, "write the name that its URL has");
    }
    let (own, other) = (systems.entra.as_ref()?.tenant.as_ref(), platform.auth.tenant.as_ref());
    let field = "systems.entra.tenant";
    match (own, other) {
        (Some(own), Some(other)) if !own.eq_ignore_ascii_case(other) => {
            let problem = format!("is `{own}`, and `platform.auth.tenant` in caravan.yaml is `{other}`");
            wrong.add(field, problem, "there is one tenant: take one of them out");
        }
        (None, None) => {
            let remedy = "write it here, or as `platform.auth.tenant` in caravan.yaml";
            wrong.add(field, "nobody says which tenant it is", remedy);
        }
        _ => {}
    }
    let tenant = own.or(other)?;
    let is = shapes::is_uuid(tenant) || shapes::is_domain(tenant);
    wrong.want(is, field, format!("`{tenant}` is no tenant"), "write its id, as Entra ID shows it");
    Some(tenant.clone())
}

/// Everybody: known by somebody at Microsoft, and once.
pub(super) fn people(wrong: &mut Mistakes, file: &People) {
    let mut seen: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for (name, person) in &file.people {
        let field = format!("people.{name}");
        let short = "write lower-case letters, digits, `.`, `_` and `-`, at most 40";
        wrong.want(shapes::is_short(name), &field, "is no short name", short);
        let Person { upn, object_id, email, github } = person;
        let known = upn.is_some() || object_id.is_some();
        wrong.want(known, &field, "nothing says who they are at Microsoft", "write `upn` or `object_id`");
        for (key, value, is, remedy) in [
            ("upn", upn, shapes::is_address as fn(&str) -> bool, "write it as in `ada@example.com`"),
            ("object_id", object_id, shapes::is_uuid, "write the object id, as Entra ID shows it"),
            ("email", email, shapes::is_address, "write it as in `ada@example.com`"),
            ("github", github, shapes::is_login, "write the login, without `@`"),
        ] {
            let Some(value) = value else { continue };
            let field = format!("{field}.{key}");
            wrong.want(is(value), &field, format!("`{value}` can't be one"), remedy);
        }
        let user_name = ("email", person.user_name().map(str::to_lowercase));
        let lower = |value: &Option<String>| value.as_ref().map(|value| value.to_lowercase());
        let mut is_reported = false;
        for (key, value) in [("upn", lower(upn)), ("object_id", lower(object_id)), ("github", lower(github)), user_name]
        {
            let Some(value) = value else { continue };
            if let Some(other) = seen.insert((key, value.clone()), name) {
                // Who has the same upn has the same address, too: once is enough.
                if key != "email" || !is_reported {
                    let problem = format!("`{value}` is {other}'s, too");
                    wrong.add(format!("{field}.{key}"), problem, "one person stands there once: take one of them out");
                }
                is_reported |= key == "upn";
            }
        }
    }
}

/// What people log in to.
pub(super) fn applications(wrong: &mut Mistakes, file: &People) {
    let mut known = BTreeSet::new();
    for (name, application) in &file.applications {
        let field = format!("applications.{name}");
        let short = "write lower-case letters, digits, `.`, `_` and `-`, at most 40";
        wrong.want(shapes::is_short(name), &field, "is no short name", short);
        wrong.want(file.systems.entra.is_some(), &field, "there is no `systems.entra`", "add it, or take this out");
        match &application.client_id {
            Some(id) => {
                let at = format!("{field}.client_id");
                wrong.want(
                    shapes::is_uuid(id),
                    &at,
                    format!("`{id}` is no client id"),
                    "write it as Entra ID shows it",
                );
                let first = known.insert(id.to_lowercase());
                wrong.want(
                    first,
                    &at,
                    format!("`{id}` stands at another one, too"),
                    "one application stands there once",
                );
                let none = application.redirects.is_empty();
                let problem = "what is there already is not changed";
                wrong.want(none, &format!("{field}.redirects"), problem, "set them in Entra ID, and take this out");
            }
            None => {
                let problem = "one that is made has a role for each group";
                let none = application.app_role.is_none();
                wrong.want(none, &format!("{field}.app_role"), problem, "take this out, or write `client_id`");
            }
        }
        unique(wrong, &format!("{field}.redirects"), &application.redirects);
        for (at, url) in application.redirects.iter().enumerate() {
            let problem = format!("`{url}` is no https:// URL, nor one of http://localhost");
            wrong.want(
                shapes::is_redirect(url),
                &format!("{field}.redirects[{at}]"),
                problem,
                "people are sent there with a code",
            );
        }
        let (teams, roles) = (application.teams.as_deref(), application.roles.as_deref());
        let nobody = (teams.is_some() || roles.is_some())
            && teams.unwrap_or_default().is_empty()
            && roles.unwrap_or_default().is_empty();
        wrong.want(!nobody, &field, "nobody may log in", "name one in `teams` or `roles`, or leave both out for all");
        let known_team = |name: &String| file.teams.contains_key(name);
        let known_role = |name: &String| file.roles.contains_key(name);
        for (key, list, known) in
            [("teams", teams, &known_team as &dyn Fn(&String) -> bool), ("roles", roles, &known_role)]
        {
            let (field, list) = (format!("{field}.{key}"), list.unwrap_or_default());
            unique(wrong, &field, list);
            for (at, name) in list.iter().enumerate() {
                let problem = format!("there is no `{name}` in `{key}`");
                wrong.want(known(name), &format!("{field}[{at}]"), problem, "add it there, or take it out here");
            }
        }
    }
}

/// Nothing stands in a list twice.
pub(super) fn unique(wrong: &mut Mistakes, field: &str, list: &[String]) {
    let mut seen = BTreeSet::new();
    for (at, one) in list.iter().enumerate() {
        wrong.want(seen.insert(one), &format!("{field}[{at}]"), format!("`{one}` stands there twice"), "take one out");
    }
}
