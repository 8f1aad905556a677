//! What keeps a thing as it says: a state of Terraform, a stack of CloudFormation, a service that made it.

use crate::{Edge, EdgeKind};
use serde::Serialize;
use std::fmt;

/// The tool of a state of Terraform, and of OpenTofu, whose states are the same.
pub const TERRAFORM: &str = "terraform";
/// The tool of a stack.
pub const CLOUDFORMATION: &str = "cloudformation";

/// Who keeps a thing as it says, and by which name.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Governor {
    /// `terraform`, `cloudformation`, or the service that made it, `eks`.
    pub tool: String,
    /// The state file as units call it, the stack's id, or whatever of the service made it.
    pub owner: String,
    /// What the owner calls it: the address in a state, the logical id in a stack; none where that is not known.
    pub address: Option<String>,
}

impl Governor {
    /// The governor that an edge leads to; none of an edge that says something else.
    #[must_use]
    pub fn of(edge: &Edge) -> Option<Self> {
        let (tool, rest) = edge.to.split_once(':')?;
        let (owner, address) = match edge.kind {
            EdgeKind::GovernedBy => match rest.rsplit_once('#') {
                Some((owner, address)) => (owner, Some(address.to_owned())),
                None => (rest, None),
            },
            EdgeKind::OwnedBy => (rest, None),
            _ => return None,
        };
        Some(Self { tool: tool.to_owned(), owner: owner.to_owned(), address })
    }

    /// How edges name it. A `#` in an address becomes `-`, as in the names of a file's things.
    #[must_use]
    pub fn id(&self) -> String {
        let Self { tool, owner, address } = self;
        match address {
            Some(address) => format!("{tool}:{owner}#{}", address.replace('#', "-")),
            None => format!("{tool}:{owner}"),
        }
    }

    /// Those of one thing, each once, sorted: one whose address is known takes the place of the same one without.
    #[must_use]
    pub fn distinct(mut all: Vec<Self>) -> Vec<Self> {
        all.sort();
        all.dedup();
        let of = |one: &Self, other: &Self| (&one.tool, &one.owner) == (&other.tool, &other.owner);
        let named = all.clone();
        all.retain(|one| one.address.is_some() || !named.iter().any(|other| of(one, other) && other.address.is_some()));
        all
    }

    /// Whether several keep one thing, so that each undoes what the other does.
    #[must_use]
    pub fn is_conflict(of_one_thing: &[Self]) -> bool {
        let mut keepers = of_one_thing.iter().map(|one| (&one.tool, &one.owner));
        keepers.next().is_some_and(|first| keepers.any(|other| other != first))
    }

    /// The owner in a few words: a stack by its name.
    fn short_owner(&self) -> &str {
        let of_stack = self.owner.split(":stack/").nth(1).and_then(|stack| stack.split('/').next());
        of_stack.filter(|_| self.tool == CLOUDFORMATION).unwrap_or(&self.owner)
    }
}

impl fmt::Display for Governor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owner = self.short_owner();
        match self.tool.as_str() {
            TERRAFORM => write!(f, "the Terraform state {owner}")?,
            CLOUDFORMATION => write!(f, "the CloudFormation stack {owner}")?,
            tool => write!(f, "{tool} ({owner})")?,
        }
        match &self.address {
            Some(address) => write!(f, ", as {address}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Confidence, Evidence, ObservationId};

    fn edge(to: &str, kind: EdgeKind) -> Edge {
        Edge {
            from: "x".to_owned(),
            to: to.to_owned(),
            kind,
            direction: None,
            confidence: Confidence::Stated,
            evidence: Evidence { observation: ObservationId::new("o"), path: String::new() },
        }
    }

    #[test]
    fn a_governor_is_read_as_it_was_written_and_said_for_people() {
        let stack = "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop-prod/5f1d";
        for (to, kind, said) in [
            (
                "terraform:a#b/prod.tfstate#module.x.aws_sqs_queue.q[\"a\"]",
                EdgeKind::GovernedBy,
                "the Terraform state a#b/prod.tfstate, as module.x.aws_sqs_queue.q[\"a\"]",
            ),
            (
                &format!("cloudformation:{stack}#Jobs"),
                EdgeKind::GovernedBy,
                "the CloudFormation stack shop-prod, as Jobs",
            ),
            ("cloudformation:shop-prod", EdgeKind::GovernedBy, "the CloudFormation stack shop-prod"),
            (
                "eks:arn:aws:eks:eu-central-1:1:cluster/a",
                EdgeKind::OwnedBy,
                "eks (arn:aws:eks:eu-central-1:1:cluster/a)",
            ),
        ] {
            let governor = Governor::of(&edge(to, kind)).unwrap();
            assert_eq!((governor.id().as_str(), governor.to_string().as_str()), (to, said));
        }
        assert_eq!(Governor::of(&edge("terraform:x", EdgeKind::Calls)), None);
        let odd =
            Governor { tool: "terraform".to_owned(), owner: "f".to_owned(), address: Some("a[\"#\"]".to_owned()) };
        assert_eq!(Governor::of(&edge(&odd.id(), EdgeKind::GovernedBy)).unwrap().owner, "f");
    }

    #[test]
    fn two_owners_are_a_conflict_and_one_that_is_named_twice_is_none() {
        let governor = |owner: &str, address: Option<&str>| Governor {
            tool: TERRAFORM.to_owned(),
            owner: owner.to_owned(),
            address: address.map(str::to_owned),
        };
        let distinct =
            Governor::distinct(vec![governor("a", Some("x")), governor("a", None), governor("a", Some("x"))]);
        assert_eq!(distinct, [governor("a", Some("x"))]);
        assert!(!Governor::is_conflict(&distinct) && !Governor::is_conflict(&[]));
        assert!(Governor::is_conflict(&[governor("a", None), governor("b", None)]));
    }
}
