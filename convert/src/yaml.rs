//! How YAML is written.

/// The writer's settings: no text is folded, so that none changes its spaces.
pub(crate) fn options() -> serde_yaml::SerializerOptions {
    serde_yaml::ser_options! { folded_wrap_chars: usize::MAX }
}
