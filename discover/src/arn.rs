//! Amazon resource names (IAM user guide, "Identify AWS resources with Amazon Resource Names").

/// `arn:<partition>:<service>:<region>:<account>:<resource>`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Arn<'t> {
    pub(crate) partition: &'t str,
    pub(crate) service: &'t str,
    /// Empty where the service is global.
    pub(crate) region: &'t str,
    /// Empty where names are global (S3).
    pub(crate) account: &'t str,
    /// Everything after the account, colons and slashes as they are.
    pub(crate) resource: &'t str,
}

impl<'t> Arn<'t> {
    /// Cuts the text; none when it is no ARN.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        let arn = Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        };
        let whole = !arn.service.is_empty() && !arn.resource.is_empty() && !text.contains(char::is_whitespace);
        (arn.partition.starts_with("aws") && whole).then_some(arn)
    }

    /// What follows the last slash, or the last colon when there is none: the plain name of most resources.
    pub(crate) fn name(&self) -> &'t str {
        self.resource.rsplit('/').next().unwrap_or(self.resource).rsplit(':').next().unwrap_or(self.resource)
    }
}

/// The partition of a region (IAM user guide, "Identify AWS resources with Amazon Resource Names").
pub(crate) fn partition_of(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_is_cut_into_its_parts() {
        let arn = Arn::parse("arn:aws:ecs:eu-central-1:123456789012:service/prod/api").unwrap();
        assert_eq!(
            (arn.service, arn.region, arn.account, arn.resource),
            ("ecs", "eu-central-1", "123456789012", "service/prod/api")
        );
        assert_eq!(arn.name(), "api");
        assert_eq!(Arn::parse("arn:aws:sqs:eu-central-1:123456789012:jobs").unwrap().name(), "jobs");
        assert!(Arn::parse("arn:aws:ecs").is_none() && Arn::parse("service/prod/api").is_none());
    }
}
