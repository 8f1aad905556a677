use super::*;
use crate::render::{self, Scope};
use crate::{AuthSettings, Company, Needs, Nothing};
use caravan_convert_lift::plconfig::PlConfig;
use serde_json::Value;
use unit::Unit;

const PLCONFIGS: [&str; 6] = [
    include_str!("../render/tests/shop.yaml"),
    include_str!("../render/tests/stateful.yaml"),
    include_str!("../render/tests/legacy.yaml"),
    include_str!("../render/tests/suspended.yaml"),
    include_str!("../render/trace/tests/sharing.yaml"),
    include_str!("../render/trace/tests/functions.yaml"),
];

const SETTINGS: &str = r#"
cluster: "plat-{environment}"
groups: {team: "eng-{team}"}
repository: {url: "https://git.example.com/deployments.git"}
secret_role: "arn:aws:iam::{account}:role/eso-{team}"
nodes: {role: "nodes-{cluster}"}
acme: {email: platform@example.com, dns_zones: [corp.example]}
internal_gateway: {ca_secret: corp-ca}
"#;

/// An app with an internal host, for the internal Gateway.
const INSIDE: &str = "\
plconfig: v1
app: ledger
team: pay
image: registry.example.com/ledger:1
components:
  web:
    type: web
    port: 80
    ingress:
      internal: true
      routes:
        - {hosts: [ledger.corp.example], paths: [/]}
        - {hosts: [ledger.corp.example], paths: [/admin], respond: {status: 403}}
";

fn settings(text: &str) -> Platform {
    serde_yaml::from_str(text).unwrap()
}

fn demand(settings: &Platform) -> Demand {
    let mut demand = Demand::default();
    for text in PLCONFIGS.iter().chain([&INSIDE]) {
        let config = PlConfig::read(text).unwrap();
        let needs = Needs::of(&render::objects(&config, settings, "prod").unwrap());
        let team = TeamName::new(config.team.clone());
        demand.add(&team, &config.app, &EnvironmentName::new("prod"), &needs);
    }
    demand
}

fn accounts() -> BTreeMap<EnvironmentName, AccountId> {
    [(EnvironmentName::new("prod"), AccountId::new("111122223333"))].into()
}

fn made(settings: &Platform, trace: Trace) -> PlatformTree {
    platform_tree(&demand(settings), settings, None, &accounts(), &Nothing, trace)
}

/// Every object, by file, kind and name.
fn objects(tree: &PlatformTree) -> BTreeMap<String, Value> {
    let mut objects = BTreeMap::new();
    for (path, file) in tree.files.iter().filter(|(path, _)| path.ends_with(".yaml")) {
        let text = std::str::from_utf8(&file.bytes).unwrap();
        for document in text.split("---\n").skip(1) {
            let value: Value = serde_yaml::from_str(document).unwrap();
            let name =
                format!("{path} {}/{}", value["kind"].as_str().unwrap(), value["metadata"]["name"].as_str().unwrap());
            assert!(objects.insert(name.clone(), value).is_none(), "{name} stands there twice");
        }
    }
    objects
}

fn object<'a>(objects: &'a BTreeMap<String, Value>, ending: &str) -> &'a Value {
    objects.iter().find(|(name, _)| name.ends_with(ending)).unwrap_or_else(|| panic!("no {ending}")).1
}

#[test]
fn every_line_has_an_origin_and_tracing_changes_no_byte() {
    let (traced, plain) = (made(&settings(SETTINGS), Trace::Lines), made(&settings(SETTINGS), Trace::Off));
    assert!(traced.open.is_empty(), "{:?}", traced.open);
    let bytes = |tree: &PlatformTree| -> Vec<_> {
        tree.files.iter().map(|(path, file)| (path.to_owned(), file.bytes.clone())).collect()
    };
    assert_eq!(bytes(&traced), bytes(&plain));
    let mut lines = 0;
    for (path, file) in traced.files.iter() {
        assert!(plain.files.file(path).unwrap().provenance.spans().is_empty(), "{path}");
        let text = std::str::from_utf8(&file.bytes).unwrap();
        for (at, line) in (1..).zip(text.lines()) {
            let span = file.provenance.line(at).unwrap_or_else(|| panic!("{path}:{at}: no origin: {line}"));
            assert!(!span.origins.is_empty(), "{path}:{at}");
            assert_eq!(span.rule.name == "header", line.starts_with('#'), "{path}:{at}: {line}");
            lines += 1;
        }
        assert_eq!(file.provenance.spans().last().unwrap().last as usize, text.lines().count(), "{path}");
    }
    assert!(lines > 800, "{lines}");
}

/// Where two trees differ: the object, and the place in it.
fn differences(one: &Value, other: &Value, at: &str, found: &mut BTreeSet<String>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            if other.keys().any(|key| !one.contains_key(key)) {
                found.insert(at.to_owned());
            }
            for (key, value) in one {
                let mut at = at.to_owned();
                crate::located::push_step(&mut at, key);
                differences(value, other.get(key).unwrap_or(&Value::Null), &at, found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                differences(one, other, &format!("{at}/{index}"), found);
            }
        }
        _ if one != other => drop(found.insert(at.to_owned())),
        _ => {}
    }
}

#[test]
fn where_another_setting_gives_another_line_it_is_among_its_origins() {
    // The setting, and what its value becomes.
    let changed = [
        ("group", "group: acme.example\n"),
        ("apps_domain", "apps_domain: \"{environment}.other.example\"\n"),
        ("issuer", "issuer: other\n"),
        ("secret_store", "secret_store: vault\n"),
        ("region", "region: eu-west-1\n"),
        ("namespace_prefix", "namespace_prefix: ns-\n"),
        ("registries", "registries: [registry.example.com, docker.io, quay.io]\n"),
        ("egress", "egress: closed\n"),
        ("gateway/name", "gateway: {name: outside}\n"),
        ("gateway/namespace", "gateway: {namespace: entries}\n"),
        ("gateway/section", "gateway: {section: all}\n"),
    ];
    // Those that the settings have already.
    let replaced = [
        ("cluster", "plat-{environment}", "other-{environment}"),
        ("groups/team", "eng-{team}", "team-{team}"),
        ("repository/url", "deployments.git", "other.git"),
        ("repository/revision", "deployments.git\"", "deployments.git\", revision: live"),
        ("secret_role", "role/eso-", "role/other-"),
        ("nodes/role", "nodes-{cluster}", "other-{cluster}"),
        ("nodes/bottlerocket", "nodes-{cluster}\"", "nodes-{cluster}\", bottlerocket: v1.65.0"),
        ("nodes/disk", "nodes-{cluster}\"", "nodes-{cluster}\", disk: 80Gi"),
        ("acme/email", "platform@", "other@"),
        ("acme/dns_zones", "[corp.example]", "[other.example]"),
        ("internal_gateway/ca_secret", "corp-ca", "other-ca"),
        ("internal_gateway/issuer", "{ca_secret", "{issuer: corp, ca_secret"),
        ("internal_gateway/name", "{ca_secret", "{name: inside, ca_secret"),
        ("internal_gateway/namespace", "{ca_secret", "{namespace: inside, ca_secret"),
    ];
    let base = made(&settings(SETTINGS), Trace::Lines);
    let before = objects(&base);
    let texts = changed.iter().map(|(name, line)| (*name, format!("{SETTINGS}{line}")));
    let replaced = replaced.iter().map(|(name, from, to)| {
        assert!(SETTINGS.contains(from), "{from}");
        (*name, SETTINGS.replace(from, to))
    });
    let mut wrong = BTreeSet::new();
    for (name, text) in texts.chain(replaced) {
        let other = made(&settings(&text), Trace::Off);
        let (after, mut any) = (objects(&other), false);
        for (document, value) in &before {
            let Some(other) = after.get(document) else {
                // Another name: said by the origins of the whole.
                any = true;
                continue;
            };
            let mut places = BTreeSet::new();
            differences(value, other, "", &mut places);
            for place in places {
                any = true;
                let (path, document) = document.split_once(' ').unwrap();
                let spans = base.files.file(path).unwrap().provenance.spans();
                let at = |span: &&crate::Span| {
                    let pointer = &span.place.pointer;
                    span.place.document.as_deref() == Some(document)
                        && (*pointer == place || place.starts_with(&format!("{pointer}/")))
                };
                let nearest = spans.iter().filter(at).max_by_key(|span| span.place.pointer.len()).unwrap();
                let named = |origin: &Origin| matches!(origin, Origin::Setting { name: of } if *of == name);
                if !nearest.origins.iter().any(named) {
                    wrong.insert(format!("{name}: {path} {document} {place} ({})", nearest.rule.name));
                }
            }
        }
        assert!(any, "{name} changes nothing");
    }
    assert!(wrong.is_empty(), "{}", Vec::from_iter(wrong).join("\n"));
}

#[test]
fn every_custom_kind_is_one_that_doctor_looks_for() {
    let all = objects(&made(&settings(SETTINGS), Trace::Off));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    // Kubernetes' own have no dot in their group, or end in this.
    let is_custom = |api: &str| api.contains('.') && (!api.contains(".k8s.io/") || api.starts_with("gateway."));
    let mut made_here = BTreeSet::new();
    for one in all.values() {
        let (api, kind) = (text(&one["apiVersion"]), text(&one["kind"]));
        if is_custom(&api) && !crate::CUSTOM_KINDS.contains(&(api.as_str(), kind.as_str())) {
            made_here.insert((api, kind));
        }
    }
    let known: BTreeSet<_> = PLATFORM_KINDS.iter().map(|(api, kind)| ((*api).to_owned(), (*kind).to_owned())).collect();
    assert_eq!(made_here, known);
}

#[test]
fn what_nobody_has_told_is_left_out_and_named_with_what_to_write() {
    let tree = made(&Platform::default(), Trace::Off);
    let all = objects(&tree);
    for kind in ["NodePool/", "EC2NodeClass/", "SecretStore/", "RoleBinding/", "AppProject/", "ApplicationSet/"] {
        assert!(!all.keys().any(|name| name.contains(kind)), "{kind}");
    }
    for (what, remedy) in [
        ("nodes", "cluster: NAME"),
        ("nodes", "nodes: {role: NAME}"),
        ("stores", "secret_role:"),
        ("people of team pay", "groups: {team:"),
        ("Argo CD's Applications", "repository: {url:"),
        ("the issuer `internal`", "internal_gateway: {ca_secret:"),
    ] {
        let named = |open: &&Open| open.what.contains(what) && open.remedy.contains(remedy);
        assert!(tree.open.iter().any(|open| named(&open)), "{what}: {:#?}", tree.open);
    }
    let unknown = settings(&SETTINGS.replace("{account}", "{acount}"));
    assert!(made(&unknown, Trace::Off).open.iter().any(|open| open.what.contains("`{acount}`")));
}

#[test]
fn any_pool_holds_every_team_s_quota_and_a_quota_what_its_apps_take() {
    let settings = settings(SETTINGS);
    let (demand, all) = (demand(&settings), objects(&made(&settings, Trace::Off)));
    let number = |value: &Value| value.as_str().unwrap().trim_end_matches("Gi").parse::<u64>().unwrap();
    let quotas: Vec<_> = all.iter().filter(|(name, _)| name.contains("ResourceQuota/")).collect();
    assert_eq!(quotas.len(), 3);
    let sum = |key: &str| quotas.iter().map(|(_, quota)| number(&quota["spec"]["hard"][key])).sum::<u64>();
    for pool in ["NodePool/general", "NodePool/on-demand", "NodePool/gpu"] {
        let limits = &object(&all, pool)["spec"]["limits"];
        assert!(number(&limits["cpu"]) > sum("requests.cpu") && number(&limits["memory"]) > sum("requests.memory"));
    }
    for (_, teams) in demand.environments() {
        for team in teams.values() {
            let unit = Unit::holding(team.needs.most).size();
            assert_eq!(unit.max(team.needs.most), unit);
        }
    }
}

#[test]
fn a_namespace_is_as_strict_as_its_apps_allow_and_names_what_is_more() {
    let all = objects(&made(&settings(SETTINGS), Trace::Off));
    let metadata = |name: &str| object(&all, &format!("Namespace/{name}"))["metadata"].clone();
    let (tracking, pay) = (metadata("team-tracking"), metadata("team-pay"));
    let level = "pod-security.kubernetes.io/enforce";
    assert_eq!((&tracking["labels"][level], &pay["labels"][level]), (&"privileged".into(), &"restricted".into()));
    assert_eq!(tracking["annotations"]["plat.io/capabilities"], "SYS_PTRACE");
    assert_eq!(tracking["annotations"]["plat.io/sysctls"], "net.core.somaxconn");
    assert_eq!(pay["annotations"]["plat.io/hosts"], "ledger.corp.example");
    let data = object(&all, "EC2NodeClass/bottlerocket")["spec"]["userData"].clone();
    assert_eq!(data, "[settings.kubernetes]\nallowed-unsafe-sysctls = [\"net.core.somaxconn\"]\n");
}

#[test]
fn a_name_belongs_to_one_team_and_the_other_is_told() {
    let settings = settings(SETTINGS);
    let mut demand = demand(&settings);
    let host = || ["track.parcels.example".to_owned()].into();
    let needs = Needs { hosts: host(), ..Needs::default() };
    demand.add(&TeamName::new("zoo"), "copy", &EnvironmentName::new("prod"), &needs);
    let tree = platform_tree(&demand, &settings, None, &accounts(), &Nothing, Trace::Off);
    let open: Vec<_> = tree.open.iter().collect();
    assert!(open.len() == 1 && open[0].what.contains("track.parcels.example for zoo/copy"), "{open:?}");
    let zoo = object(&objects(&tree), "Namespace/team-zoo")["metadata"]["annotations"]["plat.io/hosts"].clone();
    assert!(zoo.is_null(), "{zoo}");
}

#[test]
fn the_internal_gateway_is_there_where_an_app_has_an_internal_host() {
    let settings = settings(SETTINGS);
    let with = objects(&made(&settings, Trace::Off));
    assert!(with.keys().any(|name| name.ends_with("Gateway/internal")));
    let config = PlConfig::read(PLCONFIGS[0]).unwrap();
    let needs = Needs::of(&render::objects(&config, &settings, "prod").unwrap());
    let mut demand = Demand::default();
    demand.add(&TeamName::new("tracking"), "parcels", &EnvironmentName::new("prod"), &needs);
    let without = objects(&platform_tree(&demand, &settings, None, &accounts(), &Nothing, Trace::Off));
    assert!(without.keys().all(|name| !name.contains("internal")), "{:?}", without.keys());
}

#[test]
fn an_edit_stays_and_what_is_not_made_any_more_is_named() {
    let settings = settings(SETTINGS);
    let first = made(&settings, Trace::Off);
    let path = "deployment/teams/pay/jail/prod/network.yaml";
    let mine = String::from_utf8(first.files.get(path).unwrap().to_vec()).unwrap() + "# mine\n";
    let there = |file: &str| -> Result<Option<String>, String> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Ok(if file == path { Some(mine.clone()) } else { first.files.get(file).map(text) })
    };
    let again = platform_tree(&demand(&settings), &settings, None, &accounts(), &there, Trace::Off);
    assert!(again.files.get(path).is_none() && again.conflicts.is_empty() && again.stale.is_empty());
    let closed = Platform { egress: crate::Egress::Closed, ..settings.clone() };
    let changed = platform_tree(&demand(&closed), &closed, None, &accounts(), &there, Trace::Off);
    assert_eq!(changed.conflicts.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), [path]);
    let nobody = platform_tree(&Demand::default(), &settings, None, &accounts(), &there, Trace::Off);
    assert_eq!(nobody.stale.len(), first.files.len() - 1);
    let kept = Last::read(&|_: &str| {
        Ok(nobody.files.get(ledger::PATH).map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()))
    });
    assert!(kept.digest(path).is_some(), "what still stands there is still known");
}

#[test]
fn a_team_s_project_takes_every_kind_that_its_manifests_have_and_nothing_of_its_fence() {
    let settings = settings(SETTINGS);
    let all = objects(&made(&settings, Trace::Off));
    let project = object(&all, "AppProject/team-tracking");
    let allowed: BTreeSet<(String, String)> = project["spec"]["namespaceResourceWhitelist"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["group"].as_str().unwrap().to_owned(), one["kind"].as_str().unwrap().to_owned()))
        .collect();
    let mut used = BTreeSet::new();
    let issuer = Some("https://id.example/realms/company".to_owned());
    let asking = Platform { auth: AuthSettings { issuer, ..AuthSettings::default() }, ..settings.clone() };
    for text in PLCONFIGS.iter().chain([&INSIDE, &include_str!("../render/tests/auth.yaml")]) {
        let config = PlConfig::read(text).unwrap();
        for one in Scope::Team.of(render::objects(&config, &asking, "prod").unwrap()) {
            let value = serde_json::to_value(&one).unwrap();
            let group = value["apiVersion"].as_str().unwrap().rsplit_once('/').map_or("", |(group, _)| group);
            used.insert((group.to_owned(), one.kind().to_owned()));
        }
    }
    assert_eq!(used, allowed);
}

fn company(text: &str, settings: &Platform) -> Company {
    Company::of(&serde_yaml::from_str(text).unwrap(), settings).unwrap_or_else(|wrong| panic!("{wrong:#?}"))
}

/// Where `people.yaml` says no more than the settings do, the tree stays as it is. What it says more is bound by the same names.
#[test]
fn the_groups_of_people_yaml_are_bound_where_it_says_and_by_the_names_of_the_scheme() {
    let settings = settings(SETTINGS);
    let teams: BTreeSet<String> = demand(&settings)
        .environments()
        .flat_map(|(_, teams)| teams.keys().map(ToString::to_string).collect::<Vec<_>>())
        .collect();
    let file =
        |teams: &str, roles: &str| format!("schema: caravan.people/v1\nteams: {{{teams}}}\nroles: {{{roles}}}\n");
    let all: String = teams.iter().map(|team| format!("{team}: {{}}, ")).collect();
    let made = |text: &str| {
        let company = company(text, &settings);
        platform_tree(&demand(&settings), &settings, Some(&company), &accounts(), &Nothing, Trace::Lines)
    };
    let plain = super::tests::made(&settings, Trace::Off);
    let same = made(&file(&all, ""));
    for (path, file) in plain.files.iter() {
        assert_eq!(same.files.file(path).map(|file| &file.bytes), Some(&file.bytes), "{path}");
    }
    assert_eq!(same.open, plain.open);
    // A role beside the team, in one environment; a team that does not see this one; a team that is not there.
    let own = all.replace("pay: {}", "pay: {environments: [staging]}").replace("shop: {}, ", "");
    let tree = made(&file(&own, "on-call: {group: sre, teams: [pay], environments: [prod]}"));
    let objects = objects(&tree);
    let subjects = |team: &str| {
        let path = format!("deployment/teams/{team}/jail/prod/access.yaml RoleBinding/team");
        objects.get(&path).map(|binding| {
            binding["subjects"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect::<Vec<_>>()
        })
    };
    assert_eq!(subjects("pay"), Some(vec!["sre".into()]));
    assert_eq!(subjects("shop"), None);
    let roles =
        |team: &str| object(&objects, &format!("argocd.yaml AppProject/team-{team}"))["spec"].get("roles").cloned();
    assert_eq!(roles("pay").unwrap()[0]["groups"], serde_json::json!(["sre"]));
    assert_eq!(roles("shop"), None);
    let open: Vec<&str> = tree.open.iter().map(|one| one.what.as_str()).collect();
    assert!(
        open.iter().any(|what| what.contains("people.yaml does not have the team") && what.contains("shop")),
        "{open:#?}"
    );
    assert!(open.contains(&"teams.pay.environments: no app has an environment `staging`"), "{open:#?}");
    // Each line says that the file decided it.
    let file = tree.files.file("deployment/teams/pay/jail/prod/access.yaml").unwrap();
    let text = std::str::from_utf8(&file.bytes).unwrap();
    let line = (1..).zip(text.lines()).find(|(_, line)| line.ends_with("name: sre")).unwrap().0;
    let origins = &file.provenance.line(line).unwrap().origins;
    assert!(origins.iter().any(|origin| matches!(origin, Origin::People { .. })), "{origins:?}");
}
