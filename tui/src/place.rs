//! Where the interface was opened, and what it may do.

/// Where the interface was opened: told once, shown on every screen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The folder of the inventory and the journal, as the command line was given it.
    pub dir: String,
    /// The options that a command needs to work on the same files, with a space behind them; empty where it needs none.
    pub options: String,
    /// The name under which this person's orders are kept.
    pub who: String,
    /// How many times faster than time the world of this folder goes; none where it is the real one.
    pub speed: Option<u32>,
    /// Whether orders can be given. Only for people to see: without an operator nothing could carry one out.
    pub access: Access,
}

/// Whether orders can be given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// Nothing can be changed.
    ReadOnly,
    /// Orders are carried out.
    Operator,
}

impl Access {
    /// The word on the screen.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ReadOnly => "READ-ONLY",
            Self::Operator => "OPERATOR",
        }
    }
}
