//! From a line of a tree to the fields of the sources behind it.

use caravan_convert::{Origin, Sources, Span};
use caravan_inventory::ObservationId;

/// The environment that a file of an app is for, by its path in the tree; none for what is for the whole app.
pub(crate) fn environment_of(path: &str) -> Option<&str> {
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["deployment", "teams", _, "apps", _, environment, _, ..] | ["images", _, _, environment, _, ..] => {
            Some(environment)
        }
        _ => None,
    }
}

/// What a place of the plconfig was lifted from, for a file at a path; an origin of another kind leads nowhere further.
pub(crate) fn lifted_from(path: &str, origin: &Origin, sources: &Sources<'_>) -> Vec<Origin> {
    match (origin, environment_of(path)) {
        (Origin::Plconfig { pointer }, Some(environment)) => sources.of(environment, pointer),
        _ => Vec::new(),
    }
}

/// The first field of a source that a line comes from.
pub(crate) fn first_source(path: &str, span: &Span, sources: &Sources<'_>) -> Option<(ObservationId, String)> {
    let field = |origin: &Origin| match origin {
        Origin::Source { observation, pointer, .. } => Some((observation.clone(), pointer.clone())),
        _ => None,
    };
    let further = |origin: &Origin| lifted_from(path, origin, sources).iter().find_map(field);
    span.origins.iter().find_map(|origin| field(origin).or_else(|| further(origin)))
}
