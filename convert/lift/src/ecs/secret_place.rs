//! Secrets that stay in their store: by which account and region they are read. The ECS agent asks the region of each secret's
//! ARN; a SecretStore of the cluster reads one region of one account, and what has the same name there is another secret.

use super::kind::Plan;
use super::members::Member;
use super::secret_arn::{Arn, Place, reference};
use crate::plconfig::{SecretRef, SecretStore};
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::{QuestionId, is_of_template};

/// What a secret that is kept becomes.
pub(super) enum Kept {
    /// The platform's stores are known to read it.
    Read(SecretRef),
    /// It is read as this note says.
    Noted(SecretRef, &'static str),
    /// The platform's stores do not read it, and nobody said where it lies for the cluster. Until then it is named by its
    /// ARN, which no other secret has.
    Asked(SecretRef, QuestionId),
}

/// Whether the platform's stores read a place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Reach {
    /// They do.
    Own,
    /// Nobody said so. `several` accounts or regions share the environment.
    Unsaid { several: bool },
    /// They read another account, of the same region as far as that is known.
    OtherAccount,
    /// They read another region.
    OtherRegion,
}

const REPLICATED: &str = "replicated";
const TEAM_STORE: &str = "team-store";
const BY_ARN: &str = "by-arn";

/// How one secret can be written.
struct Ways {
    /// By its name, of the account and region that the stores read.
    by_name: SecretRef,
    /// By its ARN, as far as it is known.
    by_arn: SecretRef,
    /// Where it lies in the team's store, if it goes there.
    team: SecretRef,
}

/// The reference of a secret that ECS reads from `text`. `team` is where it lies in the team's store, if it goes there.
pub(super) fn keep(tracker: &mut FieldTracker<'_>, plan: &Plan<'_, '_>, text: &str, team: SecretRef) -> Kept {
    let home = home(tracker, plan);
    let place = of(text, home);
    // What stands for an account in a template is no account: such a secret has a name alone.
    let by_arn = if is_of_template(text) { reference(text, None) } else { reference(text, Some(place)) };
    let ways = Ways { by_name: reference(text, None), by_arn, team };
    kept(tracker, plan, (place, home), ways)
}

/// The same of the login of a registry: an ARN, or a name in Secrets Manager.
pub(super) fn keep_login(tracker: &mut FieldTracker<'_>, plan: &Plan<'_, '_>, text: &str, team: SecretRef) -> Kept {
    let home = home(tracker, plan);
    let written = SecretRef { store: SecretStore::SecretsManager, key: text.to_owned(), property: None, version: None };
    let by_name = if Arn::parse(text).is_some() { reference(text, None) } else { written.clone() };
    match kept(tracker, plan, (of(text, home), home), Ways { by_name, by_arn: written.clone(), team }) {
        // An ARN of the task's own account and region stays one.
        Kept::Read(_) => Kept::Read(written),
        kept => kept,
    }
}

fn kept(
    tracker: &mut FieldTracker<'_>,
    plan: &Plan<'_, '_>,
    (place, home): (Place<'_>, Place<'_>),
    ways: Ways,
) -> Kept {
    match reach(tracker, place) {
        Reach::Own => Kept::Read(ways.by_name),
        Reach::Unsaid { several: true } => Kept::Noted(
            ways.by_arn,
            "by ARN: several accounts or regions share the environment, and nobody said which its stores read \
             (`platform.account`, `platform.region`)",
        ),
        Reach::Unsaid { several: false } if place == home => {
            let note = "by name: the platform's store has to read the account and the region that it lies in";
            Kept::Noted(ways.by_name, note)
        }
        Reach::Unsaid { several: false } => {
            let note = "by ARN: the platform's store has to be allowed to read that account and region";
            Kept::Noted(ways.by_arn, note)
        }
        Reach::OtherAccount => elsewhere(tracker, plan, (place, home), &[REPLICATED, TEAM_STORE, BY_ARN], ways),
        Reach::OtherRegion => elsewhere(tracker, plan, (place, home), &[REPLICATED, TEAM_STORE], ways),
    }
}

/// Where the task lives, and so what it names without an ARN. A file does not say: then it is where its first secret lies.
fn home<'a>(tracker: &FieldTracker<'a>, plan: &Plan<'_, 'a>) -> Place<'a> {
    let workload = tracker.source.workload;
    let unknown = workload.account.is_none() || workload.region.is_none();
    let first = texts(plan).filter(|_| unknown).find_map(|(_, text)| located(text));
    Place {
        account: workload.account.as_ref().map(|id| id.as_str()).or(first.as_ref().map(|arn| arn.account)),
        region: workload.region.as_ref().map(|id| id.as_str()).or(first.as_ref().map(|arn| arn.region)),
    }
}

fn of<'t>(text: &'t str, home: Place<'t>) -> Place<'t> {
    located(text).map_or(home, |arn| Place { account: Some(arn.account), region: Some(arn.region) })
}

/// The ARN of a secret that says where it lies; that of a secret which a template makes lies where the template is deployed.
fn located(text: &str) -> Option<Arn<'_>> {
    Arn::parse(text).filter(|_| !is_of_template(text))
}

/// The names and the `valueFrom` of all secrets of all containers, and the logins of their registries.
fn texts<'p, 'a>(plan: &'p Plan<'_, 'a>) -> impl Iterator<Item = (&'a str, &'a str)> + use<'p, 'a> {
    let of = |member: &Member<'a>| {
        let secrets = member.definition.objects("secrets");
        let secrets = secrets.filter_map(|secret| Some((secret.peek("name")?, secret.peek("valueFrom")?)));
        let login = member.definition.object("repositoryCredentials").and_then(|login| login.peek(LOGIN));
        secrets.chain(login.map(|text| (LOGIN, text)))
    };
    plan.members.kept().flat_map(of)
}

/// The field that names the login of a registry.
const LOGIN: &str = "credentialsParameter";

fn reach(tracker: &FieldTracker<'_>, place: Place<'_>) -> Reach {
    let store = tracker.source.store;
    let account = store.account.as_ref().map(|account| account.as_str());
    let region = store.region.as_ref().map(|region| region.as_str());
    let differs = |one: Option<&str>, other: Option<&str>| one.zip(other).is_some_and(|(one, other)| one != other);
    match place {
        _ if differs(region, place.region) => Reach::OtherRegion,
        _ if differs(account, place.account) => Reach::OtherAccount,
        Place { account: Some(_), region: Some(_) } if account.is_some() && region.is_some() => Reach::Own,
        _ => Reach::Unsaid { several: store.several },
    }
}

/// Asks where the secrets of a place lie for the cluster: one question for all of them.
fn elsewhere(
    tracker: &mut FieldTracker<'_>,
    plan: &Plan<'_, '_>,
    (place, home): (Place<'_>, Place<'_>),
    options: &[&str],
    ways: Ways,
) -> Kept {
    let mut named: Vec<String> = Vec::new();
    for (name, from) in texts(plan).filter(|(_, from)| of(from, home) == place) {
        let one = format!("`{name}` (`{}`)", reference(from, None).key);
        if !named.contains(&one) {
            named.push(one);
        }
    }
    let unknown = "unknown";
    let (account, region) = (place.account.unwrap_or(unknown), place.region.unwrap_or(unknown));
    let store = tracker.source.store;
    let read_account = store.account.as_ref().map(|id| format!(" of account {id}")).unwrap_or_default();
    let read_region = store.region.as_ref().map_or(unknown, |region| region.as_str());
    let by_arn = if options.contains(&BY_ARN) {
        format!(" Or does a policy of account {account} let the stores read them by ARN (`{BY_ARN}`)?")
    } else {
        String::new()
    };
    let question = format!(
        "{} are read from account {account}, region {region}. The platform's SecretStores read region {read_region}{read_account}, \
         where the same names may be other secrets. Do the same secrets lie there under the same names, as replicas or copies \
         (`{REPLICATED}`), or are they put into the team's own store, each as `{}` is (`{TEAM_STORE}`)?{by_arn} It does not start \
         until then.",
        named.join(", "),
        ways.team,
    );
    let id = tracker.question_id("secret-place", &format!("{account}/{region}"));
    match tracker.ask(id, &question, options, None) {
        Asked::Given(REPLICATED) => {
            Kept::Noted(ways.by_name, "by name, of the account and region of the stores, by a person's answer")
        }
        Asked::Given(TEAM_STORE) => Kept::Noted(ways.team, "put into the team's own store, by a person's answer"),
        Asked::Given(_) => {
            Kept::Noted(ways.by_arn, "by ARN: a policy of its account lets the stores read it, by a person's answer")
        }
        Asked::Open(id) => {
            tracker.hold("a secret lies where the platform's stores do not read");
            Kept::Asked(ways.by_arn, id)
        }
    }
}
