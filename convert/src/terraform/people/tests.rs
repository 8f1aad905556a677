//! From `people.yaml` to the modules, and from one state of it to the next.

use crate::merge::Existing;
use crate::people::{Changes, Company, People};
use crate::provenance::Trace;
use crate::{Nothing, Platform, SharedConverted, SharedEstate, Tree, convert_shared};
use caravan_inventory::Decisions;
use std::collections::{BTreeMap, BTreeSet};

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
  bob: {object_id: 0a1b2c3d-0000-1111-2222-333344445555, email: bob@example.com, github: bob}
teams:
  shop:
    owners: [ada]
    members: [bob]
    aws: [{permission_set: ReadOnly, accounts: ["444455556666"]}]
    existing: {github: shop, aws: 99999999-2222-3333-4444-555555555555, datadog: 88888888-2222-3333-4444-555555555555, datadog_members: [bob]}
roles:
  shop-users: {members: [ada], group: shop-users, existing: {entra: 22222222-2222-3333-4444-555555555555, entra_members: [ada]}}
applications:
  argocd: {redirects: ["https://argocd.example.com/auth/callback"], teams: [shop]}
  aws: {client_id: 33333333-2222-3333-4444-555555555555, app_role: User, teams: [shop]}
"#;

fn company(text: &str) -> Company {
    let file: People = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    Company::of(&file, &Platform::default()).unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

fn convert(company: Option<&Company>, existing: &dyn Existing) -> SharedConverted {
    let (unread, accounts) = (BTreeSet::new(), BTreeMap::new());
    let estate =
        SharedEstate { resources: &[], apps: &[], unread: &unread, auth: &[], accounts: &accounts, people: company };
    convert_shared(&estate, &Platform::default(), &Decisions::default(), existing, Trace::Lines)
}

/// A tree as it stands on a disk.
fn on_disk(tree: &Tree) -> impl Existing + use<> {
    let files: BTreeMap<String, String> =
        tree.iter().map(|(path, file)| (path.to_owned(), String::from_utf8(file.bytes.clone()).unwrap())).collect();
    move |path: &str| Ok(files.get(path).cloned())
}

fn text(tree: &Tree, path: &str) -> String {
    let known: Vec<&str> = tree.iter().map(|(path, _)| path).collect();
    let bytes = tree.get(path).unwrap_or_else(|| panic!("no {path} in {known:?}"));
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn each_system_has_a_module_of_its_own() {
    let done = convert(Some(&company(FILE)), &Nothing);
    assert_eq!(done.left_out, [], "{:?}", done.left_out);
    for (system, files) in [
        ("aws", &["groups", "instance", "people", "permission_sets", "permissions", "providers", "versions"][..]),
        ("datadog", &["groups", "people", "providers", "versions"]),
        ("entra", &["applications", "groups", "people", "providers", "versions"]),
        ("github", &["groups", "providers", "versions"]),
    ] {
        let folder = format!("infrastructure/people/{system}/new");
        let mut whole = String::new();
        for file in files {
            whole.push_str(&format!("# {file}.tf\n{}\n", text(&done.files, &format!("{folder}/{file}.tf"))));
        }
        insta::assert_snapshot!(system, whole);
        let of_module = done.files.iter().filter(|(path, _)| path.starts_with(&folder)).count();
        assert_eq!(of_module, files.len(), "{system}");
    }
    for (path, file) in done.files.iter() {
        assert!(file.provenance.spans().iter().all(|span| !span.origins.is_empty()), "{path}");
    }
    assert_eq!(convert(Some(&company(FILE)), &Nothing).files, done.files, "the same again is the same");
}

/// The addresses of a tree, by system.
fn addresses(tree: &Tree) -> BTreeMap<String, BTreeSet<String>> {
    let ledgers = tree.iter().filter(|(path, _)| path.starts_with("ledger/terraform/people/"));
    ledgers
        .map(|(path, file)| {
            let ledger: serde_json::Value = serde_json::from_slice(&file.bytes).unwrap();
            let all = ledger["generated"]["addresses"].as_array().unwrap();
            let system = path.split('/').nth(3).unwrap().to_owned();
            (system, all.iter().map(|one| one.as_str().unwrap().to_owned()).collect())
        })
        .collect()
}

/// What is told of a change is what Terraform does: as many resources in each system.
#[test]
fn somebody_who_comes_and_goes_is_one_membership_in_each_system_and_leaves_no_trace() {
    let with = FILE
        .replace("teams:\n  shop:", "  zoe: {upn: zoe@example.com, github: zoe}\nteams:\n  shop:")
        .replace("members: [bob]", "members: [bob, zoe]");
    let (before, after) = (company(FILE), company(&with));
    let first = convert(Some(&before), &Nothing);
    let second = convert(Some(&after), &on_disk(&first.files));
    let added: BTreeMap<String, Vec<String>> = addresses(&second.files)
        .into_iter()
        .map(|(system, all)| {
            let old = &addresses(&first.files)[&system];
            assert!(old.is_subset(&all), "{system}");
            (system.clone(), all.difference(old).map(|one| one.split('.').next().unwrap().to_owned()).collect())
        })
        .collect();
    let one = |kind: &str| vec![kind.to_owned()];
    assert_eq!(
        added,
        BTreeMap::from([
            ("aws".to_owned(), one("aws_identitystore_group_membership")),
            ("datadog".to_owned(), one("datadog_team_membership")),
            ("entra".to_owned(), one("azuread_group_member")),
            ("github".to_owned(), one("github_team_membership")),
        ])
    );
    let told: Vec<_> = Changes::between(Some(&before), Some(&after)).changes;
    assert_eq!(told.len(), added.len());
    // Nothing else of any file is touched.
    for (path, file) in second.files.iter().filter(|(path, _)| path.ends_with(".tf")) {
        let (old, new) = (text(&first.files, path), String::from_utf8(file.bytes.clone()).unwrap());
        let old: BTreeSet<&str> = old.lines().collect();
        let lines: Vec<&str> = new.lines().filter(|line| !old.contains(line)).collect();
        assert!(lines.iter().all(|line| line.contains("zoe")), "{path}: {lines:#?}");
    }
    // And back: the very bytes, no `removed` block that would keep the access.
    let third = convert(Some(&before), &on_disk(&second.files));
    for (path, file) in first.files.iter() {
        assert_eq!(text(&third.files, path), String::from_utf8(file.bytes.clone()).unwrap(), "{path}");
    }
}

/// Access goes with its line; groups are forgotten and stay. Of what is left out altogether nothing is destroyed.
#[test]
fn groups_are_forgotten_and_a_file_that_is_gone_takes_nothing_away() {
    let first = convert(Some(&company(FILE)), &Nothing);
    let without = FILE.replace(
        "roles:\n  shop-users: {members: [ada], group: shop-users, existing: {entra: 22222222-2222-3333-4444-555555555555, entra_members: [ada]}}\n",
        "",
    );
    let second = convert(Some(&company(&without)), &on_disk(&first.files));
    let removed = text(&second.files, "infrastructure/people/entra/new/removed.tf");
    assert!(removed.contains("from = azuread_group.shop-users\n"), "{removed}");
    assert!(!removed.contains("azuread_group_member"), "{removed}");
    let nothing = convert(None, &on_disk(&first.files));
    for (system, all) in addresses(&first.files) {
        let removed = text(&nothing.files, &format!("infrastructure/people/{system}/new/removed.tf"));
        for address in all {
            assert!(removed.contains(&format!("from = {address}\n")), "{system}: {address}: {removed}");
        }
    }
    let versions = text(&nothing.files, "infrastructure/people/github/new/versions.tf");
    assert!(versions.contains("integrations/github"), "what is forgotten is forgotten by its provider: {versions}");
}

#[test]
fn of_aws_by_scim_permissions_alone_are_written() {
    let scim = FILE.replace("groups: here", "groups: scim").replace("aws: 99999999-2222-3333-4444-555555555555, ", "");
    let done = convert(Some(&company(&scim)), &Nothing);
    let groups = text(&done.files, "infrastructure/people/aws/new/groups.tf");
    assert!(
        groups.contains("data \"aws_identitystore_group\" \"eng-shop\"") && !groups.contains("resource"),
        "{groups}"
    );
    let kinds: BTreeSet<String> =
        addresses(&done.files)["aws"].iter().map(|one| one.split('.').next().unwrap().to_owned()).collect();
    assert_eq!(kinds, BTreeSet::from(["aws_ssoadmin_account_assignment".to_owned()]));
}
