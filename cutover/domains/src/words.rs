//! Stages, holds and waits in words.

use crate::wanted::{Wanted, wanted};
use crate::{Hold, MovePlan, Outcome, Stage, State};
use caravan_cutover_engine::Moment;
use jiff::Timestamp;
use std::fmt;

impl Stage {
    /// Its name in JSON and in lists: `soaking`; of one that is over how it ended. It never changes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Routable => "routable",
            Self::Certificate => "certificate",
            Self::Edge => "edge",
            Self::Preflight => "preflight",
            Self::Lowering => "lowering",
            Self::Flip => "flip",
            Self::Converging => "converging",
            Self::Soaking => "soaking",
            Self::Renewal => "renewal",
            Self::Release => "release",
            Self::Releasing => "releasing",
            // How it ended is another stage than the way there.
            Self::Back => "going-back",
            Self::Over(Outcome::Done) => "done",
            Self::Over(Outcome::Back) => "back",
            Self::Over(Outcome::Elsewhere) => "elsewhere",
        }
    }

    /// Where a move is.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Routable => "looks whether the authority may sign and its challenge gets to us",
            Self::Certificate => "gets the certificate",
            Self::Edge => "lets the new edge serve the name",
            Self::Preflight => "tries the new edge",
            Self::Lowering => "shortens the time that resolvers remember",
            Self::Flip => "is ready to move",
            Self::Converging => "waits until resolvers have forgotten",
            Self::Soaking => "soaks on the new edge",
            Self::Renewal => "tries the way of the next certificate, and looks for what would dangle",
            Self::Release => "waits for two people to release the old side",
            Self::Releasing => "releases the old side",
            Self::Back => "goes back",
            Self::Over(Outcome::Done) => "done",
            Self::Over(Outcome::Back) => "back as it was",
            Self::Over(Outcome::Elsewhere) => "left to whoever changed the record",
        }
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRoutable(reason) => write!(f, "no certificate can be ordered: {reason}"),
            Self::OrderInDoubt => write!(
                f,
                "the answer to an order was lost, and this authority would make a second one: `retry` places it again"
            ),
            Self::NoCertificate(reason) => write!(f, "three orders came to nothing, the last one: {reason}"),
            Self::EdgeLate(reason) => write!(f, "the new edge does not serve the name: {reason}"),
            Self::EdgeForeign(reason) => write!(f, "somebody else's object serves the name at the new edge: {reason}"),
            Self::Preflight(reason) => write!(f, "not ready to move: {reason}"),
            Self::CertificateEnds(reason) => write!(f, "{reason}"),
            Self::Conflict { token, .. } => match token {
                Some(token) => write!(f, "somebody else changed the record: its token is {token}"),
                None => write!(f, "somebody else changed the record"),
            },
            Self::ThirdValue(values) if values.is_empty() => write!(f, "the name leads nowhere"),
            Self::ThirdValue(values) => {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                write!(f, "the name leads to a third place: {}", values.join(", "))
            }
            Self::Parked => write!(f, "parked: the customer has not changed the record"),
            Self::OldSide(reason) => write!(f, "the old edge does not answer, so nobody is led back there: {reason}"),
            Self::NewSide(reason) => write!(f, "the new edge fails its users: {reason}"),
            Self::Dangling(found) => {
                write!(f, "something would be left dangling: {}; `adopt` leaves it so", found.join("; "))
            }
            Self::Refused(reason) => write!(f, "refused: {reason}"),
        }
    }
}

impl State {
    /// Whether its next order waits for a limit of the authority, which passes by itself.
    #[must_use]
    pub fn is_limited(&self, now: Moment) -> bool {
        let orders = self.stage == Stage::Certificate && self.hold.is_none() && !self.paused;
        orders && self.order.is_none() && self.limited_until.is_some_and(|until| now < until)
    }

    /// What a move waits for, for a person; none while it goes on by itself.
    #[must_use]
    pub fn waits_for(&self, plan: &MovePlan, now: Moment) -> Option<String> {
        if let Some(hold) = &self.hold {
            return Some(hold.to_string());
        }
        if self.paused {
            return Some("paused".to_owned());
        }
        match (self.stage, wanted(plan, self, now)) {
            (Stage::Over(_), _) => None,
            (Stage::Planned, _) => Some("not started".to_owned()),
            _ if self.is_limited(now) => {
                let at = self.limited_until.and_then(|at| Timestamp::from_millisecond(i64::try_from(at.0).ok()?).ok());
                let at = at.map(|at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default();
                Some(format!("a limit of the certificate authority, until {at}"))
            }
            (Stage::Flip, Wanted::Person) if !self.approved => Some("approval".to_owned()),
            (Stage::Flip, Wanted::Person) => Some("its window is over: a new one is a new move".to_owned()),
            (Stage::Flip, _) if self.instructed.is_some() => Some("the customer changes the record".to_owned()),
            (Stage::Release, _) => Some(match &self.released_by {
                None => "two people to release the old side".to_owned(),
                Some(who) => format!("a second person besides {who} to release the old side"),
            }),
            (Stage::Back, _) if self.instructed.is_some() && self.restored.is_none() => {
                Some("the customer puts the record back".to_owned())
            }
            _ => None,
        }
    }
}
