//! Ways in to a workload that are closed on the gateway: nobody said who may come by them, or somebody said that nobody does. Whoever
//! is sent there by a shift is answered with 404.

use super::front::Front;
use crate::Estate;
use crate::rule_body::{Hosts, hosts, priority, rules_of, takes_all, takes_host};
use caravan_inventory::{Decisions, Observation, Question, QuestionId, WorkloadId};
use std::collections::BTreeSet;

/// A question that keeps a way in closed, with its answer where it was answered so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClosedWay {
    /// Whose way in it is.
    pub workload: WorkloadId,
    /// The question: its id ends with the rule's, the listener's or the load balancer's name.
    pub question: QuestionId,
    /// The answer that closes it for good; none while it is open.
    pub answer: Option<String>,
}

/// Topics of questions about one rule: it is closed until they are answered.
const OF_RULES: [&str; 7] =
    ["auth", "condition", "condition-secret", "further-protocol", "rule-order", "transforms", "weights"];

/// Topics of questions about a listener, or about its load balancer.
const OF_LISTENERS: [&str; 9] = [
    "callers",
    "client-certificates",
    "firewall",
    "internal-callers",
    "listener-port",
    "tcp",
    "unread-callers",
    "unread-firewall",
    "unread-rules",
];

/// Topics of questions about one host: nothing is served there until they are answered.
const OF_HOSTS: [&str; 2] = ["host-listener", "internal-host-listener"];

/// The topic of what a listener, or the patterns of one of its rules, are called by: until somebody says it, nothing is served there but
/// what names its hosts.
const BY_HOSTS: &str = "hosts";

/// The topic of a rule that the gateway can't follow, in front of what comes to the workload: its requests are closed.
const IN_FRONT: &str = "in-front";

/// Answers by which nobody comes in.
const CLOSING: [&str; 2] = ["closed", "leave-out"];

/// What keeps ways in to a workload closed, of the questions that are open and of those that people answered.
#[must_use]
pub fn closed_ways(workload: &WorkloadId, open: &[Question], decisions: &Decisions) -> Vec<ClosedWay> {
    let is_closing = |id: &QuestionId| {
        let topic = id.as_str().split('/').next().unwrap_or_default();
        [&OF_RULES[..], &OF_LISTENERS, &OF_HOSTS, &[BY_HOSTS, IN_FRONT]].iter().any(|topics| topics.contains(&topic))
    };
    let way = |question: &QuestionId, answer: Option<&str>| ClosedWay {
        workload: workload.clone(),
        question: question.clone(),
        answer: answer.map(str::to_owned),
    };
    // Of a divided rule everything comes to the group with the most until somebody says otherwise.
    let is_open_meanwhile = |question: &Question| {
        question.id.as_str().starts_with("weights/") && question.assumed.as_deref() == Some("all-here")
    };
    let asked = open.iter().filter(|question| is_closing(&question.id) && !is_open_meanwhile(question));
    let asked = asked.map(|question| way(&question.id, None));
    // Of others only what is asked once for all, in an account and a region.
    let concerns = |id: &QuestionId| {
        let rest = id.as_str().split_once('/').map_or("", |(_, rest)| rest);
        let own = rest.strip_prefix(workload.as_str()).is_some_and(|rest| rest.starts_with(['/', '@']));
        own || rest.split('/').next().is_some_and(|account| account.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_open = |id: &QuestionId| open.iter().any(|question| question.id == *id);
    let closes = |id: &QuestionId, answer: &str| {
        let is_by_hosts = id.as_str().split('/').next() == Some(BY_HOSTS);
        if is_by_hosts { answer == "none" } else { CLOSING.contains(&answer) }
    };
    let answered = decisions
        .0
        .iter()
        .filter(|(id, decision)| is_closing(id) && concerns(id) && !is_open(id) && closes(id, &decision.answer));
    asked.chain(answered.map(|(id, decision)| way(id, Some(&decision.answer)))).collect()
}

/// What keeps a front closed on the gateway.
pub(super) fn of<'e>(front: &Front<'_>, workload: &WorkloadId, estate: &'e Estate) -> Option<&'e ClosedWay> {
    let mut ways = estate.closed.iter().filter(|way| way.workload == *workload);
    ways.find(|way| is_of(way, front) || is_of_a_host_of(way, front))
}

/// Whether a question keeps a host closed that a front names.
fn is_of_a_host_of(way: &ClosedWay, front: &Front<'_>) -> bool {
    let (topic, rest) = way.question.as_str().split_once('/').unwrap_or_default();
    let names = || front.names(&BTreeSet::new()).unwrap_or_default().0;
    OF_HOSTS.contains(&topic) && way.answer.is_none() && names().iter().any(|host| rest.ends_with(&format!("/{host}")))
}

fn is_of(way: &ClosedWay, front: &Front<'_>) -> bool {
    let Some((topic, rest)) = way.question.as_str().split_once('/') else { return false };
    let listener = front.listener_called();
    // What all share that stands behind a listener or a balancer is asked once, by its name.
    let balancer = listener.rsplit_once(':').map_or(listener.as_str(), |(balancer, _)| balancer);
    if OF_LISTENERS.contains(&topic)
        && [listener.as_str(), balancer].iter().any(|name| rest.ends_with(&format!("/{name}")))
    {
        return true;
    }
    // Behind the workload may stand which part of it is meant: `@web`, `/web`.
    let inside = rest.strip_prefix(way.workload.as_str()).filter(|inside| inside.starts_with(['/', '@']));
    let Some(inside) = inside else { return false };
    let step = match priority(&front.rule.body) {
        Some(priority) => format!("{listener}/{priority}"),
        None => format!("{listener}/default"),
    };
    let named = match topic {
        // What names its hosts is served whatever else the listener is called by.
        BY_HOSTS if inside.ends_with(&format!("/{listener}")) => {
            return matches!(hosts(&front.rule.body), Hosts::Every);
        }
        topic if topic == BY_HOSTS || OF_RULES.contains(&topic) => step,
        topic if OF_LISTENERS.contains(&topic) => listener,
        _ => return false,
    };
    format!("{inside}/").contains(&format!("/{named}/"))
}

/// Why a shift by a front's rule sends its callers to nobody, for people.
pub(super) fn why(way: &ClosedWay) -> String {
    match &way.answer {
        None => format!(
            "on the gateway it is closed until `{}` is answered, and whoever came by it would be answered with 404; answer it, then \
             draft anew",
            way.question
        ),
        Some(answer) => format!(
            "on the gateway it is closed by the answer `{answer}` to `{}`: nothing comes by it there, and its callers stay on the old side \
             until somebody says what becomes of them",
            way.question
        ),
    }
}

/// What keeps a name from moving: another way in takes requests to it, and nobody has said yet who may come by that.
pub(super) fn in_the_way(
    host: &str,
    fronts: &[Front<'_>],
    workload: &WorkloadId,
    (estate, balancer): (&Estate, &str),
) -> Option<String> {
    let of_host = |way: &&ClosedWay| {
        let (topic, rest) = way.question.as_str().split_once('/').unwrap_or_default();
        way.workload == *workload && OF_HOSTS.contains(&topic) && rest.ends_with(&format!("/{host}"))
    };
    if let Some(way) = estate.closed.iter().filter(|way| way.answer.is_none()).find(of_host) {
        return Some(format!(
            "nothing is served at it on the gateway until `{}` is answered; answer it, then draft anew",
            way.question
        ));
    }
    let beside = || fronts.iter().filter(|front| front.balancer.native_name() == balancer);
    if let Some(way) =
        estate.closed.iter().find(|way| beside().any(|front| stands_before(way, front, workload, host, estate)))
    {
        return Some(match &way.answer {
            None => format!(
                "a rule in front of it takes requests to it and is closed on the gateway until `{}` is answered; answer it, then \
                 draft anew",
                way.question
            ),
            Some(answer) => format!(
                "a rule in front of it takes all requests to it and is closed on the gateway by the answer `{answer}` to `{}`: its \
                 callers stay on the old side until somebody says what becomes of them",
                way.question
            ),
        });
    }
    let here = beside().filter(|front| takes_host(&front.rule.body, host));
    let mut waiting =
        here.filter_map(|front| Some((front, of(front, workload, estate).filter(|way| way.answer.is_none())?)));
    waiting.next().map(|(front, way)| {
        format!(
            "{} takes requests to it and is closed on the gateway until `{}` is answered; answer it, then draft anew",
            front.called(),
            way.question
        )
    })
}

/// Whether a rule of a front's listener that the gateway can't follow keeps a host from moving: it takes requests to it and nobody has
/// said what becomes of them, or it takes all of them and somebody has said that they are closed.
fn stands_before(way: &ClosedWay, front: &Front<'_>, workload: &WorkloadId, host: &str, estate: &Estate) -> bool {
    let Some((IN_FRONT, rest)) = way.question.as_str().split_once('/') else { return false };
    let own = rest.strip_prefix(workload.as_str()).filter(|inside| inside.starts_with(['/', '@']));
    let is_own = way.workload == *workload && own.is_some();
    let listener = front.listener_called();
    let named = |rule: &Observation| priority(&rule.body).map(|priority| format!("/{listener}/{priority}"));
    let mut rules = rules_of(estate, front.listener);
    is_own
        && rules.any(|rule| {
            let keeps = takes_host(&rule.body, host) && (way.answer.is_none() || takes_all(&rule.body));
            keeps && named(rule).is_some_and(|named| rest.ends_with(&named))
        })
}
