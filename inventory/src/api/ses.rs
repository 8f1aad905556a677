//! AWS SES (2010-12-01): ListIdentities.

use super::model::Content::Identity;
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An address or a domain that mail is sent from.
pub(crate) static IDENTITIES: Model = Model::new(IDENTITY, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[IDENTITY], OTHERS));

const IDENTITY: &[Row] = &[("IdentityName", Identity)];

/// The list around them.
const OTHERS: &[&str] = &["Identities"];
