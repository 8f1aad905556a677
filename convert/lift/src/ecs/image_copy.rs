//! Files of an image that are copied into a volume before anything else starts.

use crate::field::Field;

/// Files of an image that an init container copies into a volume before anything else starts.
pub(crate) struct ImageCopy<'a> {
    /// The container whose image has them.
    pub(crate) from: &'a str,
    /// Where the image has them: an absolute path.
    pub(crate) path: String,
    /// What they are copied into.
    pub(crate) into: CopiedInto<'a>,
    /// The init container's name in the plconfig, unique in the task.
    pub(crate) key: String,
    /// The field that says where the volume is, or whose volumes are taken.
    pub(crate) field: Field<'a>,
}

/// The volume that is filled.
pub(crate) enum CopiedInto<'a> {
    /// One of the task, by its name there.
    Task(&'a str),
    /// One that the image declares itself, mounted at the same path wherever it is taken.
    Declared {
        /// Its name in the plconfig.
        name: String,
        /// The containers that mount it, and whether each may only read it.
        mounts: Vec<(&'a str, bool)>,
    },
}
