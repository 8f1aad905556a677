//! AWS Certificate Manager (2015-12-08): ListCertificates, DescribeCertificate, ListTagsForCertificate.

use super::model::Content::Identity;
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A certificate.
pub(crate) static CERTIFICATES: Model = Model::new(CERTIFICATE, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[CERTIFICATE], OTHERS));

/// A record that validates a name is in public DNS.
#[rustfmt::skip]
const CERTIFICATE: &[Row] = &[
    ("CertificateArn", Identity), ("DomainName", Identity), ("SubjectAlternativeNames/**", Identity), ("SubjectAlternativeNameSummaries/**", Identity),
    ("DomainValidationOptions/**", Identity), ("Serial", Identity), ("Subject", Identity), ("Issuer", Identity), ("Status", Identity),
    ("CreatedAt", Identity), ("IssuedAt", Identity), ("ImportedAt", Identity), ("NotBefore", Identity), ("NotAfter", Identity),
    ("RevokedAt", Identity), ("KeyAlgorithm", Identity), ("SignatureAlgorithm", Identity), ("InUseBy/**", Identity), ("FailureReason", Identity),
    ("Type", Identity), ("RenewalSummary/**", Identity), ("RenewalEligibility", Identity), ("KeyUsages/**", Identity),
    ("ExtendedKeyUsages/**", Identity), ("CertificateAuthorityArn", Identity), ("Options/**", Identity), ("ManagedBy", Identity),
    ("Tags/*/Key", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
const OTHERS: &[&str] = &["Exported", "HasAdditionalSubjectAlternativeNames", "InUse", "RevocationReason", "Value"];
