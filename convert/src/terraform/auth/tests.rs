//! What apps need at whoever says who callers are, from their plconfigs to the modules.

use crate::auth_settings::{AuthSettings, IdentityProvider};
use crate::provenance::Trace;
use crate::{AppAuth, Nothing, Platform, SharedConverted, SharedEstate, convert_shared, file_auth};
use caravan_inventory::{AccountId, Decisions, EnvironmentName};
use std::collections::{BTreeMap, BTreeSet};

fn platform() -> Platform {
    let told = |text: &str| Some(text.to_owned());
    let auth = AuthSettings {
        issuer: told("https://id.example.com/realms/company"),
        broker: told("entra"),
        tenant: told("11111111-2222-3333-4444-555555555555"),
        ..AuthSettings::default()
    };
    Platform { auth, region: "eu-central-1".to_owned().into(), ..Platform::default() }
}

fn app(team: &str, name: &str, auth: &str, platform: &Platform) -> Vec<AppAuth> {
    let text = format!(
        "plconfig: v1\napp: {name}\nteam: {team}\nimage: i\ncomponents:\n  web:\n    type: web\n    port: 80\n    ingress: \
         {{hosts: [{name}.example.com], auth: {auth}}}\nenvironments: {{prod: {{}}}}\n"
    );
    file_auth(&text, platform).unwrap()
}

fn convert(auth: &[AppAuth], platform: &Platform) -> SharedConverted {
    let accounts = BTreeMap::from([(EnvironmentName::new("prod"), AccountId::new("123456789012"))]);
    let unread = BTreeSet::new();
    let estate = SharedEstate { resources: &[], apps: &[], unread: &unread, auth, accounts: &accounts, people: None };
    convert_shared(&estate, platform, &Decisions::default(), &Nothing, Trace::Lines)
}

fn text(done: &SharedConverted, path: &str) -> String {
    let bytes = done.files.get(path).unwrap_or_else(|| panic!("no {path}; {:?}", done.left_out));
    String::from_utf8(bytes.to_vec()).unwrap()
}

const NEW: &str = "infrastructure/teams/shop/new";

#[test]
fn three_lines_of_a_plconfig_are_a_client_its_secret_and_a_group() {
    let platform = platform();
    let desk = app("shop", "desk", "{mode: login, groups: [shop-users]}", &platform);
    let done = convert(&desk, &platform);
    assert_eq!((done.added, done.left_out.as_slice()), (8, &[][..]));
    insta::assert_snapshot!("client", text(&done, &format!("{NEW}/auth-desk.tf")));
    insta::assert_snapshot!("group", text(&done, &format!("{NEW}/auth.tf")));
    insta::assert_snapshot!("versions", text(&done, &format!("{NEW}/versions.tf")));
    insta::assert_snapshot!("providers", text(&done, &format!("{NEW}/providers.tf")));
    // The secret stands in none of the files, and in no argument that a state keeps.
    for (path, file) in done.files.iter() {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        assert!(!text.contains("secret_string ") && !text.contains("client_secret "), "{path}: {text}");
        assert!(file.provenance.spans().iter().all(|span| !span.origins.is_empty()), "{path}");
    }
    // The same again is the same.
    assert_eq!(convert(&desk, &platform).files, done.files);
}

#[test]
fn who_takes_tokens_has_scopes_that_give_them() {
    let platform = platform();
    let mut all = app("shop", "orders", "{mode: service, scopes: ['orders:read']}", &platform);
    all.extend(app("shop", "api", "{mode: bearer, groups: [staff], audience: shop-api}", &platform));
    let done = convert(&all, &platform);
    insta::assert_snapshot!("scopes", text(&done, &format!("{NEW}/auth.tf")));
    assert!(done.files.iter().all(|(path, _)| !path.contains("auth-")), "no client is needed");
}

/// What a login asks for has to be there, and what a realm has anyway nobody can make.
#[test]
fn the_scopes_of_a_login_are_made_unless_each_realm_has_them() {
    let platform = platform();
    let login =
        |team: &str, name: &str| app(team, name, "{mode: login, scopes: [email, phone, 'orders:read']}", &platform);
    let done = convert(&login("shop", "desk"), &platform);
    let (client, scopes) = (text(&done, &format!("{NEW}/auth-desk.tf")), text(&done, &format!("{NEW}/auth.tf")));
    let scope = "keycloak_openid_client_scope";
    assert_eq!(scopes.matches(&format!("resource \"{scope}\" ")).count(), 1, "{scopes}");
    let label = scopes.split(&format!("\"{scope}\" \"")).nth(1).unwrap().split('"').next().unwrap();
    assert!(scopes.contains("= \"orders:read\"") && !scopes.contains("\"email\""), "{scopes}");
    assert!(!scopes.contains("audience_protocol_mapper"), "nobody takes tokens for it: {scopes}");
    let optional = client.split("optional_scopes").nth(2).unwrap();
    assert!(optional.contains(&format!("{scope}.{label}.name")) && optional.contains("\"phone\""), "{client}");
    assert!(!client.contains("\"email\"") && !client.contains("\"orders:read\""), "{client}");
    // Of several teams it is the platform's, which another module can only name.
    let done = convert(&[login("shop", "desk"), login("pay", "till")].concat(), &platform);
    assert!(text(&done, "infrastructure/platform/new/auth.tf").contains("\"orders:read\""));
    assert!(text(&done, "infrastructure/teams/pay/new/auth-till.tf").contains("\"orders:read\""));
}

#[test]
fn what_several_teams_name_is_the_platform_s_and_stands_there_once() {
    let platform = platform();
    let mut all = app("shop", "desk", "{mode: login, groups: [staff, shop-users]}", &platform);
    all.extend(app("pay", "till", "{mode: login, groups: [staff]}", &platform));
    let done = convert(&all, &platform);
    let of =
        |path: &str| done.files.get(path).map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).unwrap_or_default();
    let groups: Vec<(&str, usize)> = ["platform", "teams/shop", "teams/pay"]
        .into_iter()
        .map(|owner| (owner, of(&format!("infrastructure/{owner}/new/auth.tf")).matches("\"azuread_group\"").count()))
        .collect();
    assert_eq!(groups, [("platform", 1), ("teams/shop", 1), ("teams/pay", 0)]);
    assert!(of("infrastructure/platform/new/auth.tf").contains("\"azuread_group\" \"staff\""));
}

/// What `people.yaml` makes and fills is looked up here: nothing is made twice, and members come from there.
#[test]
fn a_group_that_people_yaml_has_is_looked_up_and_not_made_a_second_time() {
    let platform = platform();
    let file = "schema: caravan.people/v1\nsystems: {entra: {}}\nroles: {users: {group: Shop-Users}}\n";
    let company = crate::Company::of(&serde_yaml::from_str(file).unwrap(), &platform).unwrap();
    let desk = app("shop", "desk", "{mode: login, groups: [shop-users, staff]}", &platform);
    let accounts = BTreeMap::from([(EnvironmentName::new("prod"), AccountId::new("123456789012"))]);
    let unread = BTreeSet::new();
    let people = Some(&company);
    let estate = SharedEstate { resources: &[], apps: &[], unread: &unread, auth: &desk, accounts: &accounts, people };
    let done = convert_shared(&estate, &platform, &Decisions::default(), &Nothing, Trace::Lines);
    let auth = text(&done, &format!("{NEW}/auth.tf"));
    assert!(
        auth.contains("data \"azuread_group\" \"shop-users\"")
            && !auth.contains("resource \"azuread_group\" \"shop-users\""),
        "{auth}"
    );
    assert!(auth.contains("data.azuread_group.shop-users.object_id"), "{auth}");
    // One that the file does not have is made here, as ever.
    assert!(
        auth.contains("resource \"azuread_group\" \"staff\"") && auth.contains(" azuread_group.staff.object_id"),
        "{auth}"
    );
    let groups = text(&done, "infrastructure/people/entra/new/groups.tf");
    assert!(groups.contains("resource \"azuread_group\" \"Shop-Users\""), "{groups}");
}

#[test]
fn what_nobody_told_is_left_out_with_what_to_write() {
    let reasons = |platform: &Platform| {
        let done = convert(&app("shop", "desk", "{mode: login, groups: [shop-users]}", platform), platform);
        done.left_out.iter().map(|one| format!("{}: {}\n", one.id, one.reason)).collect::<String>()
    };
    let whole = platform();
    let without = |change: &dyn Fn(&mut Platform)| {
        let mut platform = whole.clone();
        change(&mut platform);
        reasons(&platform)
    };
    assert!(
        without(&|platform| platform.auth.tenant = None)
            .contains("group shop-users in Entra ID: `platform.auth.tenant`")
    );
    assert!(
        without(&|platform| platform.auth.broker = None)
            .contains("members of the group shop-users in the realm company")
    );
    let region = without(&|platform| platform.region = Platform::default().region);
    assert!(region.contains("shop/desk/prod: client shop.desk.prod: `platform.region`"), "{region}");
    let by_hand = without(&|platform| {
        platform.auth.provider = IdentityProvider::Other;
        platform.auth.keys = Some("https://id.example.com/keys".to_owned());
    });
    assert!(by_hand.contains("make it by hand, with its secret at team-shop/desk.prod.login"), "{by_hand}");
    assert!(by_hand.contains("https://desk.example.com/.auth/desk/callback"), "{by_hand}");
}
