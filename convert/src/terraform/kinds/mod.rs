//! The kinds of resources that are taken over, one file for each.

mod buckets;
mod queues;
mod roles;
mod secrets;
mod tables;
mod topics;
mod zones;

use super::draft::Adopted;
use super::fields::Fields;
use super::place::Location;
use super::resource::SharedResource;
use caravan_convert_lift::LedgerEntry;
use caravan_inventory::{ObservationId, ObservationKind as Kind};
use std::collections::BTreeMap;

/// What the resources of one run are to each other: addresses by ARN, of those that stand in one module.
pub(super) type Neighbours = BTreeMap<String, String>;

/// What one resource is carried over with.
pub(super) struct Context<'a> {
    pub(super) resource: &'a SharedResource,
    pub(super) location: &'a Location,
    /// The addresses of queues and topics of the same module, by ARN, that may be referred to.
    pub(super) neighbours: &'a Neighbours,
}

/// What became of one resource.
#[derive(Default)]
pub(super) struct Carried {
    /// At least one.
    pub(super) adopted: Vec<Adopted>,
    /// What is of it and can't be taken over, with the reason.
    pub(super) refused: Vec<(ObservationId, String)>,
    /// The account of each document.
    pub(super) documents: Vec<(ObservationId, Vec<LedgerEntry>)>,
}

impl Carried {
    /// One more resource, made of a document that nothing else is made of.
    fn take(&mut self, adopted: Adopted, fields: Fields<'_>) {
        self.adopted.push(adopted);
        self.documents.push((fields.observation.id.clone(), fields.account()));
    }
}

/// A kind that is taken over: its file, and how it is done.
pub(super) struct Sort {
    /// Without `.tf`.
    pub(super) file: &'static str,
    /// # Errors
    /// Why it can't be taken over, for a person.
    pub(super) carry: fn(&Context<'_>) -> Result<Carried, String>,
}

/// How a kind is taken over; none where nothing is written for it yet.
pub(super) const fn sort(kind: Kind) -> Option<Sort> {
    Some(match kind {
        Kind::Queue => Sort { file: "sqs", carry: queues::carry },
        Kind::Topic => Sort { file: "sns", carry: topics::carry },
        Kind::Bucket => Sort { file: "s3", carry: buckets::carry },
        Kind::Secret => Sort { file: "secretsmanager", carry: secrets::carry },
        Kind::Role => Sort { file: "iam", carry: roles::carry },
        Kind::Table => Sort { file: "dynamodb", carry: tables::carry },
        Kind::HostedZone => Sort { file: "route53", carry: zones::carry },
        _ => return None,
    })
}

/// The Terraform type of what others refer to by its ARN.
pub(super) const fn referred(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Queue => Some("aws_sqs_queue"),
        Kind::Topic => Some("aws_sns_topic"),
        _ => None,
    }
}
