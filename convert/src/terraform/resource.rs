//! What comes in: a shared resource as it was found.

use super::place::{Location, home_region};
use caravan_inventory::{
    CLOUDFORMATION, Governor, Observation, ObservationId, ObservationKind as Kind, TERRAFORM, TeamName,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

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
    /// In whose keeping it and its parts are, by the observation: the states and stacks that were read.
    pub keepers: BTreeMap<ObservationId, Vec<Governor>>,
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

    /// Whoever else has one of its observations in their keeping. The states of what is written here do not count.
    fn keepers_of(&self, observation: &ObservationId) -> impl Iterator<Item = &Governor> {
        let keepers = self.keepers.get(observation).into_iter().flatten();
        keepers.filter(|keeper| keeper.tool != TERRAFORM || !is_of_ours(&keeper.owner))
    }

    /// Why a part of it is not taken over, where somebody else has it.
    pub(super) fn kept_part(&self, part: &Observation) -> Option<String> {
        let keepers = said(self.keepers_of(&part.id))?;
        Some(format!("{keepers} has it already: take it out there, read that anew, then run `caravan convert` again"))
    }

    /// Who else already owns it, as far as it can be seen.
    pub(super) fn elsewhere(&self) -> Option<Elsewhere> {
        let own = || self.keepers_of(&self.observation.id);
        if let Some(stack) = own().find(|keeper| keeper.tool == CLOUDFORMATION) {
            return Some(Elsewhere::Certain(format!("{stack}, owns it")));
        }
        if let Some(keepers) = said(own()) {
            let both = if own().count() > 1 { ", and each undoes what the other does" } else { "" };
            return Some(Elsewhere::Likely(format!("{keepers} has it{both}")));
        }
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

/// Several in one sentence; none of nobody.
fn said<'k>(keepers: impl Iterator<Item = &'k Governor>) -> Option<String> {
    let said: Vec<String> = keepers.map(ToString::to_string).collect();
    (!said.is_empty()).then(|| said.join(" and "))
}

/// Whether a state file is that of a module which is written here: it is kept under the module's path.
fn is_of_ours(state: &str) -> bool {
    let path = state.rsplit_once("infrastructure/").and_then(|(_, path)| path.strip_suffix(".tfstate"));
    path.and_then(super::parse).is_some()
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
