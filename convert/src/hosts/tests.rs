use super::*;
use crate::Member;
use caravan_convert_lift::Ledger;
use caravan_inventory::{Decision, TeamName};

const HOST: &str = "api.example.net";

/// An app in production with this ingress.
fn claim(claims: &mut HostClaims, team: &str, app: &str, ingress: &str) {
    let environment = EnvironmentName::new("production");
    let workload = WorkloadId::new(format!("ecs/{team}/{app}"));
    let text = format!(
        "plconfig: v1\napp: {app}\nteam: {team}\ncomponents:\n  web: {{type: web, image: r.example/a:1, port: 80, ingress: {ingress}}}\n"
    );
    let lifted = Lifted {
        outcome: LiftOutcome::Converted(PlConfig::read(&text).unwrap()),
        ledger: Ledger { workload: workload.clone(), documents: Vec::new() },
        questions: Vec::new(),
        host: None,
        modules: Vec::new(),
    };
    let members = vec![Member::whole(environment, workload)];
    let app = App { team: TeamName::new(team), name: app.to_owned(), members };
    claims.add(&app, &[lifted], &Platform::default());
}

fn shared(apps: &[(&str, &str, &str)], decisions: &Decisions) -> Option<Sharing> {
    let mut claims = HostClaims::default();
    for (team, app, ingress) in apps {
        claim(&mut claims, team, app, ingress);
    }
    let shared = claims.share(decisions, &Platform::default(), &Listeners::default());
    shared.get(&EnvironmentName::new("production"), false, HOST).cloned()
}

fn owner(apps: &[(&str, &str, &str)]) -> String {
    let shared = [shared(apps, &Decisions::default()), {
        let backwards: Vec<_> = apps.iter().rev().copied().collect();
        shared(&backwards, &Decisions::default())
    }];
    assert_eq!(shared[0], shared[1], "the order of the apps decides");
    shared[0].as_ref().unwrap().owner.to_string()
}

#[test]
fn the_app_that_serves_most_of_a_host_owns_it() {
    let root = "{hosts: [api.example.net]}";
    let prefix = "{hosts: [api.example.net], paths: [/v1]}";
    let longer = "{hosts: [api.example.net], paths: [/v1/events, =/v1]}";
    let headers = "{routes: [{hosts: [api.example.net], headers: {x: y}}]}";
    let pattern = "{hosts: [api.example.net], paths: ['~/v1/.*']}";
    for (more, less) in [(root, prefix), (prefix, longer), (longer, headers), (headers, pattern), (root, pattern)] {
        assert_eq!(owner(&[("shop", "a", less), ("shop", "b", more)]), "shop/b", "{more} {less}");
    }
    assert_eq!(owner(&[("shop", "b", pattern), ("shop", "a", pattern), ("a", "z", pattern)]), "a/z");
}

#[test]
fn a_host_of_one_app_or_of_the_platform_or_of_inside_only_is_not_shared() {
    let none = Decisions::default();
    let app = ("shop", "a", "{hosts: [api.example.net]}");
    assert_eq!(shared(&[app], &none), None);
    assert_eq!(shared(&[app, ("shop", "b", "{hosts: [api.example.net], internal: true}")], &none), None);
    let mut claims = HostClaims::default();
    for app in ["a", "b"] {
        claim(&mut claims, "shop", app, "{hosts: [both.apps.example.com]}");
    }
    let shared = claims.share(&none, &Platform::default(), &Listeners::default());
    assert_eq!(shared.get(&EnvironmentName::new("production"), false, "both.apps.example.com"), None);
}

#[test]
fn people_decide_between_teams() {
    let apps = [("shop", "a", "{hosts: [api.example.net]}"), ("pay", "b", "{hosts: [api.example.net], paths: [/pay]}")];
    let mut decisions = Decisions::default();
    let assumed = shared(&apps, &decisions).unwrap();
    assert_eq!((assumed.owner.to_string().as_str(), assumed.asks), ("shop/a", Some(WorkloadId::new("ecs/shop/a"))));
    let id = QuestionId::new("host-owner/ecs/shop/a/api.example.net");
    decisions.0.insert(id, Decision { answer: "pay/b".to_owned(), reason: None, asked: None });
    let decided = shared(&apps, &decisions).unwrap();
    assert_eq!(decided.owner.to_string(), "pay/b");
    assert_eq!(decided.guests.iter().map(AppName::to_string).collect::<Vec<_>>(), ["shop/a"]);
    let one_team = [apps[0], ("shop", "b", "{hosts: [api.example.net]}")];
    assert_eq!(shared(&one_team, &Decisions::default()).unwrap().asks, None);
}

/// What two apps with the same host come to, where answers name it: whose it is then, and which of them it is held from.
fn answered(answers: &[(&str, &str)], behind: &[(&str, &[&str])]) -> (Option<Sharing>, Vec<String>) {
    let mut decisions = Decisions::default();
    for (id, answer) in answers {
        decisions.0.insert(QuestionId::new(*id), Decision { answer: (*answer).to_owned(), reason: None, asked: None });
    }
    let mut listeners = Listeners::default();
    for (workload, names) in behind {
        listeners.insert(WorkloadId::new(*workload), names.iter().map(|name| (*name).to_owned()).collect());
    }
    let mut claims = HostClaims::default();
    claim(&mut claims, "shop", "a", "{hosts: [api.example.net]}");
    claim(&mut claims, "shop", "b", "{hosts: [api.example.net]}");
    let shared = claims.share(&decisions, &Platform::default(), &listeners);
    let held = ["ecs/shop/a", "ecs/shop/b"]
        .into_iter()
        .filter_map(|from| Some(format!("{from}: {}", shared.holder(&WorkloadId::new(from), HOST)?)));
    let held = held.collect();
    (shared.get(&EnvironmentName::new("production"), false, HOST).cloned(), held)
}

#[test]
fn an_answer_gives_nobody_a_host_that_another_app_has_by_another_listener() {
    let behind: &[(&str, &[&str])] = &[("ecs/shop/a", &["m1:443"]), ("ecs/shop/b", &["m2:443"])];
    // `a` has it by its rules, `b` by an answer about its own listener.
    let (sharing, held) = answered(&[("hosts/ecs/shop/b/m2:443", "x.example.net, API.example.net")], behind);
    assert_eq!((sharing, held), (None, vec!["ecs/shop/b: the app `shop/a` has it".to_owned()]));
    let (_, held) = answered(&[("exposure/ecs/shop/b", "public=api.example.net")], behind);
    assert_eq!(held.len(), 1, "{held:?}");
    // Two answers: none of them can tell more than the other.
    let both = [("exposure/ecs/shop/a", "public=api.example.net"), ("exposure/ecs/shop/b", "public=api.example.net")];
    assert_eq!(answered(&both, &[]).1.len(), 2);
    let both = [("hosts/ecs/shop/a/m1:443", HOST), ("hosts/ecs/shop/b/m2:443/20", HOST)];
    assert_eq!(answered(&both, behind).1.len(), 2);
    // By one listener, its rules divide the host.
    let one: &[(&str, &[&str])] = &[("ecs/shop/a", &["m2:443", "m1:443"]), ("ecs/shop/b", &["m2:443"])];
    for answers in [
        &[("hosts/ecs/shop/b/m2:443", HOST)][..],
        &[("hosts/ecs/shop/a/m2:443", HOST), ("hosts/ecs/shop/b/m2:443", HOST)],
        &[("exposure/ecs/shop/b", "internal"), ("hosts/ecs/shop/bb/m9:443", HOST), ("auth/ecs/shop/b", HOST)],
    ] {
        let (sharing, held) = answered(answers, one);
        assert!(sharing.is_some() && held.is_empty(), "{answers:?}: {held:?}");
    }
}

#[test]
fn no_answer_gives_an_app_what_is_the_platforms_or_another_apps_own() {
    let environment = EnvironmentName::new("production");
    let platform = Platform { apps_domain: "{environment}.apps.example.com".to_owned(), ..Platform::default() };
    let app = |name: &str| App {
        team: TeamName::new("shop"),
        name: name.to_owned(),
        members: vec![Member::whole(environment.clone(), WorkloadId::new(format!("ecs/shop/{name}")))],
    };
    let id = WorkloadId::new("ecs/shop/web");
    for (host, held) in [
        ("api.production.apps.example.com", Some("the app `shop/api` has it")),
        ("*.production.apps.example.com", Some("it is the platform's own")),
        ("production.apps.example.com", Some("it is the platform's own")),
        ("web.production.apps.example.com", None),
        ("other.production.apps.example.com", None),
        ("api.staging.apps.example.com", None),
        ("api.example.com", None),
    ] {
        let mut decisions = Decisions::default();
        let answer = Decision { answer: host.to_owned(), reason: None, asked: None };
        decisions.0.insert(QuestionId::new("hosts/ecs/shop/web/edge:443"), answer);
        let mut shared = SharedHosts::default();
        hold_platform(&mut shared, &[app("web"), app("api")], &decisions, &platform);
        assert_eq!(shared.holder(&id, host).map(Holder::to_string).as_deref(), held, "{host}");
    }
}

#[test]
fn an_app_that_shares_more_hosts_than_a_set_of_listeners_holds_has_them_in_several() {
    let hosts: Vec<String> = (0..130).map(|n| format!("h{n:03}.example")).collect();
    let mut claims = HostClaims::default();
    claim(&mut claims, "shop", "a", &format!("{{hosts: [{}]}}", hosts.join(", ")));
    claim(&mut claims, "shop", "b", &format!("{{hosts: [{}], paths: [/b]}}", hosts.join(", ")));
    let shared = claims.share(&Decisions::default(), &Platform::default(), &Listeners::default());
    let set = |at: usize| shared.get(&EnvironmentName::new("production"), false, &hosts[at]).unwrap().set;
    assert_eq!([0, 63, 64, 127, 128].map(set), [None, None, Some(2), Some(2), Some(3)]);
}
