//! What a rule does with a request: the workloads behind its target groups, or an answer of its own.

use super::say::{self, step};
use super::{Doors, Step, StepKind};
use crate::link::View;
use caravan_inventory::{Edge, Evidence, Observation};
use serde_json::Value;

/// Every way from a rule, or from a listener's default, whose actions stand in `field`.
pub(super) fn answers(doors: &Doors, rule: &Observation, field: &str, before: &[Step]) -> Vec<Vec<Step>> {
    let view = View::of(rule);
    let mut before = before.to_vec();
    let mut ways = Vec::new();
    for (at, action) in view.list(&format!("/{field}")).iter().enumerate() {
        let pointer = format!("/{field}/{at}");
        let groups = crate::link::targets(action, &pointer);
        let text = |field: &str| action.pointer(field).and_then(Value::as_str);
        let here = |says: String| step(StepKind::Answer, None, says, Some(view.evidence(&pointer)));
        match text("/Type") {
            Some("forward") => {
                for (arn, pointer) in groups {
                    let weight = pointer
                        .strip_suffix("/TargetGroupArn")
                        .and_then(|group| view.element.pointer(&format!("{group}/Weight"))?.as_u64())
                        .filter(|_| is_shared(action));
                    let evidence = Some(view.evidence(&pointer));
                    ways.extend(to_group(doors, arn, weight, evidence, &before));
                }
            }
            Some("redirect") => {
                let part = |field: &str| text(&format!("/RedirectConfig/{field}")).unwrap_or_default();
                let to = format!("{}://{}:{}{}", part("Protocol"), part("Host"), part("Port"), part("Path"));
                ways.push([&before[..], &[here(format!("redirect to {to} ({})", part("StatusCode")))]].concat());
            }
            Some("fixed-response") => {
                let code = text("/FixedResponseConfig/StatusCode").unwrap_or_default();
                ways.push([&before[..], &[here(format!("fixed response {code}"))]].concat());
            }
            // Whoever logs in goes on to the next action.
            Some(other) => before.push(here(other.to_owned())),
            None => ways.push([&before[..], &[here("an action without a type".to_owned())]].concat()),
        }
    }
    ways
}

/// Whether an action sends to several target groups.
fn is_shared(action: &Value) -> bool {
    action.pointer("/ForwardConfig/TargetGroups").and_then(Value::as_array).is_some_and(|groups| groups.len() > 1)
}

fn to_group(
    doors: &Doors,
    arn: &str,
    weight: Option<u64>,
    evidence: Option<Evidence>,
    before: &[Step],
) -> Vec<Vec<Step>> {
    let Some(group) = doors.groups.get(arn) else {
        let says = format!("{arn}, which was not read");
        return vec![[before, &[step(StepKind::TargetGroup, None, says, evidence)]].concat()];
    };
    let here = step(StepKind::TargetGroup, Some(group.id.as_str()), say::group(group, weight), evidence);
    let before = [before, &[here]].concat();
    received(doors, group.id.as_str(), &before)
}

/// Every way to what receives from something; none is said.
pub(super) fn received(doors: &Doors, id: &str, before: &[Step]) -> Vec<Vec<Step>> {
    let receivers = doors.receivers.get(id).map_or(&[][..], Vec::as_slice);
    if receivers.is_empty() {
        let says = "no workload that was found receives from it".to_owned();
        return vec![[before, &[step(StepKind::Outside, None, says, None)]].concat()];
    }
    receivers.iter().map(|edge| [before, &[receiver(edge)]].concat()).collect()
}

/// The workload that an edge leads from.
pub(super) fn receiver(edge: &Edge) -> Step {
    step(StepKind::Workload, Some(&edge.from), edge.from.clone(), Some(edge.evidence.clone()))
}
