//! Secrets: by reference only (C5).

use super::kind::Plan;
use super::members::{ContainerRole, Member};
use crate::field::Field;
use crate::plconfig::{Container, SecretRef, SecretStore, SecretVersion};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    plan: &Plan<'_, 'a>,
    member: &Member<'a>,
    container: &mut Container,
) {
    for secret in member.definition.objects("secrets") {
        let (Some(name_field), Some(from)) = (secret.field("name"), secret.field("valueFrom")) else {
            continue;
        };
        let Some(name) = tracker.text(name_field.0, Kind::Variable) else {
            continue;
        };
        let reference = match tracker.text(from.0, Kind::Secret) {
            Some(text) => reference(&Home::of(tracker, plan), &text),
            None => team(tracker, member, &name),
        };
        let target = plan.variable(member, "secrets", &name);
        name_field.exact(tracker, target.clone());
        from.exact(tracker, target);
        // A secret that shadows a variable of the same name is refused by ECS; the secret is what was meant last.
        container.env.remove(name.as_ref());
        container.secrets.insert(name.into_owned(), reference.to_string());
    }
}

/// Where a secret that stood in the clear lies from now on.
pub(super) struct MovedSecret {
    pub(super) reference: String,
    /// The question that nobody answered yet.
    pub(super) open: Option<QuestionId>,
}

/// Asks for the place of a secret that stood in the clear; until somebody answers it is the team's store.
pub(super) fn ask_for_place(tracker: &mut FieldTracker<'_>, member: &Member<'_>, name: &str) -> MovedSecret {
    let own = team(tracker, member, name).to_string();
    let detail = if member.role == ContainerRole::Main { name.to_owned() } else { format!("{}/{name}", member.name) };
    let id = tracker.question_id("secret", &detail);
    let text = format!(
        "The value of `{name}` is a secret in the clear. Put it into the team's secret store as `{own}`, and answer with \
         that or with where else it lies."
    );
    let usable = |answer: &str| !answer.contains(char::is_whitespace) && answer.parse::<SecretRef>().is_ok();
    match tracker.ask_for(id, &text, &[], Some(&own), usable) {
        Asked::Given(answer) => MovedSecret { reference: answer.to_owned(), open: None },
        Asked::Open(id) => MovedSecret { reference: own, open: Some(id) },
    }
}

/// A secret that stood in the clear in a field.
pub(super) fn bring_in<'a>(
    tracker: &mut FieldTracker<'a>,
    member: &Member<'a>,
    name: &str,
    field: Field<'a>,
    container: &mut Container,
) {
    let place = ask_for_place(tracker, member, name);
    match &place.open {
        Some(id) => field.asked(tracker, id),
        None => field.approximated(tracker, "/components", "it lies in a secret store, by a person's answer"),
    }
    container.secrets.insert(name.to_owned(), place.reference);
}

/// `<app>#NAME`; of a container beside the main one `<app>--<container>#NAME`, since both may use the name. No app is
/// called so: names of apps have no two `-` behind each other.
fn team(tracker: &FieldTracker<'_>, member: &Member<'_>, name: &str) -> SecretRef {
    let app = tracker.source.app;
    SecretRef {
        store: SecretStore::Team,
        key: if member.role == ContainerRole::Main { app.to_owned() } else { format!("{app}--{}", member.key) },
        property: Some(name.to_owned()),
        version: None,
    }
}

/// Where the task lives: secrets from there go by name, others by ARN.
struct Home<'a> {
    account: Option<&'a str>,
    region: Option<&'a str>,
}

impl<'a> Home<'a> {
    /// A file does not say: then it is where its first secret lies.
    fn of(tracker: &FieldTracker<'a>, plan: &Plan<'_, 'a>) -> Self {
        let workload = tracker.source.workload;
        let mut first = plan
            .members
            .kept()
            .flat_map(|member| member.definition.objects("secrets"))
            .filter_map(|secret| secret.peek("valueFrom"))
            .filter_map(Arn::parse);
        let first = if workload.account.is_none() || workload.region.is_none() { first.next() } else { None };
        Self {
            account: workload.account.as_ref().map(|id| id.as_str()).or(first.as_ref().map(|arn| arn.account)),
            region: workload.region.as_ref().map(|id| id.as_str()).or(first.as_ref().map(|arn| arn.region)),
        }
    }

    fn holds(&self, arn: &Arn<'_>) -> bool {
        self.account == Some(arn.account) && self.region == Some(arn.region)
    }
}

struct Arn<'a> {
    service: &'a str,
    region: &'a str,
    account: &'a str,
    resource: &'a str,
}

impl<'a> Arn<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (arn, _partition) = (parts.next()?, parts.next()?);
        let (service, region, account, resource) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        (arn == "arn").then_some(Self { service, region, account, resource })
    }
}

/// What `valueFrom` points to: `…:secret:NAME-SUFFIX[:json-key:version-stage:version-id]`, `…:parameter/NAME`, or the
/// name of a parameter of the same region (ECS developer guide, "Pass sensitive data to an Amazon ECS container").
fn reference(home: &Home<'_>, text: &str) -> SecretRef {
    let Some(arn) = Arn::parse(text) else {
        return SecretRef { store: SecretStore::ParameterStore, key: text.to_owned(), property: None, version: None };
    };
    if arn.service == "secretsmanager" {
        return of_secrets_manager(home, text, &arn);
    }
    let key = match arn.resource.strip_prefix("parameter/").filter(|_| home.holds(&arn)) {
        // Names of more than one part begin with a slash; names of one part are written without.
        Some(name) if name.contains('/') => format!("/{name}"),
        Some(name) => name.to_owned(),
        None => text.to_owned(),
    };
    SecretRef { store: SecretStore::ParameterStore, key, property: None, version: None }
}

fn of_secrets_manager(home: &Home<'_>, text: &str, arn: &Arn<'_>) -> SecretRef {
    let mut parts = arn.resource.splitn(5, ':');
    let (_, name) = (parts.next(), parts.next().unwrap_or(""));
    let mut part = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
    let (property, stage, id) = (part(), part(), part());
    let key = if home.holds(arn) && name != without_suffix(name) {
        without_suffix(name).to_owned()
    } else if home.holds(arn) && !looks_suffixed(name) {
        name.to_owned()
    } else {
        let start = text.len() - arn.resource.len();
        format!("{}secret:{name}", &text[..start])
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
        let home = Home { account: Some("1"), region: Some("eu-west-1") };
        for (from, wanted) in [
            ("arn:aws:secretsmanager:eu-west-1:1:secret:prod/db-Ab3dEf:host::", "sm:prod/db#host"),
            ("arn:aws:secretsmanager:eu-west-1:1:secret:prod/db-Ab3dEf", "sm:prod/db"),
            ("arn:aws:secretsmanager:eu-west-1:1:secret:db-prod", "sm:db-prod"),
            (
                "arn:aws:secretsmanager:eu-west-1:1:secret:my-secret",
                "sm:arn:aws:secretsmanager:eu-west-1:1:secret:my-secret",
            ),
            ("arn:aws:secretsmanager:eu-west-1:1:secret:db-Ab3dEf:k:AWSPREVIOUS:", "sm:db#k?stage=AWSPREVIOUS"),
            ("arn:aws:secretsmanager:eu-west-1:1:secret:db-Ab3dEf:::9d4c", "sm:db?version=9d4c"),
            (
                "arn:aws:secretsmanager:us-east-1:1:secret:db-Ab3dEf:k::",
                "sm:arn:aws:secretsmanager:us-east-1:1:secret:db-Ab3dEf#k",
            ),
            ("arn:aws:ssm:eu-west-1:1:parameter/prod/key", "ssm:/prod/key"),
            ("arn:aws:ssm:eu-west-1:1:parameter/KEY", "ssm:KEY"),
            ("arn:aws:ssm:eu-west-1:2:parameter/KEY", "ssm:arn:aws:ssm:eu-west-1:2:parameter/KEY"),
            ("RUNDECK_URL", "ssm:RUNDECK_URL"),
        ] {
            assert_eq!(reference(&home, from).to_string(), wanted);
        }
    }
}
