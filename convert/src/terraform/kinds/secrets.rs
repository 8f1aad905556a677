//! Secrets, by name and never by value: `aws_secretsmanager_secret`.
//!
//! Source: Secrets Manager ListSecrets; the arguments of hashicorp/aws.

use super::{Carried, Context};
use crate::terraform::draft::Draft;
use crate::terraform::fields::Fields;

/// What Secrets Manager says and nobody sets. How a secret is rotated is a resource of its own, which is not written.
const DESCRIBED: &[&str] = &[
    "CreatedDate",
    "LastAccessedDate",
    "LastChangedDate",
    "LastRotatedDate",
    "NextRotationDate",
    "PrimaryRegion",
    "SecretVersionsToStages",
    "VersionIdsToStages",
];

/// How it is rotated.
const ROTATION: &[&str] = &["RotationEnabled", "RotationLambdaARN", "RotationRules"];

pub(super) fn carry(context: &Context<'_>) -> Result<Carried, String> {
    let Context { resource, location, .. } = context;
    let mut fields = Fields::new(&resource.observation);
    if fields.observation.body.get("DeletedDate").is_some_and(|date| !date.is_null()) {
        return Err("it is being deleted".to_owned());
    }
    if fields.text("/Type").is_some() {
        return Err("another company's service keeps its value, and such secrets are not written yet".to_owned());
    }
    if let Some(primary) = fields.text("/PrimaryRegion")
        && primary != location.region.as_str()
    {
        return Err(format!("it is a replica of the secret in {primary}"));
    }
    let mut secret = Draft::new("aws_secretsmanager_secret", &resource.name, location, false, &resource.observation.id);
    secret.text(&mut fields, "/Name", "name")?;
    secret.optional_text(&mut fields, "/Description", "description");
    secret.optional_text(&mut fields, "/KmsKeyId", "kms_key_id");
    if fields.observation.body.get("Tags").is_some() {
        secret.tags(&mut fields, "/Tags");
    }
    if fields.text("/PrimaryRegion").is_some() {
        secret.leave_unread("replica", "where it is copied to was not read");
    }
    for argument in ["force_overwrite_replica_secret", "recovery_window_in_days"] {
        secret.leave_unread(argument, "Terraform's own, of no account while nothing is made or deleted");
    }
    for name in DESCRIBED {
        fields.dropped(&format!("/{name}"), "describe-only");
    }
    for name in ROTATION {
        fields.dropped(&format!("/{name}"), "rotation-stays");
    }
    fields.exact("/ARN", &format!("{}.id", secret.address()));
    let arn = resource.observation.name.clone();
    let mut carried = Carried::default();
    let from = fields.from("/ARN");
    carried.take(secret.finish(arn, &from), fields);
    Ok(carried)
}
