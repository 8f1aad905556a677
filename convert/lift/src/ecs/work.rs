//! Which container of a task that ends is its work, be it started by the clock or by hand: ECS ends the task with whichever essential
//! one ends first, and a pod with its main one.

use super::main_container::likely;
use super::shape::Facts;
use super::sidecar::is_agent;
use crate::field::Object;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::Unresolved;
use serde_json::Value;
use std::collections::BTreeSet;

/// The place of the work among the containers: the one that the schedule gives a command of its own, else the only essential one
/// without a port. Where several may be it, it is asked, and nothing starts until then: one that runs on as the main container never
/// ends its pod, and one that ends beside it is started again for ever.
pub(super) fn of<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>) -> usize {
    let name = |at: usize| facts.containers[at].peek("name").unwrap_or("");
    let essential: Vec<usize> = (0..facts.containers.len()).filter(|at| may_be(facts.containers[*at])).collect();
    let given = given(facts);
    let given: Vec<usize> = essential.iter().copied().filter(|at| given.contains(name(*at))).collect();
    if let [one] = given[..] {
        return one;
    }
    let silent = |at: &usize| facts.containers[*at].list("portMappings").is_empty();
    let silent: Vec<usize> = essential.iter().copied().filter(silent).collect();
    let candidates = match (given.is_empty(), silent.is_empty()) {
        (false, _) => given,
        (true, false) => silent,
        (true, true) => essential,
    };
    if let [one] = candidates[..] {
        return one;
    }
    let usual = likely(facts);
    if candidates.len() < 2 {
        return usual;
    }
    let names: Vec<&str> = candidates.iter().map(|at| name(*at)).collect();
    let shown: Vec<String> = names.iter().map(|name| format!("`{}`", crate::marks::without_marks(name))).collect();
    let text = format!(
        "{} are started together, and the first of them that ends ends the task. Which one is the work that ends? The others run \
         beside it until then.",
        shown.join(", ")
    );
    let id = tracker.question_id("work", "");
    match tracker.ask(id, &text, &names, None) {
        Asked::Given(answer) => candidates.into_iter().find(|at| name(*at) == answer).unwrap_or(usual),
        Asked::Open(_) => {
            tracker.hold("which of its containers is the work that ends has to be decided first");
            usual
        }
    }
}

/// Whether a container can be the work: it is essential, and no agent.
fn may_be(container: Object<'_>) -> bool {
    container.peek_bool("essential").unwrap_or(true)
        && container.field("firelensConfiguration").is_none()
        && !is_agent(container.peek("image").unwrap_or(""))
}

/// The containers to which the schedule gives a command.
fn given(facts: &Facts<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let targets = facts.around.rule.into_iter().flat_map(|rule| rule.objects("Targets"));
    let target = facts.around.schedule.and_then(|schedule| schedule.object("Target"));
    for target in targets.chain(target) {
        let input = target.peek("Input").and_then(|input| serde_json::from_str::<Value>(input).ok());
        input.iter().for_each(|input| gather(input, &mut names));
    }
    names
}

/// The names in lists of overrides that have a command, as the API or an SDK writes them.
fn gather(value: &Value, names: &mut BTreeSet<String>) {
    let field = |value: &Value, wanted: &str| {
        let fields = value.as_object()?;
        fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.clone())
    };
    let Value::Object(fields) = value else { return };
    for (name, inner) in fields {
        if !name.eq_ignore_ascii_case("containerOverrides") {
            gather(inner, names);
            continue;
        }
        for one in inner.as_array().into_iter().flatten() {
            let has_command =
                field(one, "command").is_some_and(|command| command.as_array().is_some_and(|all| !all.is_empty()));
            // A name that its template only offers is what the container is called as long as nobody says otherwise.
            let offered = |name: &Value| Unresolved::of(name).and_then(|open| open.default.cloned());
            let name = field(one, "name").map(|name| offered(&name).unwrap_or(name));
            let named = name.and_then(|name| name.as_str().map(str::to_owned));
            names.extend(named.filter(|_| has_command));
        }
    }
}
