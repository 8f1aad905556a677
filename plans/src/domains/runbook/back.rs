//! The way back: what the customer does for it, and until when it is there.

use crate::domains::{Answering, Class};
use caravan_inventory::{Inspection, Looked, Records};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// How one goes back.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Back {
    /// We do it: nothing at the customer's changes for the move.
    Ours,
    /// The customer enters the records again that name servers answer with now.
    Records,
    /// The customer sets the origin of their network again, which nobody else sees.
    Origin,
    /// The customer sets the record in their own zone at Cloudflare again: name servers answer with Cloudflare's addresses.
    Proxied,
}

impl Back {
    /// That of a class, with where the name leads.
    pub(super) const fn of(class: Class, records: &Records) -> Self {
        if !class.asks_customer(records) {
            return Self::Ours;
        }
        match class {
            Class::E => Self::Origin,
            Class::F => Self::Proxied,
            Class::A | Class::B | Class::C | Class::D => Self::Records,
        }
    }
}

/// Until when there is something to go back to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Until {
    /// The old edge goes so many days after the window, or its certificate ends before.
    Moment {
        /// When.
        at: Timestamp,
        /// Whether the certificate that is shown is the old edge's own.
        is_own: bool,
    },
    /// The same, where nobody has said yet when the window is.
    After {
        /// How many days the old edge stays after the move.
        days: u16,
        /// When its certificate ends, where it shows its own.
        ends: Option<Timestamp>,
    },
    /// Nobody can tell: what answers now shows no certificate that could be looked at.
    Unknown,
}

impl Until {
    /// The old edge stays for so many days after the window's end.
    pub(super) fn of(answering: &Answering, look: &Inspection, days: u16, window: Option<Timestamp>) -> Self {
        // A network shows a certificate of its own, which says nothing of the old edge behind it.
        let is_own = !matches!(answering, Answering::Network { .. } | Answering::Cloudflare(_));
        let ends = match &look.certificate {
            _ if !is_own => None,
            Looked::Found(certificate) => Some(certificate.not_after),
            Looked::Unknown(_) => return Self::Unknown,
        };
        let Some(window) = window else { return Self::After { days, ends } };
        let kept = window.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX);
        Self::Moment { at: ends.map_or(kept, |ends| ends.min(kept)), is_own }
    }
}
