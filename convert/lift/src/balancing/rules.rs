//! The rules of the listeners that lead to the component, with all that stands in front of them.

use super::accounted;
use super::actions::{self, Action, Forward};
use super::callers;
use super::certificates;
use super::conditions::{self, Part, Unsaid};
use super::contested;
use super::ground;
use super::listeners::{self, Entry, Step, Way, ways};
use super::logins;
use super::model::{Conditions, HOST_HEADER, Ordered, Outcome, Placed, Rule, Share, covers, is_of_aws};
use super::other_apps;
use super::outer;
use super::questions::{self, Beside};
use super::read::{Listener, Read};
use super::returning;
use super::scheme;
use super::sides::{self, Side};
use super::unread_rules;
use super::written;
use crate::context::Context;
use crate::field::Object;
use crate::plconfig::{Component, Redirect};
use crate::surroundings::Surroundings;
use crate::tracker::FieldTracker;
use caravan_inventory::MADE_UP_BALANCER;
use std::collections::BTreeSet;

/// Makes routes of the rules, and says what became of their fields.
/// A listener whose load balancer was not seen is public where a person says so, by its name; what leads to a group that is `shut`
/// stays closed.
pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    public: &BTreeSet<String>,
    shut: &BTreeSet<&str>,
    component: &mut Component,
) {
    let mut ways = ways(context);
    for way in &mut ways {
        way.public =
            way.public.or_else(|| scheme::ask(tracker, context, way)).or_else(|| Some(public.contains(&way.name)));
        way.is_on_both = forwards_here(context, way) && outer::ask(tracker, way, balancer_of(context, way));
    }
    let usual = |way: &Way<'a>| way.entry == Entry::Usual && forwards_here(context, way);
    let by_tls: Vec<_> = ways
        .iter()
        .filter(|way| usual(way))
        .map(|way| ((way.public, way.balancer), taken_here(context, way), carried(way)))
        .collect();
    let mut listeners = Vec::with_capacity(ways.len());
    for way in ways {
        let beside = by_tls.iter().find(|(of, ..)| *of == (way.public, way.balancer));
        let beside = beside.map(|(_, taken, carried)| beside_tls(context, &way, taken, carried.as_ref()));
        listeners.push(prepare(tracker, context, way, (beside, shut)));
    }
    let along = names_along(tracker, context, &listeners);
    let by_tls = listeners.iter().filter(|listener| listener.way.entry == Entry::Usual);
    let by_tls: BTreeSet<String> = by_tls.flat_map(|listener| listener.ordered.hosts()).cloned().collect();
    let mut sides: Vec<Side> = Vec::with_capacity(listeners.len());
    for (at, (one, along)) in listeners.iter_mut().zip(&along).enumerate() {
        let placed = render(tracker, context, one, &by_tls, along);
        let of_all = ground::of_all(context);
        sides.extend(tracker.resting_on(of_all, |tracker| sides::of(tracker, context, &one.way, at, placed)));
    }
    let schemes = ground::of_all(context);
    tracker.resting_on(schemes, |tracker| contested::settle(tracker, context, component, &listeners, &mut sides));
    returning::settle(tracker, context, &listeners, &mut sides);
    let mut made = written::Made::default();
    for side in &sides {
        let one = &listeners[side.listener];
        made.add(context, component, one, side);
    }
    for (number, one) in listeners.iter().enumerate() {
        let placed: Vec<Placed> =
            sides.iter().filter(|side| side.listener == number).flat_map(|side| side.placed.iter().cloned()).collect();
        // What is not told of a rule is asked about, and told with what is.
        for at in (0..one.read.len()).filter(|at| one.read[*at].part != Part::Untold) {
            accounted::rule(tracker, context, one, &placed, at);
        }
    }
    for rule in listeners::defaults(context.around) {
        rule.drop_whole(tracker, "said-twice");
    }
    if let Some(ingress) = made.ingress(component.ingress.take()) {
        component.ingress = Some(ingress);
    }
}

/// What a listener takes beside the one with TLS, of which is told what it takes for this component, and the hosts of all its
/// rules; none of those is every host.
fn beside_tls(
    context: &Context<'_, '_>,
    way: &Way<'_>,
    by_tls: &[String],
    carried: Option<&BTreeSet<String>>,
) -> Beside {
    let new = |step: &&&Step<'_>| !by_tls.contains(&questions::taken(step));
    let here = steps_here(context, way);
    let only_there: Vec<&Step<'_>> = here.iter().filter(new).copied().collect();
    let own_hosts = |step: &&&Step<'_>| {
        let hosts = hosts_of(step);
        let apart = |host: &String| {
            carried.is_some_and(|carried| carried.iter().all(|other| other != host && !covers(other, host)))
        };
        !hosts.is_empty() && hosts.iter().all(|host| conditions::is_host(host) && apart(host))
    };
    let shown = |steps: &mut dyn Iterator<Item = &Step<'_>>| steps.map(questions::taken).collect::<Vec<_>>();
    let at_own_hosts = shown(&mut only_there.iter().filter(own_hosts).copied());
    Beside { only_there: shown(&mut only_there.iter().copied()), at_own_hosts }
}

/// The hosts that a listener's rules name, those of other apps too; none where its default action or a rule without hosts
/// forwards, answers or redirects at every host that is not refused.
fn carried(way: &Way<'_>) -> Option<BTreeSet<String>> {
    let mut hosts = BTreeSet::new();
    for step in &way.rules {
        let named = hosts_of(step);
        let refuses = matches!(actions::read(&step.actions), Action::Respond(ref answer) if answer.status >= 400);
        if named.is_empty() && !refuses {
            return None;
        }
        hosts.extend(named);
    }
    Some(hosts)
}

/// The hosts that a rule names, perhaps with wildcards.
pub(super) fn hosts_of(step: &Step<'_>) -> BTreeSet<String> {
    let read = step.rule.map(|rule| conditions::read(rule, Part::Whole));
    read.map(|(conditions, _)| conditions.hosts.into_iter().collect()).unwrap_or_default()
}

/// The load balancer of a listener.
fn balancer_of<'a>(context: &Context<'_, 'a>, way: &Way<'a>) -> Option<Object<'a>> {
    let mut balancers = context.around.load_balancers.iter().copied();
    balancers.find(|one| way.balancer.is_some() && one.peek("LoadBalancerArn") == way.balancer)
}

/// Whether a listener has a rule that leads to the component.
fn forwards_here(context: &Context<'_, '_>, way: &Way<'_>) -> bool {
    !taken_here(context, way).is_empty()
}

/// The hosts and paths of each rule that forwards here, for people.
pub(super) fn taken_here(context: &Context<'_, '_>, way: &Way<'_>) -> Vec<String> {
    steps_here(context, way).into_iter().map(questions::taken).collect()
}

/// The rules that lead to the component.
fn steps_here<'w, 'a>(context: &Context<'_, 'a>, way: &'w Way<'a>) -> Vec<&'w Step<'a>> {
    let here = way.rules.iter().filter(|step| match actions::read(&step.actions) {
        Action::Forward(forward) => own_group(context, &forward).is_some(),
        _ => false,
    });
    here.collect()
}

/// The component's group that the rule sends to, perhaps as one of several.
pub(super) fn own_group<'a>(context: &Context<'_, 'a>, forward: &Forward<'a>) -> Option<&'a str> {
    let own = context.around.own_groups();
    let foreign = &context.around.foreign_groups;
    let is_own = |group: &&(&'a str, u64)| !foreign.contains(group.0) && (own.is_empty() || own.contains(group.0));
    let first = forward.groups.iter().find(|(group, _)| *group == forward.first).filter(|group| is_own(group));
    first.or_else(|| forward.groups.iter().find(is_own)).map(|(group, _)| *group)
}

/// Reads a listener's rules, and asks what each of those is that forward here.
fn prepare<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    way: Way<'a>,
    (beside, shut): (Option<Beside>, &BTreeSet<&str>),
) -> Listener<'a> {
    let read: Vec<Read<'a>> = way.rules.iter().flat_map(|step| rules(context, &way, step)).collect();
    let here = read.iter().any(|rule| rule.group.is_some());
    let of_listener = || ground::of_listener(context, &way);
    let is_entered =
        !here || tracker.resting_on(of_listener(), |tracker| questions::entry(tracker, &way, beside.as_ref()));
    // Of what no answer lets in it is not asked who may come.
    let is_left_out = way.entry != Entry::Usual && beside.as_ref().is_some_and(|beside| beside.at_own_hosts.is_empty());
    let asked = here.then(|| !is_left_out && let_in(tracker, context, &way));
    let enters = is_entered && asked.unwrap_or(true);
    let mut hosts = way.recorded();
    hosts.extend(read.iter().flat_map(|rule| &rule.conditions.hosts).filter(|host| conditions::is_host(host)).cloned());
    let anywhere = read.iter().any(|rule| rule.group.is_some() && takes_every_host(rule));
    for rule in read.iter().filter(|rule| rule.group.is_some()) {
        let of_rule = ground::of_rule(context, &way, &rule.step);
        let meant = tracker.resting_on(of_rule, |tracker| questions::pattern_hosts(tracker, &way, rule, &hosts));
        hosts.extend(meant);
    }
    let told_there = other_apps::hosts(tracker, &way, &read);
    // The hosts that other rules name are not those by which this one is called.
    if anywhere && way.known().is_empty() && (enters || hosts.is_empty()) {
        let named = tracker.resting_on(of_listener(), |tracker| questions::hosts(tracker, &way, &hosts, &told_there));
        hosts.extend(named);
    }
    hosts.extend(told_there);
    let is_gone = |read: &Read<'a>| questions::is_gone(tracker, read) || returning::is_gone(tracker, read);
    let rules = read.iter().enumerate().map(|one| Rule { is_gone: is_gone(one.1), ..model(one) });
    let rules: Vec<Rule> = rules.collect();
    let ordered = Ordered::of(&rules, &hosts);
    // What nobody has answered is closed, and so is everything by a default action at hosts that nobody knows, and behind a
    // listener of which it is open what stands in front of what.
    if !way.is_ordered && read.iter().any(|rule| rule.group.is_some()) {
        questions::unordered(tracker, &way);
    }
    let mut shares: Vec<Share> = Vec::with_capacity(read.len());
    for (at, rule) in read.iter().enumerate() {
        if rule.group.is_none() {
            if is_of_aws_and_leads_here(rule, &read) {
                questions::names_of_aws(tracker, rule);
            }
            shares.push(Share::Other);
            continue;
        }
        // The app's own host is none that a pattern takes.
        let own = &rule.conditions;
        let by_aws = !own.hosts.is_empty() && own.hosts.iter().all(|host| is_of_aws(host));
        let unknown = hosts.is_empty() && (rule.step.rule.is_none() || own.is_by_header() || by_aws);
        if own.hosts.iter().any(|host| is_of_aws(host)) {
            questions::names_of_aws(tracker, rule);
        }
        let behind: BTreeSet<String> = ordered.behind(at).into_iter().map(|at| questions::what(&read[at])).collect();
        let share = tracker.resting_on(ground::of_rule(context, &way, &rule.step), |tracker| {
            questions::own(tracker, context, rule, ordered.too_long, &behind)
        });
        let is_shut = unknown || rule.group.is_some_and(|group| shut.contains(group));
        shares.push(if enters && way.is_ordered && !is_shut { share } else { Share::Shut });
    }
    let lets_in = asked.map(|lets_in| lets_in && way.is_ordered);
    Listener { way, read, ordered, shares, lets_in }
}

/// Whether a rule redirects from a name of AWS to a host of the component.
fn is_of_aws_and_leads_here(rule: &Read<'_>, all: &[Read<'_>]) -> bool {
    let is_ours = |to: &str| {
        all.iter().any(|own| own.group.is_some() && !own.conditions.hosts.is_empty() && own.conditions.takes_host(to))
    };
    rule.conditions.hosts.iter().any(|host| is_of_aws(host))
        && actions::redirected_to(&rule.step.actions).is_some_and(|to| is_ours(&to))
}

/// Whether those may come in by a listener whom the gateway lets in: its balancer lets them in as well, or a person says so.
fn let_in<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, way: &Way<'a>) -> bool {
    tracker.resting_on(ground::of_balancer(context, way), |tracker| {
        callers::let_in(tracker, context, way) & certificates::let_in(tracker, way) & unread_rules::let_in(tracker, way)
    })
}

/// For each listener the names that only redirect there to the workload's own, through other such names and by other
/// listeners too, and those that answers in front of its rules keep from it. A wildcard would take what stands below it
/// along: that is asked. Nothing goes along by a listener that lets fewer in than the gateway does: whoever has only answers
/// there is asked about that, too.
fn names_along<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    listeners: &[Listener<'a>],
) -> Vec<BTreeSet<String>> {
    let own = |one: &Listener<'a>| one.ordered.own_hosts(|at| one.shares[at]);
    let mut known: BTreeSet<String> = listeners.iter().flat_map(own).collect();
    // What leads to a balancer by its own name comes here by the rules that take that name.
    known.extend(listeners.iter().flat_map(|one| made_names(context, one)));
    let mut along = vec![BTreeSet::new(); listeners.len()];
    let mut left_out = BTreeSet::new();
    let mut lets_in: Vec<Option<bool>> = listeners.iter().map(|one| one.lets_in).collect();
    loop {
        let mut found = false;
        let before = known.clone();
        for ((one, along), lets_in) in listeners.iter().zip(&mut along).zip(&mut lets_in) {
            for host in one.ordered.along(|at| one.shares[at], &before) {
                // What only answers needs no pod: it would be there for everybody though nothing is started.
                let mut ask = || let_in(tracker, context, &one.way) && !callers::is_unread(tracker, context, &one.way);
                if left_out.contains(&host) || !*lets_in.get_or_insert_with(&mut ask) {
                    continue;
                }
                found = true;
                let take_along = |tracker: &mut FieldTracker<'a>| questions::wildcard_along(tracker, &host);
                if !host.starts_with('*') || tracker.resting_on(ground::of_all(context), take_along) {
                    along.insert(host.clone());
                    known.insert(host);
                } else {
                    left_out.insert(host);
                }
            }
        }
        if !found {
            return along;
        }
    }
}

/// The names that AWS made for the load balancers of a listener, where one of its open rules takes them.
fn made_names(context: &Context<'_, '_>, one: &Listener<'_>) -> BTreeSet<String> {
    let outer = one.way.outer.iter().map(|outer| outer.balancer);
    let names = balancer_of(context, &one.way).into_iter().chain(outer).filter_map(|balancer| balancer.peek("DNSName"));
    let is_taken = |name: &String| {
        let mut rules = one.read.iter().zip(&one.shares);
        rules.any(|(rule, share)| rule.group.is_some() && *share == Share::Open && rule.conditions.takes_host(name))
    };
    let taken = names.map(str::to_ascii_lowercase).filter(is_taken);
    // By either of them, for both families of addresses.
    taken.flat_map(|name| [format!("dualstack.{name}"), name]).collect()
}

/// Whether a host is the name that AWS made for one of the load balancers here: as it answers, or for one of a template, as it begins
/// with what it is called.
fn is_of_balancer(around: &Surroundings<'_>, host: &str) -> bool {
    let host = host.strip_prefix("dualstack.").unwrap_or(host);
    let is_its_own = |balancer: &Object<'_>| {
        let dns_name = balancer.peek("DNSName");
        let is_made_up = dns_name.is_none_or(|name| name.ends_with(MADE_UP_BALANCER));
        let called = balancer.peek("LoadBalancerName").filter(|_| is_made_up && host.contains(".elb."));
        let label = host.strip_prefix("internal-").unwrap_or(host).split('.').next().unwrap_or_default();
        let number = called.and_then(|called| label.strip_prefix(&called.to_ascii_lowercase())?.strip_prefix('-'));
        dns_name.is_some_and(|name| name.eq_ignore_ascii_case(host))
            || number.is_some_and(|number| number.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    host.ends_with(MADE_UP_BALANCER) || around.load_balancers.iter().any(is_its_own)
}

/// Whether a rule names no host, not even in a way that can't be said.
fn takes_every_host(rule: &Read<'_>) -> bool {
    rule.conditions.hosts.is_empty() && rule.unsaid.iter().all(|unsaid| unsaid.kind != conditions::HOST)
}

/// What a listener's rules come to, before it is known which listener the callers of a host reach.
fn render<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    one: &mut Listener<'a>,
    usual: &BTreeSet<String>,
    along: &BTreeSet<String>,
) -> Vec<Placed> {
    let Listener { way, read, ordered, shares, .. } = one;
    let mut looked_at = BTreeSet::new();
    // What stood behind a rule that is none on the gateway, stands in front now.
    loop {
        let first = ordered.of_workload(|at| shares[at], along);
        let in_front: BTreeSet<usize> = first.iter().map(|placed| placed.rule).collect();
        let fresh: Vec<usize> = in_front.into_iter().filter(|at| looked_at.insert(*at)).collect();
        if fresh.is_empty() {
            break;
        }
        for at in fresh {
            let other = shares[at] == Share::Other;
            let forwards = matches!(read[at].action, Action::Forward(_));
            if !other || (forwards && read[at].unsaid.is_empty()) {
                continue;
            }
            let of_rule = ground::of_rule(context, way, &read[at].step);
            let said = tracker.resting_on(of_rule, |tracker| questions::in_front(tracker, &read[at]));
            if questions::is_gone(tracker, &read[at]) {
                shares[at] = Share::Gone;
            } else if !said && !forwards {
                shares[at] = Share::Shut;
            }
        }
    }
    // What leads here and is asked about nowhere else is no more than lost.
    for rule in read.iter().filter(|rule| rule.leads_here && rule.group.is_none()) {
        let of_rule = ground::of_rule(context, way, &rule.step);
        let _said = tracker.resting_on(of_rule, |tracker| questions::in_front(tracker, rule));
    }
    let mut placed: Vec<Placed> = ordered.of_workload(|at| shares[at], along);
    let here = read.iter().any(|rule| rule.group.is_some());
    let is_usual = |placed: &Placed| placed.hosts.iter().all(|host| usual.contains(host));
    if !here && way.entry != Entry::Usual && !placed.iter().all(is_usual) {
        let of_listener = ground::of_listener(context, way);
        if !tracker.resting_on(of_listener, |tracker| questions::entry(tracker, way, None)) {
            placed.clear();
        }
    }
    placed
}

/// The conditions that the gateway takes nearly as the balancer does, and not in every case.
const APPROXIMATED: [&str; 2] = ["query-string", "http-header"];

/// A rule, divided where only some of its hosts can be said: those are served, and the others stay closed.
fn rules<'a>(context: &Context<'_, 'a>, way: &Way<'a>, step: &Step<'a>) -> Vec<Read<'a>> {
    let parts: &[Part] = match step.rule {
        Some(rule) if conditions::is_told_in_part(rule) => &[Part::Told, Part::Untold],
        _ => &[Part::Whole],
    };
    parts.iter().map(|part| rule(context, way, step.clone(), *part)).collect()
}

fn rule<'a>(context: &Context<'_, 'a>, way: &Way<'a>, step: Step<'a>, part: Part) -> Read<'a> {
    let (mut conditions, mut unsaid) = step.rule.map(|rule| conditions::read(rule, part)).unwrap_or_default();
    let action = match actions::read(&step.actions) {
        Action::Redirect(Redirect { host: Some(to), .. }) if is_of_balancer(context.around, &to) => {
            Action::Unsaid("redirects to the name that AWS made for a load balancer, whose place the gateway takes")
        }
        Action::Redirect(redirect) => Action::Redirect(returning::as_asked(redirect, way)),
        other => other,
    };
    if let (true, Some(rule)) = (keeps_out(&action), step.rule) {
        // What a block lets through, because a parameter is written in other letters or a header comes twice, would be
        // open: the gateway takes such requests for others.
        for kind in APPROXIMATED {
            if unsaid.iter().any(|unsaid| unsaid.kind == kind) {
                continue;
            }
            let named = |condition: &Object<'a>| condition.peek("Field") == Some(kind);
            let condition = rule.objects("Conditions").find(named);
            unsaid.extend(condition.map(|condition| {
                let values = conditions::values_of(condition);
                Unsaid {
                    condition,
                    kind,
                    values,
                    is_secret: false,
                    is_redacted: false,
                    is_rewritten: false,
                    only: Vec::new(),
                }
            }));
        }
        if !unsaid.is_empty() {
            conditions.queries.clear();
            conditions.headers.retain(|name, _| name == HOST_HEADER);
        }
    }
    let group = match &action {
        Action::Forward(forward) => own_group(context, forward),
        _ => None,
    };
    if group.is_none() {
        widen(&mut conditions, &unsaid);
    }
    let leads_here = group.is_some()
        || actions::forwards(&step.actions).is_some_and(|forward| own_group(context, &forward).is_some());
    Read { step, part, conditions, unsaid, action, group, leads_here }
}

/// Whether a rule keeps from what stands behind it whom it takes: it answers by itself, or sends callers to a name outside, as to where
/// they log in.
fn keeps_out(action: &Action<'_>) -> bool {
    match action {
        Action::Respond(_) => true,
        Action::Redirect(redirect) => redirect.host.is_some(),
        Action::Forward(_) | Action::Unsaid(_) => false,
    }
}

/// Leaves out of a rule in front what it says of a header or of parameters that another condition of it says more of, in a way that
/// can't be said: the gateway reads two lines of one header as one value, so that the first condition alone takes less than both.
fn widen(conditions: &mut Conditions, unsaid: &[Unsaid<'_>]) {
    for one in unsaid {
        match one.kind {
            "http-header" => {
                let config = one.condition.object("HttpHeaderConfig");
                let name = config.and_then(|config| config.peek("HttpHeaderName")).map(str::to_ascii_lowercase);
                conditions.headers.retain(|known, _| known == HOST_HEADER || Some(known) != name.as_ref());
            }
            "query-string" => conditions.queries.clear(),
            _ => {}
        }
    }
}

/// The rule in the model; whether a person lets it in or not is no matter of its order.
fn model((at, read): (usize, &Read<'_>)) -> Rule {
    // Of weighted groups the first one's app has the host, whatever becomes of the others.
    let is_own = matches!(&read.action, Action::Forward(forward) if read.group == Some(forward.first));
    let is_divided = matches!(&read.action, Action::Forward(forward) if forward.groups.len() > 1);
    let is_held = logins::asks(&read.step.actions) || is_rewritten(&read.step);
    let outcome = match &read.action {
        Action::Forward(forward) => Outcome::Group(forward.first.to_owned()),
        Action::Respond(_) | Action::Redirect(_) => Outcome::Answer(at),
        Action::Unsaid(_) => Outcome::Closed,
    };
    let leads_to = actions::redirected_to(&read.step.actions);
    let said = read.unsaid.is_empty();
    let (is_asked, is_sure) = (is_held || is_divided, !is_own && said && !is_held);
    Rule { conditions: read.conditions.clone(), said, is_gone: false, is_asked, is_sure, outcome, leads_to }
}

/// Whether a rule rewrites its requests, which is asked about.
fn is_rewritten(step: &Step<'_>) -> bool {
    step.rule.is_some_and(|rule| rule.field("Transforms").is_some())
}
