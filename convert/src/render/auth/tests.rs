//! Who may come in, of whole plconfigs: every route that leads to the component is guarded, or lies in a public path.

use crate::auth_settings::{AuthSettings, IdentityProvider};
use crate::render::{Object, objects};
use crate::{Platform, render_file};
use caravan_convert_lift::plconfig::PlConfig;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn platform() -> Platform {
    let auth = AuthSettings { issuer: Some("https://id.example/realms/company".to_owned()), ..AuthSettings::default() };
    Platform { auth, ..Platform::default() }
}

fn file(ingress: &str) -> String {
    format!(
        "plconfig: v1\napp: desk\nteam: shop\nimage: i\ncomponents:\n  web:\n    type: web\n    port: 80\n    ingress: {ingress}\n"
    )
}

#[test]
fn an_app_that_asks_who_comes() {
    let text = include_str!("../tests/auth.yaml");
    insta::assert_snapshot!(render_file(text, "prod", &platform()).unwrap());
}

/// Fail closed: what is rendered takes the place of what stands in Git, which may be open.
#[test]
fn who_asks_without_anybody_to_ask_lets_nobody_in() {
    for mode in ["login", "bearer", "service, scopes: [a]"] {
        let text = file(&format!("{{auth: {{mode: {mode}, public: [/hooks]}}}}"));
        let rendered = render_file(&text, "prod", &Platform::default()).unwrap();
        let policies: Vec<&str> =
            rendered.split("---\n").filter(|one| one.contains("kind: SecurityPolicy\n")).collect();
        assert_eq!(policies.len(), 1, "{rendered}");
        let (_, spec) = policies[0].split_once("spec:\n").unwrap();
        assert!(spec.ends_with("  authorization:\n    defaultAction: Deny\n"), "{mode}: {spec}");
        for asks in ["oidc:", "jwt:", "rules:"] {
            assert!(!spec.contains(asks), "{mode}: {spec}");
        }
        assert!(!rendered.contains("desk--login"), "{mode}: there is no client that could have a secret: {rendered}");
        let found = matches_on(&text, &Platform::default()).unwrap();
        let open: Vec<&str> = found.iter().filter(|one| !one.guarded).map(|one| one.path.as_str()).collect();
        assert_eq!(open, ["/hooks"], "{mode}");
    }
}

#[test]
fn what_can_not_be_kept_closed_is_refused() {
    for (ingress, wanted) in [
        (
            "{hosts: ['*.example.com'], auth: {mode: login}}",
            "components.web.ingress.auth: `mode: login` needs hosts by name",
        ),
        (
            "{paths: [/app], auth: {public: [/hooks]}}",
            "components.web.ingress.auth.public: no path of the component lies in `/hooks`",
        ),
        ("{paths: [/app/a, /app/b], auth: {public: [/app]}}", "components.web.ingress.auth.public: is every path"),
        ("{paths: ['~/v[0-9]/.*'], auth: {public: [/v1]}}", "components.web.ingress.auth.public: no path"),
    ] {
        let said = render_file(&file(ingress), "prod", &platform()).unwrap_err().to_string();
        assert!(said.starts_with(wanted), "{ingress}: {said}");
    }
}

/// A scope that each realm has is nobody's to make, and every caller's to have.
#[test]
fn a_scope_of_every_realm_keeps_nobody_out_and_is_refused() {
    for (auth, scope) in
        [("mode: bearer, scopes: [email, openid]", "email"), ("mode: service, scopes: ['a:read', phone]", "phone")]
    {
        let text = file(&format!("{{auth: {{{auth}}}}}"));
        let said = render_file(&text, "prod", &platform()).unwrap_err().to_string();
        assert!(
            said.starts_with(&format!("components.web.ingress.auth.scopes: `{scope}` is a scope of every realm")),
            "{said}"
        );
        assert!(said.contains("`desk:read`"), "{said}");
        let mut other = platform();
        other.auth.provider = IdentityProvider::Other;
        other.auth.keys = Some("https://id.example/keys".to_owned());
        assert!(render_file(&text, "prod", &other).is_ok(), "of another provider nobody knows its scopes");
    }
    assert!(render_file(&file("{auth: {mode: login, scopes: [email]}}"), "prod", &platform()).is_ok());
}

/// What one match of a route is: its hosts, and whether callers are asked on it.
struct Match {
    hosts: BTreeSet<String>,
    kind: &'static str,
    path: String,
    guarded: bool,
    leads: bool,
}

fn matches(text: &str) -> Option<Vec<Match>> {
    matches_on(text, &platform())
}

fn matches_on(text: &str, platform: &Platform) -> Option<Vec<Match>> {
    let config = PlConfig::read(text).ok()?.for_environment("prod").ok()?;
    let objects = objects(&config, platform, "prod").ok()?;
    let targets: BTreeSet<String> = objects
        .iter()
        .filter_map(|object| match object {
            Object::SecurityPolicy(policy) => Some(policy.spec.target_refs.iter().map(|target| target.name.clone())),
            _ => None,
        })
        .flatten()
        .collect();
    let mut found = Vec::new();
    for object in &objects {
        let Object::HttpRoute(route) = object else { continue };
        let guarded = targets.contains(route.metadata.name.as_ref().unwrap());
        for rule in &route.spec.rules {
            found.extend(rule.matches.iter().map(|one| Match {
                hosts: route.spec.hostnames.iter().cloned().collect(),
                kind: one.path.kind,
                path: one.path.value.clone(),
                guarded,
                leads: !rule.backend_refs.is_empty(),
            }));
        }
    }
    Some(found)
}

/// Whether a match takes a path, by the Gateway API's own words, and how well: the longer the better, what is exact best.
fn takes(one: &Match, path: &str) -> Option<(bool, usize)> {
    match one.kind {
        "Exact" => (one.path == path).then_some((true, path.len())),
        "PathPrefix" => {
            let prefix = one.path.trim_end_matches('/');
            let rest = path.strip_prefix(prefix)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((false, prefix.len()))
        }
        _ => None,
    }
}

fn lies_in(path: &str, public: &[String]) -> bool {
    public.iter().any(|public| match public.strip_prefix('=') {
        Some(exact) => exact == path,
        None => {
            path.strip_prefix(public.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
    })
}

fn path() -> impl Strategy<Value = String> {
    let step = prop::sample::select(vec!["a", "b", "ab"]);
    prop::collection::vec(step, 1..4).prop_map(|steps| format!("/{}", steps.join("/")))
}

fn written() -> impl Strategy<Value = String> {
    (prop::bool::weighted(0.3), path()).prop_map(|(exact, path)| if exact { format!("={path}") } else { path })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever paths there are: the gateway takes the best match, and that one asks unless the path is public; a public path
    /// that leads anywhere is open. With an issuer or without one.
    #[test]
    fn nothing_is_open_but_what_is_public(
        paths in prop::collection::vec(written(), 1..4),
        public in prop::collection::vec(written(), 1..3),
        told in prop::bool::ANY,
        asked in prop::collection::vec(path(), 20),
    ) {
        let text = file(&format!(
            "{{hosts: [a.example], paths: ['{}'], auth: {{mode: bearer, public: ['{}']}}}}", paths.join("', '"), public.join("', '")
        ));
        let platform = if told { platform() } else { Platform::default() };
        let Some(matches) = matches_on(&text, &platform) else { return Ok(()) };
        for path in asked.iter().chain(&paths).chain(&public).map(|path| path.trim_start_matches('=')) {
            let all: Vec<_> = matches.iter().filter_map(|one| Some((takes(one, path)?, one))).collect();
            let Some(best) = all.iter().map(|(how, _)| *how).max() else { continue };
            for (_, one) in all.iter().filter(|(how, _)| *how == best) {
                prop_assert_eq!(one.guarded, !lies_in(path, &public), "{} {} {:?} {:?}", path, &one.path, &paths, &public);
                prop_assert!(one.leads && one.hosts.contains("a.example"));
            }
        }
    }
}

#[test]
fn a_public_path_leads_where_the_longest_path_that_holds_it_leads() {
    let routes = "{routes: [{paths: [/]}, {paths: [/hooks], port: 9090}, {paths: [/x], headers: {A: b}}], auth: {mode: bearer, public: [/hooks/in, /x/y]}}";
    let text = file(routes).replace("    port: 80\n", "    port: 80\n    ports: {admin: '9090'}\n");
    let rendered = render_file(&text, "prod", &platform()).unwrap();
    let public = rendered.split("---\n").find(|one| one.contains("name: desk--public\n")).unwrap();
    let rules: Vec<&str> = public.split("  - matches:").skip(1).collect();
    let of = |path: &str| rules.iter().filter(|rule| rule.contains(path)).count();
    assert_eq!((of("/hooks/in"), of("/x/y")), (1, 2), "{public}");
    assert!(rules.iter().any(|rule| rule.contains("/hooks/in") && rule.contains("port: 9090")), "{public}");
    assert!(rules.iter().any(|rule| rule.contains("/x/y") && rule.contains("name: A")), "{public}");
}

/// Where some routes are reached from inside alone, people log in there, and nowhere where nothing else is.
#[test]
fn people_log_in_wherever_they_are_asked_and_only_there() {
    let hosts = |ingress: &str| -> BTreeSet<String> {
        let callback = |one: &Match| one.kind == "Exact" && one.path == "/.auth/desk/callback";
        let found = matches(&file(ingress)).unwrap();
        assert!(found.iter().all(|one| one.guarded), "{ingress}");
        found.into_iter().filter(callback).flat_map(|one| one.hosts).collect()
    };
    let set = |hosts: &[&str]| hosts.iter().map(|host| (*host).to_owned()).collect::<BTreeSet<_>>();
    let own = "desk.apps.example.com";
    assert_eq!(hosts("{hosts: [a.example], auth: {mode: login}}"), set(&["a.example", own]));
    assert_eq!(hosts("{hosts: [a.example], internal: true, auth: {mode: login}}"), set(&["a.example"]));
    let mixed =
        "{routes: [{hosts: [a.example], paths: [/api]}, {hosts: [in.example], internal: true}], auth: {mode: login}}";
    assert_eq!(hosts(mixed), set(&["a.example", "in.example", own]));
    let inside = "{routes: [{hosts: [in.example], internal: true}], auth: {mode: login}}";
    assert_eq!(hosts(inside), set(&["in.example"]));
}
