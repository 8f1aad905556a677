//! Tags of the function: words for cost reports and searches.

use super::version::Unit;
use crate::field::{Field, Object};
use crate::plconfig::Component;
use crate::text::Kind;
use crate::tracker::FieldTracker;

/// Tags of each of its components.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, component: &mut Component) {
    let Some(whole) = unit.whole else { return };
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
