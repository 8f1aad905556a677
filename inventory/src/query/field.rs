//! The fields that a query can ask about.

use crate::{CLOUDFORMATION, Provider, TERRAFORM, UnitState, WorkloadKind};

/// The coverage of what no list stands behind, because an import did not say who saw it.
pub const UNKNOWN_COVERAGE: &str = "unknown";

/// Who governs what nothing that was read governs: a state or stack that nobody read may.
pub const UNKNOWN_GOVERNOR: &str = "unknown";

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $about:literal;)*) => {
        /// A field of a workload, or of what stands around it.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum QueryField {
            $($(#[$doc])* $name,)*
        }

        impl QueryField {
            /// Every field, in the order in which people are told of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As it is written in a query.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it is, in a few words for people.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Self::$name => $about,)* }
            }

            /// The field of that name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

fields! {
    /// The workload's id.
    Id = "id", "the id, as `inventory list` shows it";
    /// Its kind.
    Kind = "kind", "ecs, lambda, ec2 or worker";
    /// Its name.
    Name = "name", "the name that its owners use";
    /// Its team.
    Team = "team", "who owns it; `unassigned` when no rule says";
    /// Its environment.
    Environment = "environment", "where in the life of software it stands; `default` when no rule says";
    /// Its provider.
    Provider = "provider", "aws or cloudflare";
    /// Its account.
    Account = "account", "the account that it runs in; \"\" for a file that does not say";
    /// Its region.
    Region = "region", "the region that it runs in; \"\" for a file that does not say";
    /// How complete the lists behind it are.
    Coverage = "coverage", "the worst state of its own lists and of all others of its account and region";
    /// The ids of what it needs.
    Needs = "needs", "the id of something that it needs, one of them";
    /// What keeps its parts as it says.
    Governed = "governed", "what has a part of its own in its keeping; unknown where nothing that was read has";
    /// Everything that was observed of it.
    Text = "text", "id, name, or a key or value in anything that was observed of it; only with ~ and !~";
}

impl QueryField {
    /// The values that it can have, when these are few; of such a field only `=` and `!=` can be asked.
    #[must_use]
    pub fn words(self) -> Option<Vec<&'static str>> {
        match self {
            Self::Kind => Some(WorkloadKind::ALL.iter().map(|kind| kind.as_str()).collect()),
            Self::Provider => {
                let mut providers: Vec<_> =
                    WorkloadKind::ALL.iter().map(|kind| kind.provider()).map(Provider::as_str).collect();
                providers.dedup();
                Some(providers)
            }
            Self::Coverage => {
                Some(UnitState::ALL.iter().map(|state| state.as_str()).chain([UNKNOWN_COVERAGE]).collect())
            }
            Self::Governed => Some(vec![TERRAFORM, CLOUDFORMATION, UNKNOWN_GOVERNOR]),
            _ => None,
        }
    }

    /// Whether only a part of it can be asked for: nobody means everything that was observed.
    #[must_use]
    pub const fn is_searched(self) -> bool {
        matches!(self, Self::Text)
    }
}
