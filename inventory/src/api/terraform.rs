//! An instance of a resource, as Caravan records it of a state file of Terraform: where it stands there, and which resource it is.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An instance of a resource.
pub(crate) static RESOURCES: Model = Model::new(RESOURCE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[RESOURCE], OTHERS));

/// `Attributes` are those by which a type that is known here says which resource it is. What `OtherAttributes` hold, of a
/// type that is not, is free: an id may be anything.
#[rustfmt::skip]
const RESOURCE: &[Row] = &[
    ("State/Version", Identity), ("State/TerraformVersion", Identity), ("State/Lineage", Identity), ("State/Serial", Identity),
    ("Type", Identity), ("Address", Command), ("Status", Identity), ("Attributes/*", Identity),
];

/// Fields without a row of their own.
#[rustfmt::skip]
const OTHERS: &[&str] = &["OtherAttributes", "arn", "id"];
