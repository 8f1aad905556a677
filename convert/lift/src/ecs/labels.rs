//! Tags and Docker labels: words for cost reports and searches.

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use crate::field::{Field, Object};
use crate::plconfig::Component;
use crate::text::Kind;
use crate::tracker::FieldTracker;

/// Tags of the service, or of the task definition where there is no service.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, component: &mut Component) {
    let facts = plan.facts;
    let service = facts.service.map(|service| service.objects("tags").collect::<Vec<_>>()).unwrap_or_default();
    tags(tracker, plan, &service, component);
    let mut others: Vec<Object<'a>> = facts.task.into_iter().flat_map(|task| task.objects("tags")).collect();
    if let Some(Field(serde_json::Value::Array(list))) = facts.task_tags {
        others.extend(list.iter().filter_map(Object::of));
    }
    tags(tracker, plan, &others, component);
}

/// Labels of a container; of one beside the main one under its name.
pub(super) fn of_container<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    pod: &mut Component,
) {
    let Some(labels) = member.definition.object("dockerLabels") else {
        return;
    };
    for (name, value) in labels.entries() {
        let Some(text) = tracker.text(value, Kind::Free) else {
            continue;
        };
        let name = crate::marks::without_marks(name);
        let name = if member.role == ContainerRole::Main { name } else { format!("{}/{name}", member.key) };
        let note = "an annotation; what reads Docker's labels on the node finds nothing";
        Field(value).approximated(tracker, plan.at("tags"), note);
        pod.tags.entry(name).or_insert_with(|| text.into_owned());
    }
}

fn tags<'a>(tracker: &mut FieldTracker<'a>, plan: &Plan<'_, 'a>, tags: &[Object<'a>], component: &mut Component) {
    for tag in tags {
        let Some(name) = tag.peek("key") else { continue };
        if name.starts_with("aws:") {
            tag.drop_all(tracker, &["key", "value"], "aws-tags");
            continue;
        }
        let value = match tag.raw("value") {
            Some(field) => tracker.text(field.0, Kind::Free),
            None => None,
        };
        for field in ["key", "value"].iter().filter_map(|name| tag.field(name)) {
            field.approximated(tracker, plan.at("tags"), "an annotation of what is rendered");
        }
        let value = value.map(Into::into).unwrap_or_default();
        component.tags.entry(crate::marks::without_marks(name)).or_insert(value);
    }
}
