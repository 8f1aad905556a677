//! Which of a listener's rules are tried first on the gateway.
//!
//! The balancer takes the first rule by priority that matches. The gateway first takes the most specific host; among its
//! matches Envoy Gateway (`internal/gatewayapi/sort.go`) prefers exact paths to regular expressions and those to prefixes,
//! then the longer path, the more headers (the method is one), the more query parameters. So where two rules meet whose
//! outcomes differ, and the gateway would take the later one, both become regular expressions, the earlier one the longer.

use super::path::{Form, Path};
use super::rule::{Conditions, HOST_HEADER, Outcome, Rule, covers};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The longest path that an HTTPRoute takes.
const LONGEST: usize = 1024;

/// A rule as the gateway gets it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::balancing) struct Placed {
    /// Which rule.
    pub(in crate::balancing) rule: usize,
    /// Whether it only keeps closed what the rule sends elsewhere, for the case that nothing else serves it here.
    pub(in crate::balancing) guard: bool,
    /// The hosts that it holds for; empty is the app's own host alone.
    pub(in crate::balancing) hosts: BTreeSet<String>,
    /// In the order of the rule's paths.
    pub(in crate::balancing) paths: Vec<Path>,
    pub(in crate::balancing) outcome: Outcome,
}

/// The rules of a listener, ordered for a gateway.
#[derive(Debug, Default)]
pub(in crate::balancing) struct Ordered {
    pub(in crate::balancing) placed: Vec<Placed>,
    conditions: Vec<Conditions>,
    /// Where a rule's redirect leads; `#{host}` in it is the host of the request.
    leads_to: Vec<Option<String>>,
    /// Of each rule, whether some app surely serves what it forwards.
    is_sure: Vec<bool>,
    /// Of each rule, whether it may be closed where others to the same group are open.
    is_asked: Vec<bool>,
    /// Whether the order can't be had: the paths would be too long.
    pub(in crate::balancing) too_long: bool,
}

/// What a rule is to a workload.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::balancing) enum Share {
    /// It forwards to the workload.
    Open,
    /// It stays closed until a person has answered.
    Shut,
    /// It takes fewer requests than can be said, and is left out: what it shares with an open rule to the same group comes
    /// there by that rule.
    Unsaid,
    /// It forwards elsewhere, or answers by itself.
    Other,
    /// It is no rule on the gateway, by a person's answer.
    Gone,
}

/// What decides between two matches: the greater is tried first.
type Rank = (Form, usize, usize, usize, usize, usize);

impl Ordered {
    /// Orders the rules, which stand by their priority. `hosts` are the names that lead to the listener, as far as they
    /// are known, with all that its rules name.
    pub(in crate::balancing) fn of(rules: &[Rule], hosts: &BTreeSet<String>) -> Self {
        let mut held: Vec<BTreeSet<String>> = vec![BTreeSet::new(); rules.len()];
        let mut alone = vec![false; rules.len()];
        for host in hosts {
            for (at, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.conditions.takes_host(host)) {
                held[at].insert(host.clone());
                if rule.takes_the_rest() {
                    break;
                }
            }
        }
        if hosts.is_empty() {
            // Nothing but the app's own host is known.
            for (at, rule) in rules.iter().enumerate() {
                alone[at] = true;
                if rule.takes_the_rest() {
                    break;
                }
            }
        }
        let conditions: Vec<Conditions> = rules.iter().map(|rule| rule.conditions.clone()).collect();
        let mut placed = Vec::new();
        for (at, rule) in rules.iter().enumerate().filter(|(at, _)| alone[*at] || !held[*at].is_empty()) {
            let place = |guard, outcome| Placed {
                rule: at,
                guard,
                hosts: held[at].clone(),
                paths: paths(&rule.conditions),
                outcome,
            };
            placed.push(place(false, rule.outcome.clone()));
            let elsewhere = |other: &usize| {
                matches!(rules[*other].outcome, Outcome::Group(_))
                    && rules[*other].outcome != rule.outcome
                    && share(&held[at], &held[*other], alone[at] && alone[*other])
                    && rule.conditions.meets(&rules[*other].conditions)
            };
            if matches!(rule.outcome, Outcome::Group(_)) && (at + 1..rules.len()).any(|other| elsewhere(&other)) {
                placed.push(place(true, Outcome::Closed));
            }
        }
        let leads_to = rules.iter().map(|rule| rule.leads_to.clone()).collect();
        let is_sure = rules.iter().map(|rule| rule.is_sure).collect();
        let is_asked = rules.iter().map(|rule| rule.is_asked).collect();
        let mut ordered = Self { placed, conditions, leads_to, is_sure, is_asked, too_long: false };
        ordered.settle();
        ordered
    }

    /// What is rendered for a workload: its own rules, what stands in front of them, and the balancer's own answers at its
    /// hosts, and at those that go `along` with it. `share` says what each rule is to it.
    pub(in crate::balancing) fn of_workload(
        &self,
        share: impl Fn(usize) -> Share,
        along: &BTreeSet<String>,
    ) -> Vec<Placed> {
        let is_open = |placed: &&Placed| !placed.guard && share(placed.rule) == Share::Open;
        let own: Vec<&Placed> = self.placed.iter().filter(is_open).collect();
        let mut out = Vec::new();
        for placed in &self.placed {
            let outcome = match (share(placed.rule), placed.guard) {
                (Share::Open, false) => {
                    out.push(placed.clone());
                    continue;
                }
                (Share::Gone, _) => continue,
                (Share::Shut | Share::Unsaid, false) => Outcome::Closed,
                (Share::Open | Share::Shut | Share::Unsaid, true) | (Share::Other, false)
                    if placed.guard || matches!(placed.outcome, Outcome::Group(_)) =>
                {
                    continue;
                }
                _ => placed.outcome.clone(),
            };
            let answers = matches!(outcome, Outcome::Answer(_));
            let same = |own: &&&Placed| share(placed.rule) == Share::Unsaid && own.outcome == placed.outcome;
            let met = own.iter().filter(|own| !same(own));
            let met = met.filter(|own| answers || (own.rule > placed.rule && self.meet(own, placed)));
            let met: Vec<&&Placed> = met.collect();
            let mut hosts: BTreeSet<String> = met.iter().flat_map(|own| reached(own, placed)).cloned().collect();
            // What nobody has answered yet is closed there too, and does not go where the names lead.
            let is_shut = matches!(share(placed.rule), Share::Shut | Share::Unsaid) && !self.is_sure[placed.rule];
            if is_answer(placed) || (is_shut && !placed.guard) {
                hosts.extend(placed.hosts.intersection(along).cloned());
            }
            if !hosts.is_empty() || met.iter().any(|own| own.hosts.is_empty() && placed.hosts.is_empty()) {
                out.push(Placed { hosts, outcome, ..placed.clone() });
            }
        }
        out
    }

    /// The hosts that lead to the listener, of all of its rules.
    pub(in crate::balancing) fn hosts(&self) -> impl Iterator<Item = &String> {
        self.placed.iter().flat_map(|placed| &placed.hosts)
    }

    /// The hosts of the workload's own rules.
    pub(in crate::balancing) fn own_hosts(&self, share: impl Fn(usize) -> Share) -> BTreeSet<String> {
        let is_open = |placed: &&Placed| !placed.guard && share(placed.rule) == Share::Open;
        self.placed.iter().filter(is_open).flat_map(|placed| &placed.hosts).cloned().collect()
    }

    /// The hosts at which the balancer answers by itself and no app surely serves anything, and which would be lost without a
    /// workload that takes them along: a redirect leads from there to one of `known`, as `example.com` to `www.example.com`,
    /// or a rule of the workload's own would have them if the answer did not stand in front of it. A rule that is closed until
    /// somebody answers (a login, an address) serves nothing.
    pub(in crate::balancing) fn along(
        &self,
        share: impl Fn(usize) -> Share,
        known: &BTreeSet<String>,
    ) -> BTreeSet<String> {
        let is_served = |host: &String| {
            let serves = |placed: &&Placed| match share(placed.rule) {
                Share::Open => true,
                Share::Gone => false,
                Share::Shut | Share::Unsaid | Share::Other => self.is_sure[placed.rule],
            };
            let groups = self.placed.iter().filter(|placed| matches!(placed.outcome, Outcome::Group(_)));
            groups.filter(serves).any(|placed| placed.hosts.contains(host))
        };
        let leads = |placed: &Placed, host: &String| {
            let to = self.leads_to[placed.rule].as_ref().map(|to| to.replace("#{host}", host));
            to.is_some_and(|to| to != *host && known.iter().any(|known| covers(known, &to)))
        };
        let takes = |placed: &Placed, host: &String| {
            let behind = placed.rule + 1..self.conditions.len();
            behind.into_iter().any(|own| share(own) == Share::Open && self.conditions[own].takes_host(host))
        };
        let answers = self.placed.iter().filter(|placed| is_answer(placed));
        let at = answers.flat_map(|placed| placed.hosts.iter().map(move |host| (placed, host)));
        at.filter(|(placed, host)| {
            !known.contains(*host) && !is_served(host) && (leads(placed, host) || takes(placed, host))
        })
        .map(|(_, host)| host.clone())
        .collect()
    }

    /// The rules behind one that lead to the same group and may take of its requests, at a host of both: what comes of it by
    /// these comes there whatever becomes of the rule itself.
    pub(in crate::balancing) fn behind(&self, rule: usize) -> BTreeSet<usize> {
        let own = self.placed.iter().filter(|placed| placed.rule == rule && !placed.guard);
        let takes = |own: &Placed, then: &&Placed| {
            !then.guard
                && then.rule > own.rule
                && matches!(then.outcome, Outcome::Group(_))
                && then.outcome == own.outcome
                && share(&own.hosts, &then.hosts, own.hosts.is_empty() && then.hosts.is_empty())
                && self.meet(own, then)
        };
        own.flat_map(|own| self.placed.iter().filter(move |then| takes(own, then))).map(|then| then.rule).collect()
    }

    /// A path that is tried before all others that are no exact ones.
    pub(in crate::balancing) fn foremost(&self) -> Path {
        let paths = self.placed.iter().flat_map(|placed| &placed.paths);
        let longest = paths.map(|path| path.as_expression(0).length()).max().unwrap_or(0);
        Path::any().as_expression(longest.min(LONGEST - 1) + 1)
    }

    /// The hosts of the listener, and those `beside` it, that stand below a wildcard of these and are none of them, each with
    /// the wildcards: what the balancer sends elsewhere, or what is closed. Where nobody has such a host on the gateway, the
    /// wildcard would take it; so it would take those that are `lent`, whose listener is another app's.
    pub(in crate::balancing) fn below(
        &self,
        placed: &[Placed],
        beside: &BTreeSet<String>,
        lent: &BTreeSet<String>,
    ) -> BTreeMap<String, BTreeSet<String>> {
        let own: BTreeSet<&String> = placed.iter().flat_map(|placed| &placed.hosts).collect();
        let is_other = |host: &&String| !own.contains(host) || lent.contains(*host);
        let others: BTreeSet<&String> = self.hosts().chain(beside).filter(is_other).collect();
        let above = |host: &String| own.iter().filter(|own| is_above(own, host)).map(|own| (*own).clone()).collect();
        let below = others.into_iter().map(|host| (host.clone(), above(host)));
        below.filter(|(_, wildcards): &(String, BTreeSet<String>)| !wildcards.is_empty()).collect()
    }

    /// Whether these would be tried in the same order where all of them stand at one host.
    pub(in crate::balancing) fn fits_one_host(&self, placed: &[Placed]) -> bool {
        let pairs =
            placed.iter().enumerate().flat_map(|(at, first)| placed[at + 1..].iter().map(move |then| (first, then)));
        pairs.into_iter().all(|(first, then)| first.outcome == then.outcome || !self.is_turned(first, then))
    }

    /// Makes regular expressions of what the gateway would try in the wrong order, until it does not.
    fn settle(&mut self) {
        let natural = self.placed.clone();
        let count = natural.len();
        let mut rivals: Vec<Vec<usize>> = vec![Vec::new(); count];
        for first in 0..count {
            for then in first + 1..count {
                let (a, b) = (&natural[first], &natural[then]);
                let together = share(&a.hosts, &b.hosts, a.hosts.is_empty() && b.hosts.is_empty());
                if self.differ(a, b) && together && self.meet(a, b) {
                    rivals[first].push(then);
                }
            }
        }
        let mut forced = vec![false; count];
        loop {
            let before = forced.clone();
            for (first, rivals) in rivals.iter().enumerate() {
                for &then in rivals {
                    if self.is_turned(&self.placed[first], &self.placed[then]) {
                        (forced[first], forced[then]) = (true, true);
                    }
                }
            }
            if forced == before {
                return;
            }
            let mut needed: BTreeMap<usize, usize> = BTreeMap::new();
            for at in (0..count).rev().filter(|at| forced[*at]) {
                let behind = rivals[at].iter().filter_map(|then| needed.get(then)).max();
                let length = behind.map_or(0, |length| length + 1);
                let paths: Vec<Path> = natural[at].paths.iter().map(|path| path.as_expression(length)).collect();
                let longest = paths.iter().map(Path::length).max().unwrap_or(0);
                self.too_long |= longest > LONGEST;
                needed.insert(at, longest);
                self.placed[at].paths = paths;
            }
        }
    }

    /// Whether it matters which of the two takes a request: what becomes of it differs, or may, as one of them waits for an answer.
    fn differ(&self, a: &Placed, b: &Placed) -> bool {
        a.outcome != b.outcome || (a.rule != b.rule && (self.is_asked[a.rule] || self.is_asked[b.rule]))
    }

    fn meet(&self, a: &Placed, b: &Placed) -> bool {
        a.rule == b.rule || self.conditions[a.rule].meets(&self.conditions[b.rule])
    }

    /// Whether the gateway may take `then` where both match: it does not rank below `first`.
    fn is_turned(&self, first: &Placed, then: &Placed) -> bool {
        self.meet(first, then)
            && first.paths.iter().any(|a| {
                then.paths.iter().any(|b| a.meets(b) && self.lowest(first.rule, a) <= self.highest(then.rule, b))
            })
    }

    fn lowest(&self, rule: usize, path: &Path) -> Rank {
        self.ranks(rule, path).into_iter().min_by_key(|rank| *rank).unwrap_or(rank(path, &self.conditions[rule], None))
    }

    fn highest(&self, rule: usize, path: &Path) -> Rank {
        self.ranks(rule, path).into_iter().min_by_key(|rank| Reverse(*rank)).unwrap_or(rank(
            path,
            &self.conditions[rule],
            None,
        ))
    }

    fn ranks(&self, rule: usize, path: &Path) -> Vec<Rank> {
        let conditions = &self.conditions[rule];
        conditions.queries.iter().map(|query| rank(path, conditions, Some(query))).collect()
    }
}

/// The paths of a rule. Where it compares the host by the header, none of them is exact: what closes one host at a wildcard
/// could not stand before them.
fn paths(conditions: &Conditions) -> Vec<Path> {
    let blunt = |path: Path| if path.form == Form::Exact { path.as_expression(0) } else { path };
    let paths = conditions.all_paths().into_iter();
    if conditions.is_by_header() { paths.map(blunt).collect() } else { paths.collect() }
}

/// Whether a host is a wildcard above another one.
fn is_above(wildcard: &str, host: &str) -> bool {
    wildcard.starts_with("*.") && wildcard != host && covers(wildcard, host)
}

/// Whether the balancer answers by itself there, in whatever way.
fn is_answer(placed: &Placed) -> bool {
    !placed.guard && !matches!(placed.outcome, Outcome::Group(_))
}

/// The hosts of `placed` that requests of `own` would reach if nothing stood there: its own, and those below its
/// wildcards.
fn reached<'h>(own: &'h Placed, placed: &'h Placed) -> impl Iterator<Item = &'h String> {
    let wildcards = || own.hosts.iter().filter(|host| host.starts_with("*."));
    let below = move |host: &&String| own.hosts.contains(*host) || wildcards().any(|wildcard| covers(wildcard, host));
    placed.hosts.iter().filter(below)
}

fn share(a: &BTreeSet<String>, b: &BTreeSet<String>, alone: bool) -> bool {
    alone || a.intersection(b).next().is_some()
}

fn rank(path: &Path, conditions: &Conditions, query: Option<&BTreeMap<String, super::glob::Glob>>) -> Rank {
    let method = usize::from(!conditions.methods.is_empty());
    let is_exact =
        |globs: &[super::glob::Glob]| matches!(globs, [one] if one.literal().is_some() && !one.has_letters());
    let values = conditions.headers.iter().filter(|(name, _)| *name != HOST_HEADER).map(|(_, globs)| globs);
    let exact = values.filter(|globs| is_exact(globs)).count();
    let queries = query.map_or(0, BTreeMap::len);
    let exact_queries =
        query.into_iter().flat_map(BTreeMap::values).filter(|glob| is_exact(std::slice::from_ref(glob)));
    (path.form, path.length(), conditions.headers.len() + method, exact + method, queries, exact_queries.count())
}
