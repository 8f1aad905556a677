//! The model of the balancer against the model of the gateway, over random rule sets.

use super::{Conditions, Glob, Ordered, Outcome, Path, Placed, Rule, Share};
use std::collections::{BTreeMap, BTreeSet};

const HOSTS: [&str; 5] = ["a.example.com", "b.example.com", "*.example.com", "x.a.example.com", "*.a.example.com"];
/// Names that have records, of which some lead to the listener: below a wildcard of its rules, named by them, and others.
const RECORDED: [&str; 7] = [
    "a.example.com",
    "b.example.com",
    "c.example.com",
    "x.a.example.com",
    "y-1.a.example.com",
    "*.example.com",
    "*.a.example.com",
];
/// What is compared with the header of a request.
const PATTERNS: [&str; 4] = ["x*.example.com", "*a.example.com", "?.example.com", "y-*.a.*"];
const PATHS: [&str; 12] =
    ["/", "/*", "/api", "/api/*", "/api/v1", "/api/*/x", "/ap?", "/login", "/api/v1/*", "*", "/img/*.png", "/a*"];
const METHODS: [&str; 3] = ["GET", "POST", "PUT"];
const GROUPS: [&str; 3] = ["one", "two", "three"];

/// A request, as both sides see it.
#[derive(Debug)]
struct Request {
    host: String,
    path: String,
    method: String,
    headers: BTreeMap<String, String>,
    query: BTreeMap<String, String>,
}

impl Conditions {
    fn holds(&self, request: &Request, path: impl Fn(&Path) -> bool) -> bool {
        let value = |values: &BTreeMap<String, String>, name: &str, globs: &[Glob]| {
            values.get(name).is_some_and(|value| globs.iter().any(|glob| glob.matches(value, true)))
        };
        let query = |query: &BTreeMap<String, Glob>| {
            query.iter().all(|(name, glob)| value(&request.query, name, std::slice::from_ref(glob)))
        };
        (self.methods.is_empty() || self.methods.contains(&request.method))
            && self.all_paths().iter().any(path)
            && self.headers.iter().all(|(name, globs)| value(&request.headers, name, globs))
            && (self.queries.is_empty() || self.queries.iter().any(query))
    }
}

/// The balancer: the first rule by priority.
fn balancer<'r>(rules: &'r [Rule], request: &Request) -> Option<&'r Rule> {
    let path = |path: &Path| path.globs.iter().any(|glob| glob.matches(&request.path, false));
    let host = |pattern: &String| Glob::plain(pattern).matches(&request.host, true);
    rules.iter().find(|rule| {
        let conditions = &rule.conditions;
        (conditions.hosts.is_empty() || conditions.hosts.iter().any(host)) && conditions.holds(request, path)
    })
}

/// What the gateway compares: form and length of the path, headers and the exact ones, parameters and the exact ones.
type Key = (u8, usize, usize, usize, usize, usize);

/// The gateway, from what is rendered alone: the most specific host, then Envoy Gateway's order. Of two that rank equal
/// either may come: all outcomes of the highest rank are given.
fn gateway(rules: &[Rule], rendered: &[Rendered], request: &Request) -> Vec<Outcome> {
    let hosts = rendered.iter().flat_map(|one| &one.placed).flat_map(|placed| &placed.hosts);
    gateway_with(rules, rendered, request, hosts.collect())
}

/// The same with listeners for these hosts alone.
fn gateway_with(rules: &[Rule], rendered: &[Rendered], request: &Request, hosts: BTreeSet<&String>) -> Vec<Outcome> {
    let matching = hosts.into_iter().filter(|host| match host.strip_prefix('*') {
        None => **host == request.host,
        Some(suffix) => request.host.ends_with(suffix),
    });
    let Some(host) = matching.max_by_key(|host| (!host.starts_with('*'), host.len())) else { return Vec::new() };
    let is_closed = |one: &Rendered| {
        let takes = |below: &String| Glob::plain(below).matches(&request.host, true);
        one.closed.iter().any(|(below, wildcards)| wildcards.contains(host) && takes(below))
    };
    let mut best: Vec<(Key, Outcome)> = Vec::new();
    for one in rendered.iter().filter(|one| is_closed(one)) {
        best.push(((1, one.foremost.written().len() - 1, 1, 0, 0, 0), Outcome::Closed));
    }
    let all = rendered.iter().flat_map(|one| one.placed.iter().map(move |placed| (one, placed)));
    for (one, placed) in all.filter(|(_, placed)| placed.hosts.contains(host)) {
        let is_closed = is_closed(one);
        let conditions = &rules[placed.rule].conditions;
        let exact = |glob: &Glob| glob.literal().is_some() && !glob.has_letters();
        let headers = conditions.headers.values();
        let exact_headers = headers.filter(|globs| globs.len() == 1 && exact(&globs[0])).count();
        let method = usize::from(!conditions.methods.is_empty());
        let empty = vec![BTreeMap::new()];
        let queries = if conditions.queries.is_empty() { &empty } else { &conditions.queries };
        for path in &placed.paths {
            for query in queries {
                let alone = Conditions { queries: vec![query.clone()], paths: Vec::new(), ..conditions.clone() };
                if !path.globs.iter().any(|glob| glob.matches(&request.path, false)) || !alone.holds(request, |_| true)
                {
                    continue;
                }
                let written = path.written();
                let (form, text) = match written.as_bytes()[0] {
                    b'=' => (2, &written[1..]),
                    b'~' => (1, &written[1..]),
                    _ => (0, written.as_str()),
                };
                let length = if form == 0 && text == "/" { 0 } else { text.len() };
                let headers = conditions.headers.len() + method;
                let exact_query = query.values().filter(|glob| exact(glob)).count();
                let key = (form, length, headers, exact_headers + method, query.len(), exact_query);
                if is_closed && form == 2 {
                    let key = (form, length, headers + 1, exact_headers + method, query.len(), exact_query);
                    best.push((key, Outcome::Closed));
                }
                best.push((key, placed.outcome.clone()));
            }
        }
    }
    let Some(top) = best.iter().map(|(key, _)| *key).max() else { return Vec::new() };
    best.into_iter().filter(|(key, _)| *key == top).map(|(_, outcome)| outcome).collect()
}

fn some<T: Clone>(random: &mut fastrand::Rng, from: &[T], most: usize) -> Vec<T> {
    let count = random.usize(1..=most);
    (0..count).map(|_| from[random.usize(..from.len())].clone()).collect()
}

fn rule(random: &mut fastrand::Rng, at: usize, last: bool) -> Rule {
    let mut conditions = Conditions::default();
    if !last {
        if random.u8(..4) > 0 {
            let from: &[&str] = if random.u8(..3) == 0 { &PATTERNS } else { &HOSTS };
            let mut hosts = some(random, from, 2);
            hosts.extend((random.u8(..4) == 0).then(|| HOSTS[random.usize(..5)]));
            conditions.name_hosts(hosts.iter().map(ToString::to_string).collect());
        }
        if random.u8(..3) > 0 {
            conditions.paths = Path::of(&some(random, &PATHS, 3));
        }
        if random.u8(..5) == 0 {
            conditions.methods = some(random, &METHODS, 2).iter().map(ToString::to_string).collect();
        }
        if random.u8(..5) == 0 {
            let value = ["yes", "1", "y*"][random.usize(..3)];
            conditions.headers.insert(["x-canary", "x-team"][random.usize(..2)].to_owned(), vec![Glob::escaped(value)]);
        }
        if random.u8(..6) == 0 {
            let pairs = some(random, &[("v", "2"), ("v", "beta"), ("lang", "d*")], 2);
            let pair = |(name, value): &(&str, &str)| BTreeMap::from([((*name).to_owned(), Glob::escaped(value))]);
            conditions.queries = pairs.iter().map(pair).collect();
        }
    }
    let outcome = match random.u8(..4) {
        0 => Outcome::Answer(at),
        _ => Outcome::Group(GROUPS[random.usize(..3)].to_owned()),
    };
    let leads_to = (random.u8(..3) == 0).then(|| HOSTS[random.usize(..2)].to_owned());
    let leads_to = leads_to.filter(|_| matches!(outcome, Outcome::Answer(_)));
    Rule { conditions, said: true, is_gone: false, is_asked: false, is_sure: true, outcome, leads_to }
}

fn request(random: &mut fastrand::Rng) -> Request {
    let pick = |random: &mut fastrand::Rng, from: &[&str]| from[random.usize(..from.len())].to_owned();
    let mut headers = BTreeMap::new();
    if random.bool() {
        headers.insert("x-canary".to_owned(), pick(random, &["yes", "YES", "1", "no"]));
    }
    if random.u8(..3) == 0 {
        headers.insert("x-team".to_owned(), pick(random, &["yes", "y1"]));
    }
    let mut query = BTreeMap::new();
    if random.bool() {
        query.insert(pick(random, &["v", "lang"]), pick(random, &["2", "BETA", "De", "x"]));
    }
    let hosts =
        ["a.example.com", "b.example.com", "c.example.com", "x.a.example.com", "y-1.a.example.com", "xb.example.com"];
    let host = pick(random, &hosts);
    headers.insert(super::HOST_HEADER.to_owned(), host.clone());
    Request {
        host,
        path: pick(
            random,
            &["/", "/api", "/api/", "/api/v1", "/api/v1/x", "/apx", "/login", "/img/1.png", "/axe", "/Api"],
        ),
        method: pick(random, &METHODS),
        headers,
        query,
    }
}

/// What the workload of a group renders, with the names that only redirect to its own.
fn of_group(rules: &[Rule], ordered: &Ordered, own: &Outcome) -> Vec<Placed> {
    let share = |at: usize| match rules[at].outcome == *own {
        true if rules[at].is_sure => Share::Open,
        true => Share::Shut,
        false => Share::Other,
    };
    let mut known = ordered.own_hosts(share);
    loop {
        let more: Vec<String> =
            ordered.along(share, &known).into_iter().filter(|host| !host.starts_with('*')).collect();
        if more.is_empty() {
            return ordered.of_workload(share, &known);
        }
        known.extend(more);
    }
}

/// What a workload renders: its routes, and what is closed below which wildcards.
#[derive(Debug)]
struct Rendered {
    placed: Vec<Placed>,
    closed: BTreeMap<String, BTreeSet<String>>,
    foremost: Path,
    /// The hosts whose listener is its own.
    owned: BTreeSet<String>,
}

/// What is rendered where only some of the workloads are there. Of a host of several, the first one has the listener.
fn rendered(rules: &[Rule], recorded: &[&str], there: &[bool; 3], known: Known) -> Vec<Rendered> {
    let mut has_owner: BTreeSet<String> = BTreeSet::new();
    let of = |group: &&str| {
        let own = Outcome::Group((*group).to_owned());
        let ordered = Ordered::of(rules, &known_to(group, rules, recorded, known));
        assert!(!ordered.too_long);
        let placed = of_group(rules, &ordered, &own);
        let hosts: BTreeSet<String> = placed.iter().flat_map(|placed| &placed.hosts).cloned().collect();
        let lent: BTreeSet<String> = hosts.intersection(&has_owner).cloned().collect();
        let owned: BTreeSet<String> = hosts.difference(&has_owner).cloned().collect();
        has_owner.extend(hosts);
        let closed = ordered.below(&placed, &BTreeSet::new(), &lent);
        Rendered { placed, closed, foremost: ordered.foremost(), owned }
    };
    let all: Vec<Rendered> = GROUPS.iter().map(of).collect();
    all.into_iter().zip(there).filter(|(_, there)| **there).map(|(one, _)| one).collect()
}

fn names(rules: &[Rule]) -> BTreeSet<String> {
    let named = rules.iter().flat_map(|rule| &rule.conditions.hosts).filter(|host| !super::is_pattern(host));
    named.cloned().collect()
}

/// Which hosts the workloads of a listener know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Known {
    /// All of them the same ones.
    Alike,
    /// Each those that its own rules take (`Hosts::records_of` of the linking).
    Apart,
}

/// The hosts that the workload of a group knows: those that the rules name, and the names whose records lead to the listener.
fn known_to(group: &str, rules: &[Rule], recorded: &[&str], known: Known) -> BTreeSet<String> {
    let own = Outcome::Group(group.to_owned());
    let takes = |host: &&&str| {
        known == Known::Alike || rules.iter().any(|rule| rule.outcome == own && rule.conditions.takes_host(host))
    };
    names(rules).into_iter().chain(recorded.iter().filter(takes).map(ToString::to_string)).collect()
}

fn fault(rules: &[Rule], recorded: &[&str], there: &[bool; 3], requests: &[Request], known: Known) -> Option<String> {
    let hosts: BTreeSet<String> = GROUPS.iter().flat_map(|group| known_to(group, rules, recorded, known)).collect();
    let rendered = rendered(rules, recorded, there, known);
    for request in requests {
        // Nothing is known of a host that no rule and no record names.
        if !hosts.iter().any(|host| super::rule::covers(host, &request.host)) {
            continue;
        }
        let first = balancer(rules, request);
        let wanted = first.map(|rule| rule.outcome.clone());
        let got = gateway(rules, &rendered, request);
        let is_asked = first.is_some_and(|rule| !rule.is_sure);
        let right = match &wanted {
            // No app gets what waits for an answer.
            _ if is_asked => !got.iter().any(|outcome| matches!(outcome, Outcome::Group(_))),
            Some(Outcome::Group(group)) => {
                let is_there = GROUPS.iter().zip(there).any(|(name, there)| name == group && *there);
                if is_there {
                    // How long an expression must be to go first is settled over the hosts that a workload knows. Where they know
                    // different ones, the guard of one may rank above the route of another: closed, and never another's.
                    let is_closed = |outcome: &Outcome| known == Known::Apart && *outcome == Outcome::Closed;
                    !got.is_empty() && got.iter().all(|outcome| Some(outcome) == wanted.as_ref() || is_closed(outcome))
                } else {
                    // No workload gets what went there.
                    !got.iter().any(|outcome| matches!(outcome, Outcome::Group(_)))
                }
            }
            // Rendered where a workload is that it stands in front of, or that takes its name along; else nobody is reached.
            Some(answer) if known == Known::Alike && is_due(rules, &rendered, &hosts, request, first) => {
                !got.is_empty() && got.iter().all(|outcome| outcome == answer)
            }
            Some(answer) => got.iter().all(|outcome| outcome == answer || *outcome == Outcome::Closed),
            None => got.is_empty(),
        };
        if !right {
            return Some(format!(
                "{request:?}\nrecords {recorded:?}\nwanted {wanted:?}, got {got:?}\n{rules:#?}\n{rendered:#?}"
            ));
        }
    }
    None
}

/// Whether an answer of the balancer's own has to be there: at a host of a workload, and at a name that nobody serves where it
/// redirects to one.
fn is_due(
    rules: &[Rule],
    rendered: &[Rendered],
    hosts: &BTreeSet<String>,
    request: &Request,
    first: Option<&Rule>,
) -> bool {
    let has = |host: &String| {
        let mut placed = rendered.iter().flat_map(|one| &one.placed);
        placed.any(|placed| matches!(placed.outcome, Outcome::Group(_)) && placed.hosts.contains(host))
    };
    let taken = hosts.iter().filter(|host| super::rule::covers(host, &request.host));
    let at = taken.max_by_key(|host| (!host.starts_with('*'), host.len()));
    let leads_to = first.and_then(|rule| rule.leads_to.as_ref()).filter(|to| **to != request.host);
    let serves = |rule: &Rule| matches!(rule.outcome, Outcome::Group(_)) && rule.is_sure;
    let is_served = || rules.iter().any(|rule| serves(rule) && rule.conditions.takes_host(&request.host));
    at.is_some_and(has) || (hosts.contains(&request.host) && leads_to.is_some_and(has) && !is_served())
}

#[test]
fn a_gateway_gives_the_answer_of_the_balancer_for_a_hundred_thousand_rule_sets() {
    for seed in 0..100_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let count = random.usize(1..6);
        let rules: Vec<Rule> = (0..=count).map(|at| rule(&mut random, at, at == count)).collect();
        let there = [random.u8(..4) > 0, random.u8(..4) > 0, random.u8(..4) > 0];
        let requests: Vec<Request> = (0..4).map(|_| request(&mut random)).collect();
        let recorded = some(&mut random, &RECORDED, 3);
        for known in [Known::Alike, Known::Apart] {
            if let Some(fault) = fault(&rules, &recorded, &there, &requests, known) {
                panic!("seed {seed}, {known:?}: {fault}");
            }
        }
    }
}

/// Rules that are closed until somebody answers, among the others: none of their requests reaches any app, and what the others take
/// stays what it is.
#[test]
fn what_waits_for_an_answer_reaches_nobody_and_closes_nothing_else() {
    for seed in 0..30_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let count = random.usize(1..6);
        let mut rules: Vec<Rule> = (0..=count).map(|at| rule(&mut random, at, at == count)).collect();
        for rule in rules.iter_mut().filter(|rule| matches!(rule.outcome, Outcome::Group(_))) {
            rule.is_sure = random.u8(..3) > 0;
            rule.is_asked = !rule.is_sure;
        }
        let there = [true, random.u8(..4) > 0, random.u8(..4) > 0];
        let requests: Vec<Request> = (0..4).map(|_| request(&mut random)).collect();
        let recorded = some(&mut random, &RECORDED, 3);
        for known in [Known::Alike, Known::Apart] {
            if let Some(fault) = fault(&rules, &recorded, &there, &requests, known) {
                panic!("seed {seed}, {known:?}: {fault}");
            }
        }
    }
}

fn simple(hosts: &[&str], paths: &[&str], outcome: &Outcome) -> Rule {
    let hosts = hosts.iter().map(ToString::to_string).collect();
    let paths = if paths.is_empty() { Vec::new() } else { Path::of(paths) };
    let conditions = Conditions { hosts, paths, ..Conditions::default() };
    Rule {
        conditions,
        said: true,
        is_gone: false,
        is_asked: false,
        is_sure: true,
        outcome: outcome.clone(),
        leads_to: None,
    }
}

fn paths_of(rules: &[Rule], own: &Outcome) -> Vec<String> {
    let ordered = Ordered::of(rules, &names(rules));
    let placed = of_group(rules, &ordered, own);
    placed.iter().flat_map(|placed| placed.paths.iter().map(Path::written)).collect()
}

#[test]
fn what_the_gateway_orders_rightly_by_itself_stays_as_it_is() {
    let own = Outcome::Group("one".to_owned());
    let rules = [
        simple(&["a.example.com"], &["/metrics"], &Outcome::Answer(0)),
        simple(&["a.example.com"], &["/old/*"], &Outcome::Answer(1)),
        simple(&["a.example.com"], &[], &own),
    ];
    assert_eq!(paths_of(&rules, &own), ["=/metrics", "~/old/.*", "/"]);
}

#[test]
fn a_later_exact_path_does_not_pass_an_earlier_pattern() {
    let own = Outcome::Group("one".to_owned());
    let rules = [
        simple(&["a.example.com"], &["/api/*"], &Outcome::Answer(0)),
        simple(&["a.example.com"], &["/api/health"], &own),
    ];
    assert_eq!(paths_of(&rules, &own), ["~/api/.*$$$$$", "~/api/health"]);
}

#[test]
fn what_leads_elsewhere_stays_closed_behind_the_route_that_leads_there() {
    let (own, other) = (Outcome::Group("one".to_owned()), Outcome::Group("two".to_owned()));
    let rules = [simple(&["a.example.com"], &["/admin/*"], &other), simple(&["a.example.com"], &[], &own)];
    assert_eq!(paths_of(&rules, &own), ["~/admin/.*", "/"]);
    assert_eq!(paths_of(&rules, &other), ["~/admin/.*$"]);
}

#[test]
fn the_order_at_one_host_is_told() {
    let own = Outcome::Group("one".to_owned());
    let rules = [
        simple(&["a.example.com"], &[], &own),
        simple(&["b.example.com"], &["/x"], &Outcome::Answer(1)),
        simple(&["b.example.com"], &[], &own),
    ];
    let ordered = Ordered::of(&rules, &names(&rules));
    let placed = of_group(&rules, &ordered, &own);
    assert!(!ordered.fits_one_host(&placed), "at one host /x would be closed, which the first rule opens");
}

/// The host without `www`, as many have it: it redirects, and no workload serves it.
#[test]
fn a_host_that_only_redirects_goes_with_the_workload_that_it_leads_to() {
    let (own, other) = (Outcome::Group("one".to_owned()), Outcome::Group("two".to_owned()));
    let to = |host: &str, from: &[&str], paths: &[&str]| Rule {
        leads_to: Some(host.to_owned()),
        ..simple(from, paths, &Outcome::Answer(0))
    };
    let behind = |rules: &[Rule], own: &Outcome| -> Vec<(usize, Vec<String>)> {
        let ordered = Ordered::of(rules, &names(rules));
        let placed = of_group(rules, &ordered, own);
        placed.iter().map(|placed| (placed.rule, placed.hosts.iter().cloned().collect())).collect()
    };
    let www = ["a.example.com"];
    let apex = || vec!["b.example.com".to_owned()];
    for paths in [&[][..], &["/*"], &["/old/*"]] {
        let rules = [to("a.example.com", &["b.example.com"], paths), simple(&www, &[], &own)];
        assert!(behind(&rules, &own).contains(&(0, apex())), "{paths:?}");
    }
    // What the balancer answers there besides goes along.
    let block = simple(&[], &["/.git/*"], &Outcome::Answer(0));
    let rules = [block, to("a.example.com", &["b.example.com"], &[]), simple(&www, &[], &own)];
    assert_eq!(behind(&rules, &own)[0], (0, vec!["a.example.com".to_owned(), "b.example.com".to_owned()]));
    // Another workload's redirect, and one of a host that somebody serves, are theirs.
    for rules in [
        [
            to("c.example.com", &["b.example.com"], &[]),
            simple(&www, &[], &own),
            simple(&["c.example.com"], &[], &other),
        ],
        [
            to("a.example.com", &["b.example.com"], &["/x"]),
            simple(&www, &[], &own),
            simple(&["b.example.com"], &[], &other),
        ],
    ] {
        assert_eq!(behind(&rules, &own), [(1, vec!["a.example.com".to_owned()])]);
    }
}

/// A workload attaches its routes to the listener of a host's owner. Where that is not there yet, or waits for an answer, a wildcard
/// takes the host's requests: they reach nobody whom the balancer did not send them to.
#[test]
fn a_host_without_its_listener_is_open_to_nobody_else() {
    let mut closed = 0;
    for seed in 0..30_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let count = random.usize(1..6);
        let rules: Vec<Rule> = (0..=count).map(|at| rule(&mut random, at, at == count)).collect();
        let there = [random.bool(), random.bool(), true];
        let recorded = some(&mut random, &RECORDED, 3);
        for known in [Known::Alike, Known::Apart] {
            let rendered = rendered(&rules, &recorded, &there, known);
            for _ in 0..4 {
                let request = request(&mut random);
                let hosts = rendered.iter().flat_map(|one| &one.owned).collect();
                let got = gateway_with(&rules, &rendered, &request, hosts);
                let wanted = balancer(&rules, &request).map(|rule| &rule.outcome);
                closed += usize::from(got.contains(&Outcome::Closed) && wanted != Some(&Outcome::Closed));
                let right = |outcome: &Outcome| !matches!(outcome, Outcome::Group(_)) || Some(outcome) == wanted;
                assert!(got.iter().all(right), "seed {seed}: {request:?}\n{got:?}\n{rules:#?}\n{rendered:#?}");
            }
        }
    }
    assert!(closed > 100, "{closed}");
}

/// A rule that takes all requests of its hosts hides those behind it, but where a person said that it is none.
#[test]
fn a_rule_that_is_gone_hides_no_rule_behind_it() {
    let own = Outcome::Group("one".to_owned());
    for hosts in [&["a.example.com"][..], &[]] {
        let all = simple(hosts, &[], &Outcome::Closed);
        for is_gone in [false, true] {
            let rules = [Rule { is_gone, ..all.clone() }, simple(&["a.example.com"], &["/api/*"], &own)];
            let ordered = Ordered::of(&rules, &names(&rules));
            let share = |at: usize| [if is_gone { Share::Gone } else { Share::Shut }, Share::Open][at];
            let open = ordered.of_workload(share, &BTreeSet::new());
            assert_eq!(open.iter().any(|placed| placed.outcome == own), is_gone, "{open:?}");
        }
    }
}
