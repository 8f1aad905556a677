//! Kinds of texts.

/// What a text must be to be legal, and how placeholders in it are told from what belongs there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Any text.
    Free,
    /// A command or argument: `${HOME}`, `%d` and `<file` belong to shells.
    Command,
    /// An image reference.
    Image,
    /// The name of an environment variable.
    Variable,
    /// The name of a time zone.
    Zone,
    /// CPU units or vCPUs.
    Cpu,
    /// MiB or GB.
    Memory,
    /// `fs-…`.
    FileSystem,
    /// The name or ARN of a role.
    Role,
    /// The name or ARN of a secret or parameter.
    Secret,
    /// A path in a container.
    Path,
    /// The folder that a container starts in.
    Folder,
    /// An IPv4 or IPv6 address.
    Address,
    /// A host name.
    Host,
    /// `uid` or `uid:gid` or names.
    User,
}
