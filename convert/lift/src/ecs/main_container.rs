//! Which container of a task is the main one: what requests reach, or what works.

use super::shape::Facts;
use super::sidecar::is_agent;
use crate::field::Object;
use crate::tracker::{Asked, FieldTracker};

/// The main container as far as it can be told, and those among which it can't.
struct Likely {
    at: usize,
    /// At least two where a person has to say it, else none.
    open: Vec<usize>,
}

/// The place of the main container among a task's containers, asked about nobody: where several may be it, the likely one.
pub(super) fn likely(facts: &Facts<'_>) -> usize {
    choose(facts).at
}

/// The place of what works without a port, in a task definition that a person calls a worker: nobody sends requests to it, so that what has
/// a port is beside it.
pub(super) fn working(facts: &Facts<'_>) -> Option<usize> {
    let works = |container: &Object<'_>| {
        container.peek_bool("essential").unwrap_or(true)
            && container.field("firelensConfiguration").is_none()
            && !is_agent(container.peek("image").unwrap_or(""))
            && !serves(*container)
            && !is_measured(*container)
    };
    facts.containers.iter().position(works)
}

/// The place of the main container. Of a service whose containers may be it with and without a port it is asked, and nothing starts until
/// then: with a port it serves, and without one it works by itself, perhaps from a queue.
pub(super) fn of(tracker: &mut FieldTracker<'_>, facts: &Facts<'_>) -> usize {
    let Likely { at, open } = choose(facts);
    if facts.service.is_none() || open.len() < 2 {
        return at;
    }
    let name = |at: usize| facts.containers[at].peek("name").unwrap_or("");
    let names: Vec<&str> = open.iter().map(|at| name(*at)).collect();
    let said = |at: &usize| {
        let port = if serves(facts.containers[*at]) { "with a port" } else { "without one" };
        format!("`{}` {port}", crate::marks::without_marks(name(*at)))
    };
    let reached = if is_reached(facts) {
        "Others find it by a name, and it isn't told which of its containers they come to"
    } else {
        "Nothing was seen that sends requests to it"
    };
    let text = format!(
        "{reached}: {}. Which one is the main container? One with a port makes it a service that is called, one without makes it work \
         that is called by nobody. The others run beside it.",
        open.iter().map(said).collect::<Vec<_>>().join(", ")
    );
    let id = tracker.question_id("main", "");
    match tracker.ask(id, &text, &names, None) {
        Asked::Given(answer) => open.into_iter().find(|at| name(*at) == answer).unwrap_or(at),
        Asked::Open(_) => {
            tracker.hold("which of its containers is the main one has to be decided first");
            at
        }
    }
}

/// The container that something names as the one that it sends to. Else, of the essential ones, the first with a port, where that is not
/// there to be measured by alone: an exporter beside a worker makes no service of it.
fn choose(facts: &Facts<'_>) -> Likely {
    let told = |at: usize| Likely { at, open: Vec::new() };
    let position = |test: &dyn Fn(&Object<'_>) -> bool| facts.containers.iter().position(test);
    if let Some(at) = routed(facts).and_then(|test| position(&*test)) {
        return told(at);
    }
    let own = |container: &Object<'_>| {
        container.field("firelensConfiguration").is_none() && !is_agent(container.peek("image").unwrap_or(""))
    };
    let all: Vec<usize> = (0..facts.containers.len()).filter(|at| own(&facts.containers[*at])).collect();
    let is_essential = |at: &usize| facts.containers[*at].peek_bool("essential").unwrap_or(true);
    let essential: Vec<usize> = all.iter().copied().filter(is_essential).collect();
    let (serving, silent): (Vec<usize>, Vec<usize>) =
        essential.iter().copied().partition(|at| serves(facts.containers[*at]));
    let measured = |at: &usize| is_measured(facts.containers[*at]);
    let called: Vec<usize> = serving.iter().copied().filter(|at| !measured(at)).collect();
    let working: Vec<usize> = silent.iter().copied().filter(|at| !measured(at)).collect();
    let first = || called.first().or(serving.first()).or(silent.first()).or(all.first()).copied().unwrap_or(0);
    match (called.as_slice(), working.as_slice()) {
        ([], [first, ..]) if serving.is_empty() || !is_reached(facts) => told(*first),
        // A name leads somewhere, and a container that serves is there for it.
        ([_, ..], _) if is_reached(facts) => told(first()),
        (_, []) => told(first()),
        (_, working) => Likely {
            at: first(),
            open: essential.into_iter().filter(|at| serving.contains(at) || working.contains(at)).collect(),
        },
    }
}

/// Whether a container is the one that is looked for.
type Chosen<'f> = Box<dyn Fn(&Object<'_>) -> bool + 'f>;

/// What tells the container that is sent to: a load balancer or a service of Cloud Map by its name, Service Connect by its port's.
fn routed<'f>(facts: &'f Facts<'_>) -> Option<Chosen<'f>> {
    let service = facts.service?;
    let named = ["loadBalancers", "serviceRegistries"].into_iter().flat_map(|list| service.objects(list));
    let name = named.filter_map(|one| one.peek("containerName")).next();
    if let Some(name) = name {
        return Some(Box::new(move |container| container.peek("name") == Some(name)));
    }
    let port = connected(facts).filter_map(|service| service.peek("portName")).next()?;
    Some(Box::new(move |container| container.objects("portMappings").any(|mapping| mapping.peek("name") == Some(port))))
}

/// What Service Connect offers of the service to others.
fn connected<'a>(facts: &Facts<'a>) -> impl Iterator<Item = Object<'a>> + use<'a> {
    let settings = facts.service_settings().filter_map(|settings| settings.object("serviceConnectConfiguration"));
    let on = settings.filter(|connect| connect.peek_bool("enabled") == Some(true));
    on.flat_map(|connect| connect.objects("services"))
}

/// Whether something leads to the service by a name or a load balancer.
fn is_reached(facts: &Facts<'_>) -> bool {
    let lists = ["loadBalancers", "serviceRegistries", "vpcLatticeConfigurations"];
    facts.service.is_some_and(|service| lists.into_iter().any(|list| service.field(list).is_some()))
        || connected(facts).next().is_some()
}

/// Whether a container has a port that requests can come to.
fn serves(container: Object<'_>) -> bool {
    container.objects("portMappings").any(|port| port.peek("protocol").is_none_or(|protocol| protocol != "udp"))
}

/// Whether a container is there for what measures, by the last word of its name or of its image's: `redis-exporter`,
/// `otel-collector`, `metrics`.
fn is_measured(container: Object<'_>) -> bool {
    const WORDS: [&str; 8] =
        ["agent", "collector", "exporter", "exporters", "metrics", "prometheus", "statsd", "telegraf"];
    let image = container.peek("image").unwrap_or("");
    let base = image.rsplit('/').next().unwrap_or(image).split([':', '@']).next().unwrap_or("");
    [container.peek("name").unwrap_or(""), base].into_iter().any(|name| {
        let last = name.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        WORDS.iter().any(|word| last.eq_ignore_ascii_case(word))
    })
}
