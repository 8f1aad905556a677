//! Entra ID: security groups, who is in them, and what they may log in to.
//!
//! In an application that is made here each group has an app role of its own name. What a token lists under `roles` is then the
//! name that clusters and Argo CD bind: nobody has to know object ids, and nobody's token overflows with groups (Microsoft
//! identity platform, "Add app roles", "Group overages").

use super::{GROUP, IMPORT, Work, arguments, from, joint, label, of_group, of_member, pointer, reference};
use crate::naming;
use crate::people::{Application, Company, Group};
use crate::provenance::Rule;
use crate::terraform::hcl::{Body, From, Item, Value, literal};
use crate::terraform::made::Made;
use crate::terraform::module::{Module, Other};
use crate::terraform::place::identifier;

const APPLICATION: Rule = Rule { name: "people-application", says: "what people log in to by Entra ID" };
const LOGIN: Rule = Rule { name: "people-login", says: "who may log in, and by which role" };

/// The app role of an application that has none of its own (Microsoft Graph, `appRoleAssignment.appRoleId`).
const NO_ROLE: &str = "00000000-0000-0000-0000-000000000000";

/// The file of applications.
const APPLICATIONS: &str = "applications";

pub(super) fn module(company: &Company) -> Module {
    let mut work = Work::default();
    if let Some(tenant) = &company.tenant {
        work.groups.others.insert(Other::AzureAd { tenant: tenant.clone() });
    }
    for group in company.groups.values() {
        make(&mut work, company, group);
    }
    for (name, application) in &company.applications {
        let made = work.more.entry(APPLICATIONS).or_default();
        self::application(made, company, name, application);
    }
    work.module()
}

fn make(work: &mut Work, company: &Company, group: &Group) {
    let (own, label) = (of_group(GROUP, group), label(group));
    let made = &mut work.groups;
    if let Some(id) = &group.existing.entra {
        let from = of_group(IMPORT, group);
        made.import(format!("azuread_group.{label}"), Value::text(format!("/groups/{id}")), &from);
    }
    let pairs = vec![
        ("display_name", Value::text(&group.name)),
        ("description", Value::text(group.description())),
        ("security_enabled", Value::Bool(true)),
        // A second group of the name would be another one: nobody who binds the name could tell.
        ("prevent_duplicate_names", Value::Bool(true)),
    ];
    made.resource("azuread_group", &label, &own, arguments(&own, pairs));
    for (name, _, person) in company.members(group) {
        let somebody = identifier(name);
        let (key, value) = match &person.object_id {
            Some(id) => ("object_id", id.as_str()),
            None => ("user_principal_name", person.identity()),
        };
        work.person(name, |made, from| {
            made.data("azuread_user", &somebody, from, arguments(from, vec![(key, Value::text(value))]));
        });
        let from = of_member(group, name);
        if let Some(id) =
            group.existing.entra.as_ref().filter(|_| group.existing.entra_members.iter().any(|one| one == name))
        {
            let address = format!("azuread_group_member.{}", joint(group, name));
            let id = Value::Expression(format!("\"{id}/member/${{data.azuread_user.{somebody}.object_id}}\""));
            work.groups.import(address, id, &from);
        }
        let pairs = vec![
            ("group_object_id", reference("azuread_group", &label, "object_id")),
            ("member_object_id", reference("data.azuread_user", &somebody, "object_id")),
        ];
        work.groups.resource("azuread_group_member", &joint(group, name), &from, arguments(&from, pairs));
    }
}

fn application(made: &mut Made, company: &Company, name: &str, application: &Application) {
    let place = from(APPLICATION, pointer(&format!("applications.{name}")));
    let label = identifier(name);
    let principal = match &application.client_id {
        Some(id) => {
            made.data(
                "azuread_service_principal",
                &label,
                &place,
                arguments(&place, vec![("client_id", Value::text(id))]),
            );
            format!("data.azuread_service_principal.{label}")
        }
        None => {
            made.resource("azuread_application", &label, &place, body(company, name, application, &place));
            let pairs = vec![
                ("client_id", reference("azuread_application", &label, "client_id")),
                // Whoever is in none of the groups does not even get a token.
                ("app_role_assignment_required", Value::Bool(true)),
            ];
            made.resource("azuread_service_principal", &label, &place, arguments(&place, pairs));
            format!("azuread_service_principal.{label}")
        }
    };
    for group in company.allowed(application) {
        let mut from = from(LOGIN, pointer(&format!("applications.{name}")));
        from.origins.extend(of_group(LOGIN, group).origins);
        let role = match (&application.client_id, &application.app_role) {
            (None, _) => Value::Expression(format!("{principal}.app_role_ids[{}]", literal(&group.name))),
            (Some(_), Some(role)) => Value::Expression(format!("{principal}.app_role_ids[{}]", literal(role))),
            (Some(_), None) => Value::text(NO_ROLE),
        };
        let pairs = vec![
            ("app_role_id", role),
            ("principal_object_id", reference("azuread_group", &super::label(group), "object_id")),
            ("resource_object_id", Value::Expression(format!("{principal}.object_id"))),
        ];
        let joint = joint(group, name);
        made.resource("azuread_app_role_assignment", &joint, &from, arguments(&from, pairs));
    }
}

fn body(company: &Company, name: &str, application: &Application, place: &From) -> Body {
    let text = |text: &str| Value::text(text);
    let mut body = arguments(place, vec![("display_name", text(name)), ("prevent_duplicate_names", Value::Bool(true))]);
    for group in company.allowed(application) {
        let from = of_group(LOGIN, group);
        let pairs = vec![
            ("allowed_member_types", Value::List(vec![text("User")])),
            ("description", Value::text(group.description())),
            ("display_name", text(&group.name)),
            ("enabled", Value::Bool(true)),
            ("id", Value::text(role_id(name, &group.name))),
            ("value", text(&group.name)),
        ];
        body.extend([Item::Blank, Item::block("app_role", &[], &from, arguments(&from, pairs))]);
    }
    if !application.redirects.is_empty() {
        let list = application.redirects.iter().map(Value::text).collect();
        let web = arguments(place, vec![("redirect_uris", Value::List(list))]);
        body.extend([Item::Blank, Item::block("web", &[], place, web)]);
    }
    body
}

/// The id of an app role: the same each time, since it follows from the names alone (RFC 9562, version 8).
fn role_id(application: &str, group: &str) -> String {
    let digest = naming::digest(format!("{application}/{group}").as_bytes(), 32);
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}
