//! What the file may say, what follows from it, and what a change of it does.

use super::*;
use crate::Platform;
use caravan_inventory::TeamName;

const FILE: &str = r#"
schema: caravan.people/v1
names: {team: "eng-{team}", role: "eng-{role}"}
systems:
  entra: {tenant: 11111111-2222-3333-4444-555555555555}
  aws: {account: "111122223333", region: eu-central-1, groups: here}
  datadog: {site: datadoghq.eu}
  github: {organization: example}
people:
  ada: {upn: ada@example.com, github: ada-l}
  bob: {object_id: 0a1b2c3d-0000-1111-2222-333344445555, email: bob@example.com}
  eve: {upn: eve@example.com}
teams:
  pay: {owners: [eve]}
  shop:
    owners: [ada]
    members: [bob]
    environments: [staging]
    aws: [{permission_set: ReadOnly, accounts: ["444455556666"]}]
roles:
  on-call: {members: [eve], teams: ["*"], environments: [prod]}
applications:
  argocd: {redirects: ["https://argocd.example.com/auth/callback"]}
"#;

fn file(text: &str) -> People {
    serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn company(text: &str) -> Company {
    Company::of(&file(text), &Platform::default()).unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

/// The mistakes of the file with one text in place of another.
fn mistakes(before: &str, after: &str) -> Vec<String> {
    assert!(FILE.contains(before), "{before}");
    match Company::of(&file(&FILE.replacen(before, after, 1)), &Platform::default()) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn each_mistake_names_its_field_and_what_to_do() {
    for (before, after, wanted) in [
        ("members: [bob]", "members: [bib]", "teams.shop.members[0]: there is no person `bib`; add them to `people`"),
        ("members: [bob]", "members: [bob, bob]", "teams.shop.members[1]: `bob` stands there twice"),
        ("members: [bob]", "members: [ada]", "teams.shop.members[0]: `ada` is an owner, too"),
        ("  shop:\n", "  Shop:\n", "teams.Shop: "),
        ("{upn: eve@example.com}", "{github: eve}", "people.eve: nothing says who they are at Microsoft"),
        ("{upn: eve@example.com}", "{upn: eve}", "people.eve.upn: `eve` can't be one"),
        ("{upn: eve@example.com}", "{upn: ADA@example.com}", "people.eve.upn: `ada@example.com` is ada's, too"),
        ("{upn: eve@example.com}", "{upn: bob@example.com}", "people.eve.email: `bob@example.com` is bob's, too"),
        ("{upn: eve@example.com}", "{upn: eve@example.com, github: Ada-L}", "people.eve.github: `ada-l` is ada's, too"),
        (
            "{upn: eve@example.com}",
            "{object_id: 0A1B2C3D-0000-1111-2222-333344445555}",
            "people.eve.object_id: `0a1b2c3d-0000-1111-2222-333344445555` is bob's, too",
        ),
        ("object_id: 0a1b2c3d-0000", "object_id: 0a1b2c3d0000", "people.bob.object_id: "),
        ("\"eng-{team}\"", "eng", "names.team: `eng` names no `{team}`: all would be one group"),
        ("\"eng-{team}\"", "\"eng-{team}-{environment}\"", "names.team: `{environment}`"),
        ("\"eng-{role}\"", "\"eng {role}\"", "roles.on-call: `eng on-call` is no name of a group"),
        ("teams: [\"*\"]", "teams: [\"*\", pay]", "roles.on-call.teams: `*` is every team already"),
        ("teams: [\"*\"]", "teams: [depot]", "roles.on-call.teams[0]: there is no team `depot`"),
        ("teams: [\"*\"], environments", "environments", "roles.on-call.environments: says in which clusters"),
        (
            "members: [eve], teams",
            "members: [eve], group: ENG-pay, teams",
            "its group `ENG-pay` is that of teams.pay, too",
        ),
        ("environments: [staging]", "environments: []", "teams.shop.environments: names none"),
        ("environments: [staging]", "environments: [a b]", "teams.shop.environments[0]: "),
        ("accounts: [\"444455556666\"]", "accounts: []", "teams.shop.aws[0].accounts: names none"),
        ("\"444455556666\"", "\"44445555666\"", "teams.shop.aws[0].accounts[0]: `44445555666` is no account"),
        ("permission_set: ReadOnly", "permission_set: Read Only", "teams.shop.aws[0].permission_set: "),
        ("  datadog: {site: datadoghq.eu}\n", "  datadog: {site: eu}\n", "systems.datadog.site: `eu` is no site"),
        ("  github: {organization: example}\n", "  github: {organization: a/b}\n", "systems.github.organization: "),
        ("region: eu-central-1", "region: eu", "systems.aws.region: "),
        ("account: \"111122223333\"", "account: \"1\"", "systems.aws.account: "),
        ("tenant: 11111111-2222-3333-4444-555555555555", "", "systems.entra.tenant: nobody says which tenant it is"),
        ("https://argocd.example.com", "http://argocd.example.com", "applications.argocd.redirects[0]: "),
        ("argocd: {", "argocd: {teams: [depot], ", "applications.argocd.teams[0]: there is no `depot` in `teams`"),
        ("argocd: {", "argocd: {teams: [], ", "applications.argocd: nobody may log in"),
        ("argocd: {", "argocd: {app_role: User, ", "applications.argocd.app_role: "),
        (
            "argocd: {",
            "argocd: {client_id: 11111111-2222-3333-4444-555555555555, ",
            "applications.argocd.redirects: what is there already is not changed",
        ),
        ("owners: [eve]}", "owners: [eve], existing: {entra: x}}", "teams.pay.existing.entra: `x` is no id"),
        (
            "owners: [eve]}",
            "owners: [eve], existing: {aws: 11111111-2222-3333-4444-555555555555}}",
            "teams.pay.existing.aws: nothing of it is written there",
        ),
    ] {
        let said = mistakes(before, after);
        assert!(said.iter().any(|one| one.contains(wanted)), "{after}: {said:#?}");
    }
    for (existing, wanted) in [
        ("{entra_members: [eve]}", "teams.pay.existing.entra_members: of a group that is made nobody is a member yet"),
        (
            "{entra: 11111111-2222-3333-4444-555555555555, entra_members: [ada]}",
            "teams.pay.existing.entra_members[0]: `ada` is no owner and no member here",
        ),
    ] {
        let said = mistakes("owners: [eve]}", &format!("owners: [eve], existing: {existing}}}"));
        assert_eq!(said.len(), 1, "{said:#?}");
        assert!(said[0].starts_with(wanted), "{said:#?}");
    }
    // What is there once is taken over once.
    let twice = FILE
        .replace("{owners: [eve]}", "{owners: [eve], existing: {entra: 11111111-2222-3333-4444-555555555555}}")
        .replace("members: [eve], teams", "existing: {entra: 11111111-2222-3333-4444-555555555555}, teams")
        .replace(
            "applications:\n",
            "applications:\n  a: {client_id: 11111111-2222-3333-4444-555555555555}\n  b: {client_id: \
             11111111-2222-3333-4444-555555555555}\n",
        );
    let said = Company::of(&file(&twice), &Platform::default()).unwrap_err();
    let fields: Vec<&str> = said.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["roles.on-call.existing.entra", "applications.b.client_id"], "{said:#?}");
    assert_eq!(mistakes("schema", "schema"), [""; 0]);
}

/// All that is wrong is said at once, and a system that is left out is not written to by anything that remains.
#[test]
fn what_needs_a_system_says_so_where_it_is_left_out() {
    let said = mistakes("  aws: {account: \"111122223333\", region: eu-central-1, groups: here}\n", "");
    assert_eq!(said, ["teams.shop.aws: there is no `systems.aws`; add it, or take this out"]);
    let said = mistakes("  entra: {tenant: 11111111-2222-3333-4444-555555555555}\n", "");
    assert_eq!(said, ["applications.argocd: there is no `systems.entra`; add it, or take this out"]);
    let said = mistakes("owners: [eve]}", "owners: [eve], members: [x, y]}");
    assert_eq!(said.len(), 2, "{said:#?}");
}

#[test]
fn there_is_one_scheme_of_names_and_one_tenant_wherever_they_are_said() {
    let platform = |groups: &str, tenant: &str| -> Platform {
        serde_json::from_str(&format!(r#"{{"groups": {{"team": "{groups}"}}, "auth": {{"tenant": "{tenant}"}}}}"#))
            .unwrap()
    };
    let same = platform("eng-{team}", "11111111-2222-3333-4444-555555555555");
    assert!(Company::of(&file(FILE), &same).is_ok());
    let other = platform("people-{team}", "99999999-2222-3333-4444-555555555555");
    let said = Company::of(&file(FILE), &other).unwrap_err();
    let fields: Vec<&str> = said.iter().map(|one| one.field.as_str()).take(2).collect();
    assert_eq!(fields, ["systems.entra.tenant", "names.team"], "{said:#?}");
    // What the file does not say, the settings do.
    let silent =
        FILE.replace("team: \"eng-{team}\", ", "").replace("{tenant: 11111111-2222-3333-4444-555555555555}", "{}");
    let company = Company::of(&file(&silent), &other).unwrap();
    assert!(company.has_group("people-shop") && company.tenant.is_some_and(|tenant| tenant.starts_with("99999999")));
}

#[test]
fn keys_that_do_not_exist_stand_twice_or_have_no_value_are_refused() {
    for text in [
        FILE.replace("members: [bob]", "member: [bob]"),
        FILE.replace("  shop:\n", "  pay:\n"),
        FILE.replace("caravan.people/v1", "caravan.people/v2"),
        FILE.replace("groups: here", "groups: there"),
    ] {
        assert!(serde_yaml::from_str::<People>(&text).is_err(), "{text}");
    }
    let text = FILE.replace("environments: [staging]", "environments:").replace("argocd: {", "argocd: {teams: , ");
    let found: Vec<String> = keys_without_value(&text).into_iter().map(|one| one.field).collect();
    assert_eq!(found, ["applications.argocd.teams", "teams.shop.environments"]);
    assert_eq!(keys_without_value(FILE), []);
}

#[test]
fn who_has_the_rights_of_a_team_follows_from_teams_and_roles_and_environments() {
    let company = company(FILE);
    let groups = |team: &str, environment: &str| company.groups_in(&TeamName::new(team), environment);
    assert_eq!(groups("shop", "staging"), ["eng-shop"]);
    assert_eq!(groups("shop", "prod"), ["eng-on-call"]);
    assert_eq!(groups("pay", "prod"), ["eng-on-call", "eng-pay"]);
    assert_eq!(groups("pay", "staging"), ["eng-pay"]);
    assert_eq!(groups("depot", "prod"), [""; 0]);
}

fn said(changes: &Changes) -> Vec<String> {
    let word = |change: &Change| {
        let json = serde_json::to_value(change).unwrap();
        let text = |key: &str| json[key].as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} {} {} {} {}",
            text("system"),
            text("change"),
            text("kind"),
            text("group"),
            text("person"),
            text("of")
        )
    };
    changes.changes.iter().map(word).collect()
}

/// Every system once, and nothing else.
#[test]
fn a_person_who_comes_changes_the_groups_of_their_team_and_nothing_else() {
    let before = company(FILE);
    let with = FILE
        .replace("teams:\n  pay", "  zoe: {upn: zoe@example.com, github: zoe}\nteams:\n  pay")
        .replace("members: [bob]", "members: [bob, zoe]");
    let after = company(&with);
    let coming = Changes::between(Some(&before), Some(&after));
    let wanted = ["entra", "aws", "datadog", "github"].map(|system| format!("{system} added member eng-shop zoe -"));
    assert_eq!(said(&coming), wanted);
    assert_eq!((coming.leaving, coming.orphaned), (Vec::new(), Vec::new()));
    let going = Changes::between(Some(&after), Some(&before));
    assert_eq!(said(&going), wanted.map(|one| one.replace("added", "removed")));
    assert_eq!(going.leaving, [Leaving { person: "zoe".to_owned(), owned: Vec::new(), gone: true }]);
    assert!(Changes::between(Some(&after), Some(&after)).is_empty());
}

#[test]
fn whoever_leaves_what_they_answered_for_is_named() {
    let before = company(FILE);
    let after = company(&FILE.replace("  pay: {owners: [eve]}", "  pay: {members: [eve]}"));
    let changes = Changes::between(Some(&before), Some(&after));
    assert_eq!(said(&changes), ["datadog changed member eng-pay eve -"]);
    let owned = vec!["teams.pay".to_owned()];
    assert_eq!(changes.leaving, [Leaving { person: "eve".to_owned(), owned: owned.clone(), gone: false }]);
    assert_eq!(changes.orphaned, ["teams.pay: nobody answers for it any more"]);
    let gone = FILE
        .replace("  eve: {upn: eve@example.com}\n", "")
        .replace("  pay: {owners: [eve]}", "  pay: {}")
        .replace("members: [eve]", "members: [ada]");
    let changes = Changes::between(Some(&before), Some(&company(&gone)));
    assert_eq!(changes.leaving, [Leaving { person: "eve".to_owned(), owned, gone: true }]);
    assert_eq!(changes.orphaned, ["teams.pay: nobody is in it any more"]);
}

/// Access goes with its line; what held it, and whatever is of a system that is left out, stays.
#[test]
fn what_is_taken_away_and_what_is_only_forgotten_are_told_apart() {
    let before = company(FILE);
    let without = FILE.replace("  pay: {owners: [eve]}\n", "");
    let changes = said(&Changes::between(Some(&before), Some(&company(&without))));
    for wanted in [
        "entra forgotten group eng-pay - -",
        "entra removed member eng-pay eve -",
        "entra removed login eng-pay - argocd",
        "kubernetes removed rights eng-pay - team pay",
        "argocd removed rights eng-on-call - team pay",
        "datadog forgotten group eng-pay - -",
        "github forgotten group eng-pay - -",
    ] {
        assert!(changes.contains(&wanted.to_owned()), "{wanted}: {changes:#?}");
    }
    let left_out = company(&FILE.replace("  datadog: {site: datadoghq.eu}\n", ""));
    let changes = said(&Changes::between(Some(&before), Some(&left_out)));
    assert!(!changes.is_empty() && changes.iter().all(|one| one.starts_with("datadog forgotten ")), "{changes:#?}");
    let all = said(&Changes::between(Some(&before), None));
    assert_eq!(all.len(), before.facts().len());
    assert!(all.iter().filter(|one| !one.contains("rights")).all(|one| one.contains(" forgotten ")), "{all:#?}");
}

#[test]
fn who_is_not_known_to_a_system_is_a_gap_and_no_member() {
    let company = company(FILE);
    let gaps: Vec<(System, String)> = company.gaps().into_iter().map(|gap| (gap.system, gap.person)).collect();
    assert_eq!(gaps, [(System::Github, "eve".to_owned()), (System::Github, "bob".to_owned())]);
    let facts = company.facts();
    assert!(!facts.keys().any(|fact| fact.system == System::Github && fact.person.as_deref() == Some("bob")));
}

#[test]
fn scim_fills_the_groups_of_aws_and_permissions_stay() {
    let company = company(&FILE.replace("groups: here", "groups: scim"));
    let aws: Vec<FactKind> =
        company.facts().keys().filter(|fact| fact.system == System::Aws).map(|fact| fact.kind).collect();
    assert_eq!(aws, [FactKind::Permission]);
}
