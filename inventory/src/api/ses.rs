//! AWS SES (2019-09-27, its second version): ListEmailIdentities.

use super::model::Content::Identity;
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An address or a domain that mail is sent from.
pub(crate) static IDENTITIES: Model = Model::new(IDENTITY, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[IDENTITY], OTHERS));

#[rustfmt::skip]
const IDENTITY: &[Row] = &[("IdentityName", Identity), ("IdentityType", Identity), ("VerificationStatus", Identity)];

/// Fields without a row of their own.
const OTHERS: &[&str] = &["SendingEnabled"];
