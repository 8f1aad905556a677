//! What may decide a place of a manifest, as the tables name it.

/// Something that may decide a place. In texts, `{name}` stands for the value at `/name` of the list's item that the
/// place is in, or of the place itself where it is in no list.
#[derive(Clone, Copy)]
pub(super) enum Field {
    /// A field of the plconfig's top.
    App(&'static str),
    /// A field of the object's component; empty for the component itself.
    Component(&'static str),
    /// A field of the container, main or beside it; empty for the container itself.
    Container(&'static str),
    /// The environment's name.
    Environment,
    /// A setting of the platform.
    Setting(&'static str),
}
