//! What is asked about the rules of a listener: each a question of its own, which names the rule and what it takes. What
//! is not answered stays closed.

use super::actions::Action;
use super::asked_hosts;
use super::conditions::{HOST, Unsaid, is_host, is_host_pattern};
use super::listeners::{Entry, Step, Way};
use super::logins;
use super::model::{Share, covers, is_below, is_of_aws};
use super::read::Read;
use super::shared_hosts;
use crate::context::Context;
use crate::field::{Field, is_empty};
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::{KNOWN_NOW, MADE_UP_BALANCER, QuestionId};
use std::collections::BTreeSet;

/// Whether requests of a listener that is entered in another way than the gateway come in. `beside` is what it takes
/// beside one that is entered as the gateway is.
pub(super) fn entry<'a>(tracker: &mut FieldTracker<'a>, way: &Way<'a>, beside: Option<&Beside>) -> bool {
    let listener = way.listener;
    let asked = |tracker: &mut FieldTracker<'a>, id: QuestionId, text: &str, options: &[&str]| match tracker.ask(
        id,
        text,
        options,
        options.last().copied(),
    ) {
        Asked::Given(answer) => answer == "to-443",
        Asked::Open(id) => {
            for field in ["Port", "Protocol"].into_iter().filter_map(|name| listener?.field(name)) {
                field.asked(tracker, &id);
            }
            way.entry == Entry::Plain && beside.is_none()
        }
    };
    let name = if way.name.is_empty() { "its listener" } else { &way.name };
    match way.entry {
        Entry::Usual => true,
        _ if let Some(Beside { only_there, at_own_hosts }) = beside => {
            let only_there = match only_there.as_slice() {
                [] => String::new(),
                taken => format!(" Only `{name}` takes {}, which nothing serves then.", taken.join(", ")),
            };
            let open = match at_own_hosts.as_slice() {
                [] => String::new(),
                hosts => format!(
                    " Or is what it has at hosts of its own served there as well (`to-443`, which opens {} by TLS on port 443)?",
                    hosts.join(", ")
                ),
            };
            let text = format!(
                "`{name}` leads here too, beside the listener with TLS on port 443. The gateway is entered by TLS on port 443 \
                 alone.{only_there} Do all its callers go there, so that it is left out (`leave-out`)?{open}"
            );
            let id = tracker.question_id("listener-port", &way.name);
            let options: &[&str] = if at_own_hosts.is_empty() { &["leave-out"] } else { &["to-443", "leave-out"] };
            asked(tracker, id, &text, options)
        }
        Entry::Plain => {
            let text = format!(
                "`{name}` serves HTTP without TLS. The gateway is entered by TLS on port 443: do its callers go to `https://` \
                 from now on?"
            );
            let id = tracker.question_id("plain-http", &way.name);
            asked(tracker, id, &text, &["leave-out", "to-443"])
        }
        Entry::Other => {
            let protocol = listener.and_then(|listener| listener.peek("Protocol")).unwrap_or("another protocol");
            let text = format!(
                "`{name}` is entered by {protocol} on a port of its own. The gateway is entered by TLS on port 443: do its \
                 callers go there, or is it left out?"
            );
            let id = tracker.question_id("listener-port", &way.name);
            asked(tracker, id, &text, &["to-443", "leave-out"])
        }
    }
}

/// Rules of one listener that have one priority, which no listener has: which of them is tried first is not known.
pub(super) fn unordered<'a>(tracker: &mut FieldTracker<'a>, way: &Way<'a>) {
    let mut seen = BTreeSet::new();
    let priorities = way.rules.iter().filter_map(|step| step.rule?.peek_u64("Priority"));
    let twice: BTreeSet<String> =
        priorities.filter(|priority| !seen.insert(*priority)).map(|priority| priority.to_string()).collect();
    if twice.is_empty() {
        return;
    }
    let text = format!(
        "Several rules of `{}` have the priority {}, which no listener has: the inventory is of two moments, was put together by hand, or \
         has it from a template's parameters, where each rule is asked for its own. Which of them is tried first is not known, so nothing \
         is served by it. Scan the account anew, answer for the rules, or leave the listener out?",
        way.name,
        twice.into_iter().collect::<Vec<_>>().join(", ")
    );
    let id = tracker.question_id("rule-order", &way.name);
    let _answer = tracker.ask(id, &text, &["leave-out"], Some("leave-out"));
}

/// What a listener takes, for people, beside the one of the same load balancer that is entered as the gateway is.
pub(super) struct Beside {
    /// What its rules take that those of the other one do not.
    pub(super) only_there: Vec<String>,
    /// What of that is at hosts that the other one has no rule for.
    pub(super) at_own_hosts: Vec<String>,
}

/// The hosts that lead to a listener of which no record set tells any, beside those that its rules name.
/// Those that are told for other apps of it count here as well, whatever is answered.
pub(super) fn hosts(
    tracker: &mut FieldTracker<'_>,
    way: &Way<'_>,
    named: &BTreeSet<String>,
    told_there: &BTreeSet<String>,
) -> BTreeSet<String> {
    const NONE: &str = "none";
    let name = if way.name.is_empty() { "its listener" } else { &way.name };
    let beside = if named.is_empty() {
        String::new()
    } else {
        let named: Vec<String> = named.iter().map(|host| format!("`{host}`")).collect();
        format!(" beside {}, which its rules name (`{NONE}`: by no others)", named.join(", "))
    };
    let text = format!(
        "`{name}` leads here whatever the host, and no record set is known that leads to it. By which hosts is it called \
         (with commas between them){beside}?"
    );
    let id = hosts_id(tracker, way);
    let held = shared_hosts::held(tracker, &id, list);
    let usable = |answer: &str| {
        let hosts: BTreeSet<String> = list(answer);
        let own = held.is_none() && !hosts.is_empty() && hosts.iter().all(|host| is_host(host));
        (answer == NONE && !named.is_empty()) || own
    };
    let text = text + &known_now(told_there, "another app of it") + held.as_deref().unwrap_or_default();
    match tracker.ask_for(id, &text, &[], None, usable) {
        Asked::Given(NONE) | Asked::Open(_) => BTreeSet::new(),
        Asked::Given(answer) => list(answer),
    }
}

/// What is known of hosts whoever answers: that they are told elsewhere, and so served.
fn known_now(told: &BTreeSet<String>, of: &str) -> String {
    if told.is_empty() {
        return String::new();
    }
    let told: Vec<String> = told.iter().map(|host| format!("`{host}`")).collect();
    format!("{KNOWN_NOW}{} is told for {of}, and what leads here at it is served.)", told.join(", "))
}

fn hosts_id(tracker: &FieldTracker<'_>, way: &Way<'_>) -> QuestionId {
    tracker.question_id("hosts", &way.name)
}

/// The open question by which hosts a listener is called, where there is one.
pub(super) fn open_hosts(tracker: &FieldTracker<'_>, way: &Way<'_>) -> Option<QuestionId> {
    Some(hosts_id(tracker, way)).filter(|id| tracker.is_asked(id))
}

pub(super) fn list(answer: &str) -> BTreeSet<String> {
    answer.split(',').map(|host| host.trim().to_ascii_lowercase()).filter(|host| !host.is_empty()).collect()
}

/// The hosts that people say a rule's patterns of hosts mean, where no wildcard of the listener is above all of a pattern's
/// names, and no record set tells one of them.
pub(super) fn pattern_hosts(
    tracker: &mut FieldTracker<'_>,
    way: &Way<'_>,
    read: &Read<'_>,
    known: &BTreeSet<String>,
) -> BTreeSet<String> {
    const NONE: &str = "none";
    let recorded = way.recorded();
    let is_told = |pattern: &str| {
        known.iter().any(|host| is_below(pattern, host)) || recorded.iter().any(|host| covers(pattern, host))
    };
    let is_one = |host: &&String| is_host_pattern(host) && !is_of_aws(host);
    let patterns: Vec<&String> = read.conditions.hosts.iter().filter(is_one).collect();
    let open: Vec<&String> = patterns.iter().filter(|pattern| !is_told(pattern)).copied().collect();
    if !read.conditions.is_by_header() || open.is_empty() {
        return BTreeSet::new();
    }
    let named: Vec<String> = open.iter().map(|pattern| format!("`{pattern}`")).collect();
    let text = format!(
        "{} names its hosts as {}, and neither a record set nor a wildcard of its listener is known that tells them. Which hosts are \
         meant (with commas between them; `{NONE}`: no others)? A wildcard such as `*.example.com` serves of its names those of \
         the pattern alone, and is published as a whole. Until then none of them is served that is not told elsewhere.",
        read.step.name,
        named.join(", "),
    );
    let meant = |host: &String| is_host(host) && open.iter().any(|pattern| covers(pattern, host));
    let held = shared_hosts::held(tracker, &pattern_id(tracker, read), list);
    let usable = |answer: &str| {
        let hosts = list(answer);
        answer == NONE || (held.is_none() && !hosts.is_empty() && hosts.iter().all(meant))
    };
    let told = known.iter().filter(|host| open.iter().any(|pattern| covers(pattern, host))).cloned().collect();
    let text = text + &known_now(&told, "another rule") + held.as_deref().unwrap_or_default();
    match tracker.ask_for(pattern_id(tracker, read), &text, &[], None, usable) {
        Asked::Given(NONE) | Asked::Open(_) => BTreeSet::new(),
        Asked::Given(answer) => list(answer),
    }
}

fn pattern_id(tracker: &FieldTracker<'_>, read: &Read<'_>) -> QuestionId {
    tracker.question_id("hosts", &read.step.id)
}

/// The open question about a rule's patterns of hosts, where there is one.
pub(super) fn open_pattern(tracker: &FieldTracker<'_>, read: &Read<'_>) -> Option<QuestionId> {
    Some(pattern_id(tracker, read)).filter(|id| read.conditions.is_by_header() && tracker.is_asked(id))
}

/// Whether a wildcard that no workload serves, and that only leads to names of the component, goes along with it.
pub(super) fn wildcard_along(tracker: &mut FieldTracker<'_>, host: &str) -> bool {
    let text = format!(
        "The balancer only answers or redirects at `{host}`, which no app serves, on the way to this one. Taken along, a wildcard \
         takes every name below it that nobody else has on the gateway. Leave it out, or take it along?"
    );
    let id = tracker.question_id("wildcard-redirect", host);
    matches!(tracker.ask(id, &text, &["leave-out", "take-along"], Some("leave-out")), Asked::Given("take-along"))
}

/// Says of the names of AWS that a rule that forwards here takes, that none of them is served: nobody can lead one to the gateway.
pub(super) fn names_of_aws(tracker: &mut FieldTracker<'_>, read: &Read<'_>) {
    for host in read.conditions.hosts.iter().filter(|host| is_of_aws(host)) {
        // Of a template only what the balancer is called is known.
        let shown = match host.strip_suffix(MADE_UP_BALANCER) {
            Some(balancer) => format!("the DNS name of the load balancer `{balancer}`"),
            None => format!("`{host}`"),
        };
        let text = format!(
            "{} takes {shown}. That is a name that AWS makes for its own, as a load balancer has one, and that nobody can lead to the \
             gateway: it is served by nothing there. Do all who call it so use another name from now on?",
            read.step.name
        );
        let id = asked_hosts::aws_name_id(tracker, host);
        let _answer = tracker.ask(id, &text, &["other-name"], Some("other-name"));
    }
}

/// What a rule that forwards here is by people's answers. `behind` are the rules behind it by which the same requests come
/// here too.
pub(super) fn own<'a>(
    tracker: &mut FieldTracker<'a>,
    context: &Context<'_, 'a>,
    read: &Read<'a>,
    too_long: bool,
    behind: &BTreeSet<String>,
) -> Share {
    let what = what(read);
    let said = conditions(tracker, read, &what, "leave-out", behind);
    let mut open = true;
    if too_long {
        let text = format!("{what} stands among rules whose order the gateway can't keep. Leave it out?");
        let id = tracker.question_id("rule-order", &read.step.id);
        let _answer = tracker.ask(id, &text, &["leave-out"], Some("leave-out"));
        open = false;
    }
    if let Some(field) = read.step.rule.and_then(|rule| rule.field("Transforms")) {
        let text = format!(
            "{what} rewrites its requests, which the gateway does not. Leave it out, or does the app take them as they are?"
        );
        let id = tracker.question_id("transforms", &read.step.id);
        open &= asked(tracker, id, &text, &["leave-out", "as-they-are"], &[field]);
    }
    open &= logged_in(tracker, read, &what);
    if let Action::Forward(forward) = &read.action {
        open &= super::weights::ask(tracker, context, read, forward);
    }
    if is_gone(tracker, read) {
        return Share::Gone;
    }
    match (open, said) {
        (true, true) => Share::Open,
        (true, false) => Share::Unsaid,
        (false, _) => Share::Shut,
    }
}

/// Whether callers come by a rule without the login that it asks of them, where it asks for one.
fn logged_in<'a>(tracker: &mut FieldTracker<'a>, read: &Read<'a>, what: &str) -> bool {
    if !logins::asks(&read.step.actions) {
        return true;
    }
    let text = logins::question(what, &read.step.actions);
    let logins = read.step.actions.iter().filter(|action| logins::is_login(**action));
    let fields: Vec<Field<'a>> = logins.flat_map(|action| action.entries()).map(|(_, value)| Field(value)).collect();
    let id = tracker.question_id("auth", &read.step.id);
    asked(tracker, id, &text, &["closed", "open"], &fields)
}

/// Whether what answers in front of the component can be carried over as it is.
pub(super) fn in_front<'a>(tracker: &mut FieldTracker<'a>, read: &Read<'a>) -> bool {
    let what = what(read);
    let mut said = conditions(tracker, read, &what, "closed", &BTreeSet::new()) && !is_gone(tracker, read);
    // What leads to another app is asked about there.
    if !matches!(read.action, Action::Forward(_)) {
        said &= logged_in(tracker, read, &what);
    }
    if let Action::Unsaid(why) = read.action {
        let place = if read.leads_here { "leads here" } else { "stands in front of what comes here" };
        let text = format!(
            "{what} {why}, and {place}. Keep its requests closed, or leave the rule out \
             (`{WITHOUT_RULE}`: what it takes, which is {}, then goes on to the rules behind it, and so to the app)?",
            taken(&read.step)
        );
        let fields: Vec<Field<'a>> =
            read.step.actions.iter().flat_map(|action| action.entries()).map(|(_, value)| Field(value)).collect();
        let id = in_front_id(tracker, read);
        asked(tracker, id, &text, &["closed", WITHOUT_RULE], &fields);
        said = false;
    }
    said
}

/// The id of the question about a rule in front that the gateway can't follow.
pub(super) fn in_front_id(tracker: &FieldTracker<'_>, read: &Read<'_>) -> QuestionId {
    tracker.question_id("in-front", &read.step.id)
}

/// Whether a rule leads to another app or to nobody, and not here.
fn leads_elsewhere(read: &Read<'_>) -> bool {
    read.group.is_none() && matches!(read.action, Action::Forward(_))
}

/// Whether a person may say that the rule is none on the gateway, by the question about this condition: what stands in front
/// of the component's own rules closes them otherwise, whatever it takes of them.
fn may_go(read: &Read<'_>, at: usize) -> bool {
    read.unsaid[at].is_rewritten || read.group.is_none()
}

/// One question for each condition that the gateway can't say.
fn conditions<'a>(
    tracker: &mut FieldTracker<'a>,
    read: &Read<'a>,
    what: &str,
    closed: &'static str,
    behind: &BTreeSet<String>,
) -> bool {
    let mut open = true;
    // What is left out of a rule is not closed where another one takes it.
    let all_the_same = match behind.iter().map(String::as_str).collect::<Vec<_>>().join("; ") {
        rules if rules.is_empty() => String::new(),
        rules => format!(" What of these requests comes here by rules behind it ({rules}) comes here all the same."),
    };
    for (at, one) in read.unsaid.iter().enumerate() {
        let Unsaid { condition, kind, values, is_secret, is_redacted, is_rewritten, only } = one;
        let names_hosts = *kind == HOST;
        let leads_elsewhere = leads_elsewhere(read);
        let text = if leads_elsewhere {
            format!(
                "{what} forwards to {} and has the {kind} condition `{values}`, which the gateway can't say. What it may take stays \
                 closed here: is that right, or is the rule left out, so that all of it comes here (`{WITHOUT_RULE}`)?",
                groups(read),
            )
        } else if *is_secret && !names_hosts {
            let header =
                condition.object("HttpHeaderConfig").and_then(|config| config.peek("HttpHeaderName")).unwrap_or(kind);
            format!(
                "{what} compares `{header}` with a secret, and a route shows its values to everybody who reads it. Keep it in \
                 the team's store as `sm:{}#{}` and let the app compare it (`without-condition`), or leave the rule closed{}?",
                tracker.source.app,
                header.to_ascii_uppercase().replace('-', "_"),
                if may_go(read, at) { GETS_THROUGH } else { "" },
            )
        } else if *is_redacted {
            format!(
                "{what} has the {kind} condition `{values}`, and what is redacted in it was not read: it is none of the texts that are \
                 harmless for certain. `aws elbv2 describe-rules` or the template shows it. Keep {} closed{}{}?",
                if may_go(read, at) { "all that it may take" } else { "its requests" },
                if names_hosts { "" } else { ", or carry it over without the condition (`without-condition`)" },
                if may_go(read, at) { GETS_THROUGH } else { "" },
            )
        } else if *is_rewritten {
            format!(
                "{what} takes paths that the gateway makes other ones of before it looks at its routes: `{values}`. Keep \
                 closed what becomes of them, or leave the rule out, so that they come to what takes the paths then \
                 (`{WITHOUT_RULE}`)?"
            )
        } else if may_go(read, at) {
            let taken = if names_hosts { "" } else { ", carry it over without the condition" };
            format!(
                "{what} stands in front of what comes here and has the {kind} condition `{values}`, which the gateway can't say. \
                 Keep closed all that it may take{taken}{GETS_THROUGH}?"
            )
        } else if names_hosts {
            format!(
                "{what} names its hosts as `{values}`, which the gateway can't say. No route of it takes them, so that they are answered \
                 with 404, or by whoever has a wildcard above them on the gateway: is that right?"
            )
        } else {
            format!(
                "{what} has the {kind} condition `{values}`, which the gateway can't say. Keep its requests closed, or carry it \
                 over without the condition?"
            )
        };
        let text = if leads_elsewhere || may_go(read, at) { text } else { text + &all_the_same };
        let id = condition_id(tracker, read, at);
        let whole =
            || condition.entries().filter(|(name, _)| *name != "Field").map(|(_, value)| Field(value)).collect();
        let fields: Vec<Field<'a>> = if only.is_empty() { whole() } else { only.clone() };
        // Without its hosts, the rule would hold for none that is known.
        let is_whole = names_hosts || *is_rewritten || leads_elsewhere;
        let options: &[&str] = match (is_whole, may_go(read, at)) {
            (true, true) => &[closed, WITHOUT_RULE],
            (true, false) => &[closed],
            (false, true) => &[closed, "without-condition", WITHOUT_RULE],
            (false, false) => &[closed, "without-condition"],
        };
        open &= asked(tracker, id, &text, options, &fields);
    }
    open
}

/// The answer that a rule is none on the gateway.
pub(super) const WITHOUT_RULE: &str = "without-rule";

/// What a question about a rule in front says of that answer.
const GETS_THROUGH: &str = ", or leave the rule out (`without-rule`: what it caught then gets through to the app, unless \
                            the platform's edge catches it)";

/// The id of the question about a condition. One that compares with a secret and may forward elsewhere is asked about as
/// any other.
fn condition_id(tracker: &FieldTracker<'_>, read: &Read<'_>, at: usize) -> QuestionId {
    let Unsaid { kind, is_secret, .. } = &read.unsaid[at];
    let place = place(read, at);
    match *is_secret && *kind != HOST && !leads_elsewhere(read) {
        true => tracker.question_id("condition-secret", &place),
        false => tracker.question_id("condition", &place),
    }
}

/// The place of a condition in the ids of questions: `edge:443/10/path-pattern`.
fn place(read: &Read<'_>, at: usize) -> String {
    let kind = read.unsaid[at].kind;
    let repeated = read.unsaid[..at].iter().any(|other| other.kind == kind);
    let number = if repeated { format!("/{}", at + 1) } else { String::new() };
    format!("{}/{kind}{number}", read.step.id)
}

/// Whether a person answered that the rule is none on the gateway.
pub(super) fn is_gone(tracker: &FieldTracker<'_>, read: &Read<'_>) -> bool {
    let ids = (0..read.unsaid.len()).filter(|at| may_go(read, *at)).map(|at| condition_id(tracker, read, at));
    let as_a_whole = Some(in_front_id(tracker, read)).filter(|_| matches!(read.action, Action::Unsaid(_)));
    // An answer that is asked for again holds no more.
    let is_said = |id: QuestionId| tracker.source.decisions.answer(&id) == Some(WITHOUT_RULE) && !tracker.is_asked(&id);
    ids.chain(as_a_whole).any(is_said)
}

/// Asks; whether the answer is the second option, if there is one. The fields are those it is about.
pub(super) fn asked<'a>(
    tracker: &mut FieldTracker<'a>,
    id: QuestionId,
    text: &str,
    options: &[&str],
    fields: &[Field<'a>],
) -> bool {
    let answer = tracker.ask(id, text, options, options.first().copied());
    for field in fields.iter().filter(|field| !is_empty(field.0)) {
        match &answer {
            Asked::Open(id) => field.asked(tracker, id),
            Asked::Given(_) => field.dropped(tracker, "condition-by-answer"),
        }
    }
    matches!(answer, Asked::Given(given) if options.get(1) == Some(&given))
}

/// `Rule 10 of edge:443 (shop.example.com; /api/*)`.
pub(super) fn what(read: &Read<'_>) -> String {
    let taken = hosts_and_paths(&read.step);
    if taken.is_empty() { read.step.name.clone() } else { format!("{} ({taken})", read.step.name) }
}

/// What a rule takes, for people: `shop.example.com; /api/*` in code marks.
pub(super) fn taken(step: &Step<'_>) -> String {
    let taken = hosts_and_paths(step);
    if taken.is_empty() { "every host and path".to_owned() } else { format!("`{taken}`") }
}

fn hosts_and_paths(step: &Step<'_>) -> String {
    let conditions = step.rule.into_iter().flat_map(|rule| rule.objects("Conditions"));
    let named = conditions.filter(|condition| matches!(condition.peek("Field"), Some(HOST | "path-pattern")));
    named.map(super::conditions::values_of).collect::<Vec<_>>().join("; ")
}

/// The target groups that a rule forwards to, as people call them.
pub(super) fn groups(read: &Read<'_>) -> String {
    let Action::Forward(forward) = &read.action else { return String::new() };
    forward.groups.iter().map(|(group, _)| format!("`{}`", short(group))).collect::<Vec<_>>().join(", ")
}

pub(super) fn short(group: &str) -> &str {
    group.split(":targetgroup/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or(group)
}
