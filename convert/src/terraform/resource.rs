//! What comes in: a shared resource as it was found.

use super::place::{Location, home_region};
use caravan_inventory::{Observation, ObservationKind as Kind, TeamName};
use serde_json::Value;
use std::collections::BTreeSet;

/// A resource that workloads share, with who has to do with it.
#[derive(Clone, Debug)]
pub struct SharedResource {
    /// Its id, as edges and questions name it.
    pub id: String,
    /// The name that its owners use.
    pub name: String,
    /// What was observed of it.
    pub observation: Observation,
    /// What was observed besides and is of it: a topic's subscriptions, a bucket's policy.
    pub parts: Vec<Observation>,
    /// The team that the ownership rules give it to; none where no rule matches.
    pub stated: Option<TeamName>,
    /// The teams whose workloads use it; without those that nobody knows.
    pub users: BTreeSet<TeamName>,
}

/// Who else already has it.
pub(super) enum Elsewhere {
    /// Certainly: who, for a person.
    Certain(String),
    /// By its looks: why, for a person.
    Likely(String),
}

impl SharedResource {
    /// Where Terraform reaches it.
    ///
    /// # Errors
    /// Why it can't.
    pub(super) fn location(&self) -> Result<Location, String> {
        let Observation { account, region, api, body, .. } = &self.observation;
        if api == "file" {
            return Err(format!(
                "it stands in a file, {}, and whatever deploys that file owns it",
                self.observation.name
            ));
        }
        let account = account.clone().ok_or_else(|| "its account is not known".to_owned())?;
        let region = match self.observation.kind {
            Kind::Bucket => {
                body.get("BucketRegion").and_then(Value::as_str).map(caravan_inventory::Region::new).ok_or_else(
                    || {
                        "the region of the bucket was not read: s3:ListBuckets did not tell it; run `caravan discover`"
                            .to_owned()
                    },
                )?
            }
            _ => match region {
                Some(region) if !region.is_global() => region.clone(),
                _ => home_region(&self.observation.name),
            },
        };
        Ok(Location { account, region })
    }

    /// Who else already owns it, as far as it can be seen.
    pub(super) fn elsewhere(&self) -> Option<Elsewhere> {
        let body = &self.observation.body;
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
        if let Some(service) = text("/OwningService") {
            return Some(Elsewhere::Certain(format!("{service}, which made it, owns it")));
        }
        if ["/aws-service-role/", "/aws-reserved/"]
            .iter()
            .any(|path| text("/Path").is_some_and(|it| it.starts_with(path)))
        {
            return Some(Elsewhere::Certain("it is a role of an AWS service, which made it".to_owned()));
        }
        let tags = tags(body);
        if let Some((_, stack)) = tags.iter().find(|(key, _)| *key == "aws:cloudformation:stack-name") {
            return Some(Elsewhere::Certain(format!("the CloudFormation stack {stack} owns it")));
        }
        let tool = |text: &str| {
            let text = text.to_ascii_lowercase();
            ["terraform", "pulumi", "opentofu", "terragrunt"].into_iter().find(|tool| text.contains(tool))
        };
        let by_tag = tags.iter().find_map(|(key, value)| {
            // `terraform: false` says that it is not.
            let said = tool(value).or_else(|| tool(key).filter(|_| !value.eq_ignore_ascii_case("false")))?;
            Some(format!("its tag {key} names {said}"))
        });
        let by_field = || {
            let fields = ["/CallerReference", "/Config/Comment", "/Description"];
            fields.into_iter().find_map(|place| Some(format!("its {} names {}", &place[1..], tool(text(place)?)?)))
        };
        by_tag.or_else(by_field).map(Elsewhere::Likely)
    }
}

/// Its tags, however they are written.
fn tags(body: &Value) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for place in ["Tags", "TagSet"] {
        match body.get(place) {
            Some(Value::Object(map)) => {
                found.extend(map.iter().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))));
            }
            Some(Value::Array(list)) => found
                .extend(list.iter().filter_map(|tag| Some((tag.get("Key")?.as_str()?, tag.get("Value")?.as_str()?)))),
            _ => {}
        }
    }
    found
}
