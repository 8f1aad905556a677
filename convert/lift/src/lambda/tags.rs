//! Tags of the function: words for cost reports and searches.

use super::facts::Facts;
use super::version::Unit;
use crate::field::{Field, Object};
use crate::plconfig::Component;
use crate::text::Kind;
use crate::tracker::FieldTracker;

/// Tags of each of its components.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, unit: &Unit<'a>, component: &mut Component) {
    let function = facts.function.and_then(|function| function.whole);
    let own = unit.whole.filter(|own| !function.is_some_and(|function| function.is(*own)));
    for whole in own.into_iter().chain(function) {
        one(tracker, whole, component);
    }
}

fn one<'a>(tracker: &mut FieldTracker<'a>, whole: Object<'a>, component: &mut Component) {
    whole.drop_all(tracker, &["TagsError"], "describe-only");
    for (name, value) in whole.object("Tags").into_iter().flat_map(Object::entries) {
        if name.starts_with("aws:") || name.starts_with("serverlessrepo:") || name.starts_with("lambda:") {
            Field(value).dropped(tracker, "aws-tags");
            continue;
        }
        let Some(text) = tracker.text(value, Kind::Free) else { continue };
        Field(value).approximated(tracker, "/components", "an annotation of what is rendered");
        component.tags.insert(crate::marks::without_marks(name), text.into_owned());
    }
}
