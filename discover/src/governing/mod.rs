//! How states of Terraform and stacks of CloudFormation call what is observed: two tables, one row for each type. What has no
//! row is recorded, and governs nothing that is observed.

mod cloudformation;
mod terraform;

pub(crate) use cloudformation::{StackPlace, is_read, name_in_stack};
pub(crate) use terraform::{attributes_of, name_in_state};

use crate::arn::Arn;
use caravan_inventory::{AccountId, ObservationKind as Kind, Region};

/// Which observation is meant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Meant {
    pub(crate) kind: Kind,
    /// One of the observation's [`keys`].
    pub(crate) key: String,
    /// The account, where another one may have a thing of that key.
    pub(crate) account: Option<AccountId>,
    /// The region, likewise.
    pub(crate) region: Option<Region>,
    /// Whether the key names this thing and no other.
    pub(crate) is_certain: bool,
}

impl Meant {
    /// What is called so nowhere else.
    fn one(kind: Kind, key: impl Into<String>) -> Self {
        Self { kind, key: plain_key(kind, &key.into()), account: None, region: None, is_certain: true }
    }
}

/// What an observation is found by: its name, and for a record set also its name without its type.
pub(crate) fn keys(kind: Kind, name: &str) -> Vec<String> {
    let mut keys = vec![plain_key(kind, name)];
    if kind == Kind::RecordSet {
        // `<zone>/<name>/<type>`, maybe with the set's identifier behind it.
        keys.extend(name.split('/').nth(1).map(|name| format!("*/{}", name.to_ascii_lowercase())));
    }
    keys
}

/// A name without what only one of both sides says.
fn plain_key(kind: Kind, name: &str) -> String {
    match kind {
        // A stack does not say the path.
        Kind::Role | Kind::InstanceProfile | Kind::ManagedPolicy => match Arn::parse(name) {
            Some(arn) => {
                let what = arn.resource.split('/').next().unwrap_or_default();
                format!("arn:{}:iam::{}:{what}/{}", arn.partition, arn.account, arn.name())
            }
            None => name.to_owned(),
        },
        // Of a template every version, of a private domain what follows its name.
        Kind::LaunchTemplateVersion | Kind::RestDomain => name.split('/').next().unwrap_or(name).to_owned(),
        // The name of a bucket is one in its partition, which neither side says.
        Kind::Bucket | Kind::BucketNotifications | Kind::BucketPolicy => {
            name.rsplit(":::").next().unwrap_or(name).to_owned()
        }
        _ => name.to_owned(),
    }
}

/// A name of DNS as Route 53 writes it: small, with its final dot, and a wildcard as the escape that it is answered as.
fn route53_name(name: &str) -> String {
    let small = name.trim_end_matches('.').to_ascii_lowercase();
    match small.strip_prefix('*') {
        Some(rest) => format!("\\052{rest}."),
        None => format!("{small}."),
    }
}
