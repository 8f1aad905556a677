//! What `valueFrom` of a secret names, and how it is written in the plconfig: by name or by ARN.

use crate::plconfig::{SecretRef, SecretStore, SecretVersion};

/// The account and the region of a secret, as far as they are known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Place<'t> {
    pub(super) account: Option<&'t str>,
    pub(super) region: Option<&'t str>,
}

/// The parts of an ARN that tell where a secret lies.
pub(super) struct Arn<'t> {
    partition: &'t str,
    service: &'t str,
    pub(super) region: &'t str,
    pub(super) account: &'t str,
    resource: &'t str,
}

impl<'t> Arn<'t> {
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (arn, partition) = (parts.next()?, parts.next()?);
        let (service, region, account, resource) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        (arn == "arn").then_some(Self { partition, service, region, account, resource })
    }

    fn before_resource(&self) -> String {
        format!("arn:{}:{}:{}:{}:", self.partition, self.service, self.region, self.account)
    }
}

/// What `valueFrom` points to: `…:secret:NAME-SUFFIX[:json-key:version-stage:version-id]`, `…:parameter/NAME`, or the
/// name of a parameter of the task's own region (ECS developer guide, "Pass sensitive data to an Amazon ECS container").
/// By name, or by the ARN of a place.
pub(super) fn reference(text: &str, by_arn_of: Option<Place<'_>>) -> SecretRef {
    let parameter = |key: String| SecretRef { store: SecretStore::ParameterStore, key, property: None, version: None };
    let Some(arn) = Arn::parse(text) else {
        return parameter(by_arn_of.and_then(|place| arn_of(text, place)).unwrap_or_else(|| text.to_owned()));
    };
    if arn.service == "secretsmanager" {
        return of_secrets_manager(&arn, by_arn_of.is_some());
    }
    parameter(match arn.resource.strip_prefix("parameter/").filter(|_| by_arn_of.is_none()) {
        // Names of more than one part begin with a slash; names of one part are written without.
        Some(name) if name.contains('/') => format!("/{name}"),
        Some(name) => name.to_owned(),
        None => text.to_owned(),
    })
}

/// The ARN of a parameter, where its place is known.
fn arn_of(name: &str, place: Place<'_>) -> Option<String> {
    let (account, region) = (place.account?, place.region?);
    let partition = match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    Some(format!("arn:{partition}:ssm:{region}:{account}:parameter/{}", name.strip_prefix('/').unwrap_or(name)))
}

fn of_secrets_manager(arn: &Arn<'_>, by_arn: bool) -> SecretRef {
    let mut parts = arn.resource.splitn(5, ':');
    let (_, name) = (parts.next(), parts.next().unwrap_or(""));
    let mut part = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
    let (property, stage, id) = (part(), part(), part());
    let key = if !by_arn && name != without_suffix(name) {
        without_suffix(name).to_owned()
    } else if !by_arn && !looks_suffixed(name) {
        name.to_owned()
    } else {
        format!("{}secret:{name}", arn.before_resource())
    };
    let version = id.map(SecretVersion::Id).or(stage.map(SecretVersion::Stage));
    SecretRef { store: SecretStore::SecretsManager, key, property, version }
}

/// The name without the six characters that Secrets Manager adds in ARNs. What could as well be a word stays.
fn without_suffix(name: &str) -> &str {
    match name.rsplit_once('-') {
        Some((rest, suffix))
            if looks_suffixed(name) && suffix.bytes().any(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) =>
        {
            rest
        }
        _ => name,
    }
}

fn looks_suffixed(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, end)| end.len() == 6 && end.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_from_becomes_a_reference() {
        let of = |region, account| Some(Place { account: Some(account), region: Some(region) });
        let own = None;
        for (place, from, wanted) in [
            (own, "arn:aws:secretsmanager:eu-west-1:1:secret:prod/db-Ab3dEf:host::", "sm:prod/db#host"),
            (own, "arn:aws:secretsmanager:eu-west-1:1:secret:prod/db-Ab3dEf", "sm:prod/db"),
            (own, "arn:aws:secretsmanager:eu-west-1:1:secret:db-prod", "sm:db-prod"),
            (
                own,
                "arn:aws:secretsmanager:eu-west-1:1:secret:my-secret",
                "sm:arn:aws:secretsmanager:eu-west-1:1:secret:my-secret",
            ),
            (own, "arn:aws:secretsmanager:eu-west-1:1:secret:db-Ab3dEf:k:AWSPREVIOUS:", "sm:db#k?stage=AWSPREVIOUS"),
            (own, "arn:aws:secretsmanager:eu-west-1:1:secret:db-Ab3dEf:::9d4c", "sm:db?version=9d4c"),
            (
                of("us-east-1", "1"),
                "arn:aws:secretsmanager:us-east-1:1:secret:db-Ab3dEf:k::",
                "sm:arn:aws:secretsmanager:us-east-1:1:secret:db-Ab3dEf#k",
            ),
            (own, "arn:aws:ssm:eu-west-1:1:parameter/prod/key", "ssm:/prod/key"),
            (own, "arn:aws:ssm:eu-west-1:1:parameter/KEY", "ssm:KEY"),
            (
                of("eu-west-1", "2"),
                "arn:aws:ssm:eu-west-1:2:parameter/KEY",
                "ssm:arn:aws:ssm:eu-west-1:2:parameter/KEY",
            ),
            (own, "RUNDECK_URL", "ssm:RUNDECK_URL"),
            (of("eu-west-1", "2"), "/prod/key", "ssm:arn:aws:ssm:eu-west-1:2:parameter/prod/key"),
            (of("cn-north-1", "2"), "KEY", "ssm:arn:aws-cn:ssm:cn-north-1:2:parameter/KEY"),
            (Some(Place { account: None, region: Some("eu-west-1") }), "KEY", "ssm:KEY"),
        ] {
            assert_eq!(reference(from, place).to_string(), wanted);
        }
    }
}
