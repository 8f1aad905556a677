//! How traffic comes to a target group: its rules and listeners, their load balancers.

use super::Linker;
use super::found::Found;
use super::view::View;
use caravan_inventory::{Confidence, EdgeKind, Observation, ObservationId, matches_wildcards};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A way in: what a load balancer sends to a workload.
#[derive(Clone, Debug)]
pub(super) struct Front {
    /// The load balancer.
    pub(super) balancer: ObservationId,
    /// How it is entered.
    pub(super) entry: FrontEntry,
    /// The rule or listener.
    pub(super) rule: ObservationId,
    /// Host names it takes, in lower case, maybe with wildcards; none takes all.
    pub(super) hosts: Vec<String>,
    /// Host names of the rules around it.
    pub(super) beside: BTreeSet<String>,
    /// Paths it takes, maybe with wildcards; none takes all.
    pub(super) paths: Vec<String>,
    /// Whether the default action behind its rule, or a rule for every name, redirects to a name that it takes.
    pub(super) led_to: bool,
}

/// The listener by which a way in is entered; all of it empty for a load balancer of the first generation.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct FrontEntry {
    /// The ARN of its load balancer.
    pub(super) balancer: String,
    /// Its own.
    pub(super) listener: String,
    /// Its port, where that is told.
    pub(super) port: Option<u64>,
}

impl FrontEntry {
    fn of(balancer: &Observation, listener: &View<'_>) -> Self {
        Self {
            balancer: balancer.native_name().to_owned(),
            listener: listener.observation.native_name().to_owned(),
            port: listener.element.get("Port").and_then(Value::as_u64),
        }
    }
}

/// The load balancing of one place, by ARN.
pub(super) struct Balancing<'f> {
    groups: BTreeMap<&'f str, &'f Observation>,
    balancers: BTreeMap<&'f str, &'f Observation>,
    /// By their ids.
    security_groups: BTreeMap<&'f str, &'f Observation>,
    listeners: BTreeMap<&'f str, &'f Observation>,
    /// Listener → its rules.
    rules: BTreeMap<String, Vec<View<'f>>>,
    /// Target group → rules and listeners that forward to it, with the pointers that say so.
    forwards: BTreeMap<&'f str, Vec<(View<'f>, String)>>,
    /// Rules that redirect from names that nothing forwards.
    redirects: BTreeSet<&'f ObservationId>,
}

impl<'f> Balancing<'f> {
    pub(super) fn of(found: &'f Found) -> Self {
        let by = |observations: &'f [Observation]| {
            observations.iter().map(|observation| (observation.native_name(), observation)).collect()
        };
        let mut forwards: BTreeMap<&str, Vec<(View<'f>, String)>> = BTreeMap::new();
        let rules = found.listener_rules.iter().map(|rule| (rule, "Actions"));
        for (observation, field) in found.listeners.iter().map(|listener| (listener, "DefaultActions")).chain(rules) {
            let view = View::of(observation);
            for (action, pointer) in
                view.list(&format!("/{field}")).iter().zip(0..).map(|(action, at)| (action, format!("/{field}/{at}")))
            {
                for (group, pointer) in targets(action, &pointer) {
                    forwards.entry(group).or_default().push((view, pointer));
                }
            }
        }
        let mut rules: BTreeMap<String, Vec<View<'f>>> = BTreeMap::new();
        for rule in &found.listener_rules {
            if let Some(listener) = listener_of_rule(rule.native_name()) {
                rules.entry(listener).or_default().push(View::of(rule));
            }
        }
        let balancing = Self {
            rules,
            groups: by(&found.groups),
            balancers: by(&found.balancers),
            security_groups: security_groups(&found.security_groups),
            listeners: by(&found.listeners),
            forwards,
            redirects: BTreeSet::new(),
        };
        let redirects = balancing.rules.iter().flat_map(|(listener, rules)| {
            let only = rules.iter().filter(|rule| balancing.only_redirects(listener, rule));
            only.map(|rule| rule.observation).collect::<Vec<_>>()
        });
        let redirects = redirects.map(|rule| &rule.id).collect();
        Self { redirects, ..balancing }
    }

    /// A target group, if it was observed.
    pub(super) fn group(&self, arn: &str) -> Option<&'f Observation> {
        self.groups.get(arn).copied()
    }

    /// The target groups that send to a function, or to a version or an alias of it, each with the place that says so.
    pub(super) fn groups_of_function(&self, arn: &str) -> Vec<(View<'f>, String)> {
        let is_it = |target: &Value| {
            let id = target.get("Id").and_then(Value::as_str);
            id.and_then(|id| id.strip_prefix(arn)).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        let groups = self.groups.values().map(|group| View::of(group));
        let sending = groups.filter(|group| group.text("/TargetType") == Some("lambda"));
        let of = |group: View<'f>| {
            let at = group.list("/Targets").iter().position(is_it)?;
            Some((group, format!("/Targets/{at}/Id")))
        };
        sending.filter_map(of).collect()
    }

    /// The observed target groups that one action forwards to together with this one.
    pub(super) fn beside(&self, group: &str) -> BTreeSet<&'f str> {
        let mut beside = BTreeSet::new();
        for (view, pointer) in self.forwards.get(group).into_iter().flatten() {
            // `/Actions/0/ForwardConfig/TargetGroups/1/TargetGroupArn` stands in the action `/Actions/0`.
            let action: Vec<&str> = pointer.splitn(4, '/').take(3).collect();
            let action = view.element.pointer(&action.join("/"));
            let all = action.map(|action| targets(action, "")).unwrap_or_default();
            beside.extend(
                all.into_iter().map(|(arn, _)| arn).filter(|arn| *arn != group && self.groups.contains_key(arn)),
            );
        }
        beside
    }

    /// The observations and ways in behind a target group; the edges between them go to the linker.
    pub(super) fn follow(
        &self,
        group: &str,
        linker: &mut Linker<'_>,
        parts: &mut BTreeSet<ObservationId>,
    ) -> Vec<Front> {
        let Some(observed) = self.groups.get(group) else {
            return Vec::new();
        };
        parts.insert(observed.id.clone());
        let mut fronts = Vec::new();
        for (view, pointer) in self.forwards.get(group).into_iter().flatten() {
            let id = &view.observation.id;
            parts.insert(id.clone());
            linker.edges.insert(view.edge(
                observed.id.as_str(),
                id.as_str(),
                EdgeKind::Routes,
                Confidence::Stated,
                pointer,
            ));
            fronts.extend(self.follow_up(view, linker, parts));
        }
        fronts
    }

    /// From a rule or listener, named by its ARN, to its load balancer.
    pub(super) fn follow_arn(
        &self,
        arn: &str,
        linker: &mut Linker<'_>,
        parts: &mut BTreeSet<ObservationId>,
    ) -> Vec<Front> {
        let forwarding =
            self.forwards.values().flatten().map(|(view, _)| view).find(|view| view.observation.native_name() == arn);
        let view = forwarding.copied().or_else(|| self.listeners.get(arn).map(|listener| View::of(listener)));
        let Some(view) = view else { return Vec::new() };
        parts.insert(view.observation.id.clone());
        self.follow_up(&view, linker, parts)
    }

    fn follow_up(&self, view: &View<'f>, linker: &mut Linker<'_>, parts: &mut BTreeSet<ObservationId>) -> Vec<Front> {
        let rule = &view.observation.id;
        let mut beside = BTreeSet::new();
        for rule in self.around(view) {
            parts.insert(rule.observation.id.clone());
            beside.extend(hosts_of(&rule));
        }
        let listener = match listener_of_rule(view.observation.native_name()) {
            None => *view,
            Some(listener) => {
                let Some(listener) = self.listeners.get(listener.as_str()) else { return Vec::new() };
                let listener = View::of(listener);
                let id = &listener.observation.id;
                parts.insert(id.clone());
                linker.edges.insert(view.edge(
                    rule.as_str(),
                    id.as_str(),
                    EdgeKind::Routes,
                    Confidence::Stated,
                    "/RuleArn",
                ));
                listener
            }
        };
        let Some(balancer) = listener.text("/LoadBalancerArn").and_then(|arn| self.balancers.get(arn)) else {
            return Vec::new();
        };
        self.guarded(balancer, parts);
        let (from, to) = (listener.observation.id.as_str(), balancer.id.as_str());
        linker.edges.insert(listener.edge(from, to, EdgeKind::Routes, Confidence::Stated, "/LoadBalancerArn"));
        let (hosts, paths) = (
            conditions(view, "host-header", "HostHeaderConfig"),
            conditions(view, "path-pattern", "PathPatternConfig"),
        );
        let led_to = default_leads_to(&listener, &hosts) || self.rule_leads_to(&listener, &hosts);
        let entry = FrontEntry::of(balancer, &listener);
        let own = Front { balancer: balancer.id.clone(), entry, rule: rule.clone(), hosts, beside, paths, led_to };
        // What sends to the balancer leads to the same.
        let outer = self.in_front(balancer, &listener, parts);
        let outer: Vec<Front> =
            outer.into_iter().map(|(balancer, entry)| Front { balancer, entry, ..own.clone() }).collect();
        std::iter::once(own).chain(outer).collect()
    }

    /// Whether a rule of a listener redirects to one of these hosts at every name.
    fn rule_leads_to(&self, listener: &View<'_>, hosts: &[String]) -> bool {
        let rules = self.rules.get(listener.observation.native_name()).into_iter().flatten();
        let mut anywhere = rules.filter(|rule| hosts_of(rule).is_empty());
        !hosts.is_empty()
            && anywhere.any(|rule| {
                let to = redirected_to(rule, "Actions", &[]);
                !to.is_empty() && may_share(hosts, &to)
            })
    }

    /// A load balancer with the groups that say who may come in.
    fn guarded(&self, balancer: &Observation, parts: &mut BTreeSet<ObservationId>) {
        parts.insert(balancer.id.clone());
        let groups = View::of(balancer).list("/SecurityGroups").iter().filter_map(Value::as_str);
        parts.extend(groups.filter_map(|id| self.security_groups.get(id)).map(|group| group.id.clone()));
    }

    /// The load balancers that send to a listener of another one, by target groups of the type `alb`.
    fn in_front(
        &self,
        balancer: &Observation,
        listener: &View<'_>,
        parts: &mut BTreeSet<ObservationId>,
    ) -> BTreeSet<(ObservationId, FrontEntry)> {
        let mut outer = BTreeSet::new();
        for (arn, group) in &self.groups {
            if !may_send(&View::of(group), balancer, listener) {
                continue;
            }
            for (sending, _) in self.forwards.get(arn).into_iter().flatten() {
                let front = sending.text("/LoadBalancerArn").and_then(|arn| self.balancers.get(arn));
                let Some(front) = front else { continue };
                parts.extend([group.id.clone(), sending.observation.id.clone()]);
                self.guarded(front, parts);
                outer.insert((front.id.clone(), FrontEntry::of(front, sending)));
            }
        }
        outer
    }

    /// The security groups of these ids that were observed, where one of the ways in is a Network Load Balancer without groups
    /// of its own: those of what it sends to say who may come in.
    pub(super) fn deciding_groups(&self, fronts: &[Front], ids: &[Value]) -> Vec<ObservationId> {
        let decides = |balancer: &&Observation| {
            let view = View::of(balancer);
            view.text("/Type") == Some("network") && view.list("/SecurityGroups").is_empty()
        };
        let mut balancers = self.balancers.values().filter(|one| fronts.iter().any(|front| front.balancer == one.id));
        if !balancers.any(decides) {
            return Vec::new();
        }
        let ids = ids.iter().filter_map(Value::as_str);
        ids.filter_map(|id| self.security_groups.get(id)).map(|group| group.id.clone()).collect()
    }
}

impl<'f> Balancing<'f> {
    /// The rules, with their listeners and balancers where those are others, that decide with this rule or listener which
    /// requests come to it: those of its listener that may take a
    /// host of its or redirect to one, those that may take a host of theirs, and rules of other listeners that redirect
    /// from a name that nobody serves to one of these.
    fn around(&self, view: &View<'_>) -> Vec<View<'f>> {
        let listener = listener_of_rule(view.observation.native_name())
            .unwrap_or_else(|| view.observation.native_name().to_owned());
        let mut left: Vec<(&View<'f>, Vec<String>, bool)> = Vec::new();
        for (of, rules) in &self.rules {
            let inside = *of == listener;
            let near = rules.iter().filter(|rule| inside || self.redirects.contains(&rule.observation.id));
            left.extend(near.map(|rule| (rule, hosts_of(rule), inside)));
        }
        let mut reached = vec![hosts_of(view)];
        // All that stands in front of a default action that redirects here.
        let default = self.listeners.get(listener.as_str()).map(|listener| View::of(listener));
        // What leads to the balancer by its own name comes by what takes that name.
        let balancer = default.and_then(|default| self.balancers.get(default.text("/LoadBalancerArn")?));
        let made = balancer.and_then(|balancer| View::of(balancer).text("/DNSName")).map(str::to_ascii_lowercase);
        let made = made.map(|made| vec![format!("dualstack.{made}"), made]);
        reached.extend(made.filter(|made| may_share(&reached[0], made)));
        if default.is_some_and(|default| default_leads_to(&default, &reached[0])) {
            reached.push(Vec::new());
        }
        let mut around = Vec::new();
        while let Some(hosts) = reached.pop() {
            let is_near = |rule: &View<'_>, others: &[String], inside: bool| {
                let to: Vec<String> = redirected_to(rule, "Actions", others);
                // Of another listener only what names the host: where every host is taken, any redirect would be near.
                let redirects = !to.is_empty() && (inside || !hosts.is_empty()) && may_share(&hosts, &to);
                (inside && may_share(&hosts, others)) || redirects
            };
            let (near, far): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|(rule, others, inside)| is_near(rule, others, *inside));
            for (rule, hosts, inside) in near {
                around.push(*rule);
                if !inside {
                    around.extend(self.entry_of(rule));
                }
                reached.push(hosts);
            }
            left = far;
        }
        around
    }

    /// Whether a rule redirects from names that no rule or default action of its balancer surely forwards.
    fn only_redirects(&self, listener: &str, rule: &View<'_>) -> bool {
        let own = hosts_of(rule);
        if own.is_empty() || redirected_to(rule, "Actions", &own).is_empty() {
            return false;
        }
        let balancer = |listener: &str| View::of(self.listeners.get(listener)?).text("/LoadBalancerArn");
        let scheme = |listener: &str| View::of(self.balancers.get(balancer(listener)?)?).text("/Scheme");
        let serves = |view: &View<'_>| {
            let of = listener_of_rule(view.observation.native_name())
                .unwrap_or_else(|| view.observation.native_name().to_owned());
            let hosts = hosts_of(view);
            // A name that is served inside is none outside.
            let named = !hosts.is_empty()
                && may_share(&own, &hosts)
                && scheme(&of).is_none_or(|of| scheme(listener).is_none_or(|own| own == of));
            (named || (hosts.is_empty() && balancer(&of) == balancer(listener))) && self.is_open(&of, view)
        };
        !self.forwards.values().flatten().any(|(view, _)| serves(view))
    }

    /// Whether what a rule or listener forwards comes in without anything that is asked about: no login, no rewriting, no division, no
    /// condition but on hosts, paths and methods, and by a port that the gateway has too.
    fn is_open(&self, listener: &str, view: &View<'_>) -> bool {
        const PLAIN: [&str; 3] = ["host-header", "path-pattern", "http-request-method"];
        let field =
            |condition: &Value| condition.get("Field").and_then(Value::as_str).is_some_and(|of| PLAIN.contains(&of));
        let expressed = |condition: &Value| {
            let configs = condition.as_object().into_iter().flatten();
            configs.filter_map(|(_, config)| config.get("RegexValues")?.as_array()).any(|values| !values.is_empty())
        };
        let plain = |condition: &Value| field(condition) && !expressed(condition);
        let actions = view.list("/Actions").iter().chain(view.list("/DefaultActions"));
        let forwards = |action: &Value| {
            let kind = action.get("Type").and_then(Value::as_str);
            kind.is_none_or(|kind| kind == "forward") && targets(action, "").len() < 2
        };
        let port =
            self.listeners.get(listener).and_then(|one| View::of(one).element.get("Port").and_then(Value::as_u64));
        port.is_none_or(|port| [80, 443].contains(&port))
            && view.list("/Conditions").iter().all(plain)
            && actions.into_iter().all(forwards)
            && view.list("/Transforms").is_empty()
    }

    /// The listener of a rule, and its load balancer with the groups that say who may come in.
    fn entry_of(&self, rule: &View<'_>) -> Vec<View<'f>> {
        let listener =
            listener_of_rule(rule.observation.native_name()).and_then(|arn| self.listeners.get(arn.as_str()));
        let balancer = listener.and_then(|listener| self.balancers.get(View::of(listener).text("/LoadBalancerArn")?));
        let ids = balancer.into_iter().flat_map(|balancer| View::of(balancer).list("/SecurityGroups"));
        let groups = ids.filter_map(Value::as_str).filter_map(|id| self.security_groups.get(id));
        [listener, balancer].into_iter().flatten().chain(groups).map(|seen| View::of(seen)).collect()
    }
}

/// Security groups by their ids: those of files are called by their place in them.
fn security_groups(groups: &[Observation]) -> BTreeMap<&str, &Observation> {
    groups.iter().map(|group| (id_of_group(group), group)).collect()
}

fn id_of_group(group: &Observation) -> &str {
    let id = |name: &str| group.body.get(name).and_then(Value::as_str);
    id("groupId").or_else(|| id("GroupId")).unwrap_or_else(|| group.native_name())
}

/// Whether a target group sends to a listener of a load balancer, or may, as it isn't known what it sends to.
fn may_send(group: &View<'_>, balancer: &Observation, listener: &View<'_>) -> bool {
    let of = |view: &View<'_>| view.element.get("Port").and_then(Value::as_u64);
    let (port, own_port) = (of(group), of(listener));
    let is_port = |to: Option<u64>| to.or(port).is_none_or(|to| own_port.is_none_or(|own| own == to));
    if group.text("/TargetType") != Some("alb") {
        return false;
    }
    let targets = group.list("/Targets");
    if targets.is_empty() {
        let (network, own) = (group.text("/VpcId"), View::of(balancer));
        return is_port(None) && network.is_none_or(|network| own.text("/VpcId").is_none_or(|own| own == network));
    }
    targets.iter().any(|target| {
        let id = target.get("Id").and_then(Value::as_str).filter(|id| id.starts_with("arn:"));
        id.is_none_or(|id| id == balancer.native_name()) && is_port(target.get("Port").and_then(Value::as_u64))
    })
}

/// Whether the default action of a listener redirects to one of these hosts.
fn default_leads_to(listener: &View<'_>, hosts: &[String]) -> bool {
    !hosts.is_empty()
        && redirected_to(listener, "DefaultActions", &[]).iter().any(|to| may_share(hosts, std::slice::from_ref(to)))
}

fn hosts_of(view: &View<'_>) -> Vec<String> {
    conditions(view, "host-header", "HostHeaderConfig")
}

/// The hosts that the redirect of a rule or listener leads to, in lower case; `#{host}` in them is one of its own, and where it takes every
/// host, any: `www.#{host}` leads to what `www.*` takes.
fn redirected_to(rule: &View<'_>, field: &str, own: &[String]) -> Vec<String> {
    let actions = rule.list(&format!("/{field}"));
    let hosts = actions.iter().filter_map(|action| action.pointer("/RedirectConfig/Host")?.as_str());
    let host = hosts.map(str::to_ascii_lowercase).find(|host| host != "#{host}");
    match host {
        Some(host) if host.contains("#{host}") => {
            let own = own.iter().map(String::as_str).chain(own.is_empty().then_some("*"));
            own.map(|own| host.replace("#{host}", own)).collect()
        }
        host => host.into_iter().collect(),
    }
}

/// Whether one host may be among both; none is every host. When in doubt it may.
pub(super) fn may_share(a: &[String], b: &[String]) -> bool {
    // What stands before the first star, and behind the last.
    let ends = |pattern: &str| {
        let is_wild = |c: char| c == '*' || c == '?';
        let (first, last) = (pattern.find(is_wild), pattern.rfind(is_wild));
        first.zip(last).map(|(first, last)| (pattern[..first].to_owned(), pattern[last + 1..].to_owned()))
    };
    let may = |a: &String, b: &String| match (ends(a), ends(b)) {
        (None, None) => a == b,
        (Some(_), None) => matches_wildcards(a, b),
        (None, Some(_)) => matches_wildcards(b, a),
        (Some((a, z)), Some((b, y))) => {
            (a.starts_with(&b) || b.starts_with(&a)) && (z.ends_with(&y) || y.ends_with(&z))
        }
    };
    a.is_empty() || b.is_empty() || a.iter().any(|a| b.iter().any(|b| may(a, b)))
}

/// The target groups of one action, with their pointers.
pub(crate) fn targets<'a>(action: &'a Value, pointer: &str) -> Vec<(&'a str, String)> {
    let one =
        action.get("TargetGroupArn").and_then(Value::as_str).map(|arn| (arn, format!("{pointer}/TargetGroupArn")));
    let weighted = action.pointer("/ForwardConfig/TargetGroups").and_then(Value::as_array);
    let weighted = weighted.into_iter().flatten().enumerate().filter_map(|(at, group)| {
        let arn = group.get("TargetGroupArn")?.as_str()?;
        Some((arn, format!("{pointer}/ForwardConfig/TargetGroups/{at}/TargetGroupArn")))
    });
    let mut all: Vec<_> = one.into_iter().chain(weighted).collect();
    // An answer names a single group twice.
    all.dedup_by(|one, other| one.0 == other.0);
    all
}

/// `…:listener-rule/app/<name>/<id>/<listener>/<rule>` → `…:listener/app/<name>/<id>/<listener>`.
pub(crate) fn listener_of_rule(arn: &str) -> Option<String> {
    let (before, after) = arn.split_once(":listener-rule/")?;
    let (listener, _) = after.rsplit_once('/')?;
    Some(format!("{before}:listener/{listener}"))
}

/// The values of a rule's conditions on one field, in the old place and the new one.
pub(crate) fn conditions(view: &View<'_>, field: &str, config: &str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for condition in view
        .list("/Conditions")
        .iter()
        .filter(|condition| condition.get("Field").and_then(Value::as_str) == Some(field))
    {
        let lists = [condition.get("Values"), condition.get(config).and_then(|config| config.get("Values"))];
        let texts = lists.into_iter().flatten().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
        values.extend(texts.map(
            |text| {
                if field == "host-header" { text.to_ascii_lowercase() } else { text.to_owned() }
            },
        ));
    }
    values.sort();
    values.dedup();
    values
}
