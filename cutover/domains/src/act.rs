//! Changes, as data: each is journalled before it is made.

use crate::Held;
use caravan_cutover_engine::Moment;
use caravan_providers::Write;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One change.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Takes an order from the limits of the authority, or nothing. Answered by [`Answer::Reserved`].
    Reserve,
    /// Places an order for the certificate. Answered by [`Answer::Ordered`].
    Order,
    /// Puts the answer to the order's challenge where the authority will look. What stands there already is taken for it.
    Present {
        /// The order's URL.
        order: String,
    },
    /// Tells the authority to look.
    Validate {
        /// The order's URL.
        order: String,
    },
    /// Makes a key, keeps it, and asks for the certificate.
    Finalize {
        /// The order's URL.
        order: String,
    },
    /// Fetches the certificate and keeps it with its key where the new edge reads it. Answered by [`Answer::Stored`].
    Store {
        /// The order's URL.
        order: String,
    },
    /// Takes the answer to the challenge away.
    Clear {
        /// The order's URL.
        order: String,
    },
    /// Lets the new edge serve the name. What is there already as planned is taken for it.
    Provision,
    /// Takes the name from the new edge. The certificate stays: it harms nobody.
    Unprovision,
    /// Changes the record of ours.
    Write(Box<Write>),
    /// Tells the customer. A message of one kind has one id, so that a second one is known as the first.
    Tell(Message),
}

/// What came of a change.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// An order was taken from the limits.
    Reserved {
        /// Until when some limit has none: then nothing was taken. None when it was.
        until: Option<Moment>,
    },
    /// The order was placed.
    Ordered {
        /// Its URL.
        order: String,
    },
    /// The certificate lies at the new edge.
    Stored(Held),
    /// It was done, or accepted.
    Done,
}

/// What a customer is told.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Message {
    /// Lead the name to the new edge now.
    Instruct,
    /// The same once more: the first, second, third time.
    Remind(u8),
    /// The name leads neither here nor there.
    ThirdValue,
    /// The name leads to the old edge again.
    Regressed,
    /// Lead the name back to the old edge.
    PutBack,
}

impl Act {
    /// Its name, for people and errors.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reserve => "reserve an order",
            Self::Order => "order a certificate",
            Self::Present { .. } => "answer the challenge",
            Self::Validate { .. } => "have the name validated",
            Self::Finalize { .. } => "finalize the order",
            Self::Store { .. } => "store the certificate",
            Self::Clear { .. } => "clear the challenge",
            Self::Provision => "let the new edge serve the name",
            Self::Unprovision => "take the name from the new edge",
            Self::Write(_) => "change the record",
            Self::Tell(_) => "tell the customer",
        }
    }
}
