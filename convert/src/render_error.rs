//! What can't be rendered, and where it stands.

/// A plconfig that can't be rendered. Every message names the place in `plconfig.yaml` and what to do.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct RenderError {
    /// The place in `plconfig.yaml`: `components.web.scale`.
    pub place: String,
    /// What is wrong there and what to write instead.
    pub problem: String,
}

impl RenderError {
    pub(crate) fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }
}
