//! Secrets that stay in their store: whatever account and region they are of, no other secret is read in their place.

#![expect(clippy::unwrap_used, reason = "tests fail loudly")]

mod common;

use caravan_convert_lift::{FieldVerdict, LedgerEntry, StoreReach};
use caravan_inventory::ObservationKind::EcsTaskDefinition;
use caravan_inventory::{AccountId, Region};
use common::Case;
use serde_json::{Value, json};

const OWN_DB: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:dock/db-Ab3dEf:host::";
const OWN_PARAMETER: &str = "arn:aws:ssm:eu-west-1:111122223333:parameter/dock/token";
const FAR_DB: &str = "arn:aws:secretsmanager:us-west-2:111122223333:secret:dock/db-Ab3dEf:host::";
const FAR_PARAMETER: &str = "arn:aws:ssm:ap-south-1:111122223333:parameter/dock/token";
const THEIR_DB: &str = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:dock/db-Ab3dEf";
const AT: &str = "/containerDefinitions/0/secrets/0/valueFrom";

fn task(from: &str) -> Value {
    let container = json!({"name": "dock", "image": "dock:1", "secrets": [{"name": "DOCK", "valueFrom": from}]});
    json!({"family": "dock", "containerDefinitions": [container]})
}

/// A live task of account 111122223333 in eu-west-1.
fn live(from: &str, (account, region): (Option<&str>, Option<&str>), several: bool) -> Case {
    let mut case = Case::live("dock", &[(EcsTaskDefinition, task(from))]);
    case.store = StoreReach { account: account.map(AccountId::new), region: region.map(Region::new), several };
    case
}

fn reference(case: &Case) -> String {
    case.config().components.pop_first().unwrap().1.secrets["DOCK"].clone()
}

fn is_held(case: &Case) -> bool {
    let component = case.config().components.pop_first().unwrap().1;
    component.suspended.is_some_and(|why| why.contains("the platform's stores do not read"))
}

fn places(case: &Case) -> Vec<String> {
    let ids = case.lift().questions.into_iter().map(|question| question.id.as_str().to_owned());
    ids.filter(|id| id.starts_with("secret-place/")).collect()
}

#[test]
fn what_the_stores_are_known_to_read_goes_by_name_and_is_exact() {
    let own = (Some("111122223333"), Some("eu-west-1"));
    for (from, wanted) in
        [(OWN_DB, "sm:dock/db#host"), (OWN_PARAMETER, "ssm:/dock/token"), ("/dock/token", "ssm:/dock/token")]
    {
        for several in [false, true] {
            let case = live(from, own, several);
            assert_eq!(reference(&case), wanted);
            assert_eq!(case.verdict(0, AT), FieldVerdict::Exact, "{from}");
            assert!(places(&case).is_empty() && !is_held(&case));
        }
    }
}

#[test]
fn what_nobody_said_is_never_exact_and_goes_by_arn_where_one_name_may_be_two_secrets() {
    let unsaid = [(None, None), (Some("111122223333"), None), (None, Some("eu-west-1"))];
    for (from, by_name, by_arn) in [
        (OWN_DB, "sm:dock/db#host", "sm:arn:aws:secretsmanager:eu-west-1:111122223333:secret:dock/db-Ab3dEf#host"),
        ("/dock/token", "ssm:/dock/token", "ssm:arn:aws:ssm:eu-west-1:111122223333:parameter/dock/token"),
        (OWN_PARAMETER, "ssm:/dock/token", "ssm:arn:aws:ssm:eu-west-1:111122223333:parameter/dock/token"),
    ] {
        for store in unsaid {
            for (several, wanted) in [(false, by_name), (true, by_arn)] {
                let case = live(from, store, several);
                assert_eq!(reference(&case), wanted, "{store:?}");
                assert_eq!(case.verdict(0, AT), FieldVerdict::Approximated, "{from} {store:?}");
                assert!(places(&case).is_empty() && !is_held(&case));
            }
        }
    }
    // Files say nothing of where they run.
    let case = Case::from_file("dock", &[(EcsTaskDefinition, task(OWN_DB))]);
    assert_eq!((reference(&case).as_str(), case.verdict(0, AT)), ("sm:dock/db#host", FieldVerdict::Approximated));
    let case = Case::from_file("dock", &[(EcsTaskDefinition, task("/dock/token"))]);
    assert_eq!((reference(&case).as_str(), case.verdict(0, AT)), ("ssm:/dock/token", FieldVerdict::Approximated));
}

#[test]
fn another_region_or_account_is_asked_about_and_does_not_start_until_then() {
    let own = (Some("111122223333"), Some("eu-west-1"));
    let moved = (Some("111122223333"), Some("us-east-2"));
    let central = (Some("777788889999"), Some("eu-west-1"));
    for (from, store, place, by_arn, by_name) in [
        (
            FAR_DB,
            own,
            "111122223333/us-west-2",
            "sm:arn:aws:secretsmanager:us-west-2:111122223333:secret:dock/db-Ab3dEf#host",
            "sm:dock/db#host",
        ),
        (
            FAR_PARAMETER,
            (None, Some("eu-west-1")),
            "111122223333/ap-south-1",
            "ssm:arn:aws:ssm:ap-south-1:111122223333:parameter/dock/token",
            "ssm:/dock/token",
        ),
        (
            THEIR_DB,
            own,
            "444455556666/eu-west-1",
            "sm:arn:aws:secretsmanager:eu-west-1:444455556666:secret:dock/db-Ab3dEf",
            "sm:dock/db",
        ),
        (
            OWN_DB,
            moved,
            "111122223333/eu-west-1",
            "sm:arn:aws:secretsmanager:eu-west-1:111122223333:secret:dock/db-Ab3dEf#host",
            "sm:dock/db#host",
        ),
        (
            "/dock/token",
            central,
            "111122223333/eu-west-1",
            "ssm:arn:aws:ssm:eu-west-1:111122223333:parameter/dock/token",
            "ssm:/dock/token",
        ),
    ] {
        let case = live(from, store, false);
        assert_eq!(places(&case), [format!("secret-place/ecs/test/dock/{place}")]);
        assert!(is_held(&case), "{from}");
        assert_eq!(reference(&case), by_arn, "no other secret has the ARN");
        assert!(matches!(case.verdict(0, AT), FieldVerdict::Question { .. }));
        let is_it = |one: &caravan_inventory::Question| one.id.as_str().starts_with("secret-place/");
        let question = case.lift().questions.into_iter().find(is_it).unwrap();
        let (account, region) = place.split_once('/').unwrap();
        for said in ["`DOCK` (`", account, region, store.1.unwrap()] {
            assert!(question.text.contains(said), "{}", question.text);
        }
        let other_region = store.1 != Some(region);
        assert_eq!(question.options.contains(&"by-arn".to_owned()), !other_region, "a store never leaves its region");
        for (answer, wanted) in [("replicated", by_name), ("team-store", "checkout#DOCK"), ("by-arn", by_arn)] {
            let case = live(from, store, false).answer("secret-place", place, answer);
            let usable = answer != "by-arn" || !other_region;
            assert_eq!(reference(&case), wanted);
            assert_eq!(is_held(&case), !usable, "{from} {answer}");
            assert_eq!(case.verdict(0, AT) == FieldVerdict::Approximated, usable);
        }
    }
}

#[test]
fn one_question_names_all_secrets_of_a_place() {
    let secrets = json!([{"name": "HOST", "valueFrom": FAR_DB}, {"name": "OTHER", "valueFrom": OWN_DB}]);
    let beside = json!([{"name": "TOKEN", "valueFrom": "arn:aws:ssm:us-west-2:111122223333:parameter/dock/token"}]);
    let login = json!({"credentialsParameter": "arn:aws:secretsmanager:us-west-2:111122223333:secret:hub-Ab3dEf"});
    let containers = json!([
        {"name": "dock", "image": "dock:1", "secrets": secrets, "repositoryCredentials": login},
        {"name": "crane", "image": "crane:1", "secrets": beside},
    ]);
    let case = Case::live("dock", &[(EcsTaskDefinition, json!({"containerDefinitions": containers}))]);
    let asked: Vec<_> =
        case.lift().questions.into_iter().filter(|one| one.id.as_str().starts_with("secret-place/")).collect();
    assert_eq!(asked.len(), 1, "{asked:?}");
    for named in ["`HOST` (`dock/db`)", "`TOKEN` (`/dock/token`)", "`credentialsParameter` (`hub`)"] {
        assert!(asked[0].text.contains(named), "{}", asked[0].text);
    }
    assert!(!asked[0].text.contains("OTHER"));
    let login = "/containerDefinitions/0/repositoryCredentials/credentialsParameter";
    assert!(matches!(case.verdict(0, login), FieldVerdict::Question { .. }));
    let case = case.answer("secret-place", "111122223333/us-west-2", "replicated");
    assert_eq!(case.config().components.pop_first().unwrap().1.pull_secrets, ["sm:hub"]);
    let LedgerEntry { verdict, note, .. } = case.entry(0, login);
    assert_eq!(verdict, FieldVerdict::Approximated);
    assert!(note.unwrap().contains("by a person's answer"));
}

#[test]
fn the_account_of_all_workloads_is_that_of_the_stores_where_nobody_names_one() {
    let one = Case::live("dock", &[]).workload;
    let mut other = one.clone();
    other.account = Some(AccountId::new("444455556666"));
    let mut far = one.clone();
    far.region = Some(Region::new("us-west-2"));
    let file = Case::from_file("dock", &[]).workload;
    let (said, region) = (AccountId::new("777788889999"), Region::new("eu-west-1"));
    let of = |account, workloads: &[&caravan_inventory::Workload]| {
        let reach = StoreReach::of(account, Some(&region), workloads.iter().copied());
        (reach.account.map(|account| account.as_str().to_owned()), reach.several)
    };
    assert_eq!(of(None, &[&one, &one, &file]), (Some("111122223333".to_owned()), false));
    assert_eq!(of(None, &[&one, &other]), (None, true));
    assert_eq!(of(None, &[&one, &far]), (Some("111122223333".to_owned()), true));
    assert_eq!(of(Some(&said), &[&one, &other]), (Some("777788889999".to_owned()), true));
    assert_eq!(of(None, &[&file]), (None, false));
}

#[test]
fn a_secret_that_a_template_makes_goes_by_its_name_whatever_the_stores_read() {
    for from in [
        "arn:aws:secretsmanager:unknown:000000000000:secret:dock/db",
        "arn:aws:ssm:unknown:000000000000:parameter/dock/token",
    ] {
        for several in [false, true] {
            let mut case = Case::from_file("dock", &[(EcsTaskDefinition, task(from))]);
            case.store = StoreReach {
                account: Some(AccountId::new("111122223333")),
                region: Some(Region::new("eu-west-1")),
                several,
            };
            assert_eq!(places(&case), Vec::<String>::new(), "{from}");
            assert!(!is_held(&case) && !reference(&case).contains("000000000000"), "{}", reference(&case));
        }
    }
}

#[test]
fn a_secret_whose_place_a_template_leaves_open_is_one_question_and_no_other() {
    let mut body = task("x");
    body["containerDefinitions"][0]["secrets"][0]["valueFrom"] = json!({"$unresolved": "!ImportValue db"});
    let case = Case::from_file("dock", &[(EcsTaskDefinition, body)]);
    let about: Vec<String> = case.lift().questions.into_iter().map(|one| one.id.to_string()).collect();
    let value = "value/ecs/test/dock/ecs.task-definition/containerDefinitions/0/secrets/0/valueFrom";
    assert!(about.iter().any(|id| id == value), "{about:?}");
    assert!(!about.iter().any(|id| id.starts_with("misplaced/")), "{about:?}");
    let name = case.verdict(0, "/containerDefinitions/0/secrets/0/name");
    assert!(matches!(name, FieldVerdict::Question { id } if id.as_str() == value));
}

#[test]
fn what_a_template_leaves_open_is_the_reason_where_nothing_else_is() {
    let open = || json!({"$unresolved": "!Ref Image"});
    let mut body = task(OWN_DB);
    body["containerDefinitions"][0]["image"] = open();
    let reasons = Case::from_file("dock", &[(EcsTaskDefinition, body.clone())]).reasons();
    let id = "value/ecs/test/dock/ecs.task-definition/containerDefinitions/0/image";
    assert_eq!(reasons, [format!("what its template leaves open has to be known first: `{id}`")]);
    // What no value would mend is still said.
    body["containerDefinitions"][0]["privileged"] = json!(true);
    let reasons = Case::from_file("dock", &[(EcsTaskDefinition, body)]).reasons();
    assert!(reasons.iter().any(|reason| reason.contains("privileged")), "{reasons:?}");
    // What is offered stands there.
    let mut body = task(OWN_DB);
    body["containerDefinitions"][0]["image"] = json!({"$unresolved": "!Ref Image", "default": "dock:1"});
    assert!(Case::from_file("dock", &[(EcsTaskDefinition, body)]).config().components.len() == 1);
}

/// A secret that a template fills in stands nowhere in the clear, and the question says so, with the place that the template names.
#[test]
fn a_secret_that_a_template_fills_in_is_called_what_it_is() {
    let asked = |value: Value| {
        let container =
            json!({"name": "dock", "image": "dock:1", "environment": [{"name": "DOCK_TOKEN", "value": value}]});
        let body = json!({"family": "dock", "containerDefinitions": [container]});
        let questions = Case::from_file("dock", &[(EcsTaskDefinition, body)]).lift().questions;
        let found = questions.into_iter().find(|one| one.id.as_str() == "secret/ecs/test/dock/DOCK_TOKEN");
        found.unwrap().text
    };
    for (open, place) in [
        ("{{resolve:secretsmanager:dock/db:SecretString:token}}", Some("sm:dock/db#token")),
        ("{{resolve:ssm-secure:/dock/token}}", Some("ssm:/dock/token")),
        ("!Ref DockToken", None),
        ("!Sub Bearer ${DockToken}", None),
    ] {
        let text = asked(json!({"$unresolved": open}));
        assert!(!text.contains("in the clear") && text.contains(&format!("fills in: `{open}`")), "{text}");
        assert_eq!(text.contains("reads it from"), place.is_some(), "{text}");
        assert!(place.is_none_or(|place| text.contains(&format!("`{place}`"))), "{text}");
        assert!(text.contains("`checkout#DOCK_TOKEN`"), "{text}");
    }
}
