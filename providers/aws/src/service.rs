//! The services that are read, and what each of their calls has in common.

use crate::xml::{self, XmlShape};

/// A service of AWS, by the prefix of its calls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Service {
    ApplicationAutoScaling,
    Ec2,
    Ecs,
    ElasticLoadBalancing,
    Events,
    Route53,
    Scheduler,
}

/// How a service writes its answers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answers {
    /// JSON: taken as it is.
    Json,
    /// XML: turned into JSON by the shape of the service's lists.
    Xml(&'static XmlShape),
}

impl Answers {
    /// The format's name, for a person.
    pub(crate) const fn format(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Xml(_) => "XML",
        }
    }
}

/// In which field of an answer the next page's token stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NextPage {
    /// In the one of this name.
    Field(&'static str),
    /// In fields that differ from call to call, and only when `IsTruncated` is true (Route 53).
    Truncated,
}

impl Service {
    const ALL: &[Self] = &[
        Self::ApplicationAutoScaling,
        Self::Ec2,
        Self::Ecs,
        Self::ElasticLoadBalancing,
        Self::Events,
        Self::Route53,
        Self::Scheduler,
    ];

    /// The prefix of its calls, which is also the name that requests are signed for and the first part of its host.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ApplicationAutoScaling => "application-autoscaling",
            Self::Ec2 => "ec2",
            Self::Ecs => "ecs",
            Self::ElasticLoadBalancing => "elasticloadbalancing",
            Self::Events => "events",
            Self::Route53 => "route53",
            Self::Scheduler => "scheduler",
        }
    }

    /// The service of a call; none when it is not one of ours.
    pub(crate) fn of(api: &str) -> Option<Self> {
        let (service, _) = api.split_once(':')?;
        Self::ALL.iter().copied().find(|known| known.name() == service)
    }

    /// How it writes its answers.
    pub(crate) const fn answers(self) -> Answers {
        match self {
            Self::ApplicationAutoScaling | Self::Ecs | Self::Events | Self::Scheduler => Answers::Json,
            Self::Ec2 => Answers::Xml(&xml::EC2),
            Self::ElasticLoadBalancing => Answers::Xml(&xml::ELASTIC_LOAD_BALANCING),
            Self::Route53 => Answers::Xml(&xml::ROUTE53),
        }
    }

    /// Where its answers say how to go on.
    pub(crate) const fn next_page(self) -> NextPage {
        match self {
            Self::ApplicationAutoScaling | Self::Events | Self::Scheduler => NextPage::Field("NextToken"),
            Self::Ec2 | Self::Ecs => NextPage::Field("nextToken"),
            Self::ElasticLoadBalancing => NextPage::Field("NextMarker"),
            Self::Route53 => NextPage::Truncated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_names_its_service() {
        for service in Service::ALL.iter().copied() {
            assert_eq!(Service::of(&format!("{}:DescribeThings", service.name())), Some(service));
        }
        assert_eq!(Service::of("workers:ListScripts"), None);
        assert_eq!(Service::of("ecs"), None);
    }
}
