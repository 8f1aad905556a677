//! One list of calls, made of the simulated world and of real servers: every answer must be the same. Each kind of target
//! is tried in the server that gets it right: record sets in ministack (moto loses weighted sets), rules in moto
//! (ministack loses their weights), routes in the real API server. What an emulator is known to get wrong all the same is
//! written down in [`KNOWN`]; anything else that differs fails, and so does an entry that no longer differs.

use crate::places::{Adapters, Balancer, Case, Owners, Place, Space, Work, Zone, adapter};
use caravan_providers::target::{FencingToken, Guarantee, Snapshot, Target};
use caravan_providers::{Call, CallError, Executor, Observer, Reply, Write};
use caravan_providers_simulated::{Held, World};
use caravan_tests_testbed::{Account, Cluster, Ministack, Moto};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// One thing that happens to a target.
enum Move {
    Call(Box<Call>),
    /// The last accepted write is asked for until it has settled.
    Settle,
    /// A third party changes the target.
    Edit(Box<Snapshot>, Option<FencingToken>),
}

/// What came of it.
#[derive(Debug, PartialEq)]
enum Outcome {
    Observed(Snapshot, Option<FencingToken>),
    Accepted,
    Settled,
    Edited,
    Failed(&'static str),
}

/// What an emulator is known to get wrong: server, move, its answer. Route 53 refuses a simple set beside weighted ones
/// (Developer Guide, "Weighted routing").
const KNOWN: &[(&str, &str, Outcome)] = &[("ministack", "the rollback beside it", Outcome::Accepted)];

/// Everything that an owner of work goes through, likewise: it has two states, of which the first stage is the other one.
fn list_of_owner(case: &Case) -> Vec<(&'static str, Move)> {
    let atomic = case.target.guarantee() == Guarantee::Atomic;
    let other = &case.stages[0];
    let ours = |sequence| atomic.then(|| FencingToken { run: "run".to_owned(), epoch: 1, sequence });
    let write_to = |target: &Target, before: &Snapshot, after: &Snapshot, tokens: [Option<FencingToken>; 2]| {
        let [token_before, token_after] = tokens;
        let (target, before, after) = (target.clone(), before.clone(), after.clone());
        Move::Call(Box::new(Call::Write(Write { target, before, after, token_before, token_after, in_flight: 30 })))
    };
    let write = |before, after, tokens| write_to(&case.target, before, after, tokens);
    let observe = || Move::Call(Box::new(Call::Observe(case.target.clone())));
    let edit = |snapshot: &Snapshot, token| Move::Edit(Box::new(snapshot.clone()), token);
    let original = &case.original;
    let mut list = vec![
        ("the original", observe()),
        ("a missing target", Move::Call(Box::new(Call::Observe(case.missing.clone())))),
        ("a write to a missing target", write_to(&case.missing, original, other, [None, ours(1)])),
        ("a switch that believes wrongly", write(other, original, [None, ours(1)])),
        ("after it", observe()),
        ("the switch", write(original, other, [None, ours(1)])),
        ("after the switch", observe()),
        ("the switch once more", write(original, other, [None, ours(1)])),
        ("somebody changes it", edit(&case.edited, ours(1))),
        ("back over that", write(other, original, [ours(1), None])),
        ("theirs stands", observe()),
        ("they put it back", edit(other, ours(1))),
    ];
    if atomic {
        list.extend([
            ("a wrong token", write(other, original, [ours(7), None])),
            ("the token alone", write(other, other, [ours(1), ours(2)])),
            ("after the token alone", observe()),
            ("the old driver's way back", write(other, original, [ours(1), None])),
            ("what stands then", observe()),
            ("the newer driver's token", write(other, other, [ours(2), ours(1)])),
        ]);
    }
    list.extend([("the way back", write(other, original, [ours(1), None])), ("the original again", observe())]);
    list
}

/// Everything that a target goes through, in order, by name. It ends as it began.
fn list(case: &Case) -> Vec<(&'static str, Move)> {
    if matches!(case.original, Snapshot::Activation { .. }) {
        return list_of_owner(case);
    }
    let atomic = case.target.guarantee() == Guarantee::Atomic;
    let [zero, ten, fifty, _] = &case.stages[..] else { unreachable!() };
    let mark = |epoch, sequence| atomic.then(|| FencingToken { run: "run".to_owned(), epoch, sequence });
    let ours = |sequence| mark(1, sequence);
    let write_to = |target: &Target,
                    before: &Snapshot,
                    after: &Snapshot,
                    was: Option<FencingToken>,
                    will: Option<FencingToken>| {
        Move::Call(Box::new(Call::Write(Write {
            target: target.clone(),
            before: before.clone(),
            after: after.clone(),
            token_before: was,
            token_after: will,
            in_flight: 30,
        })))
    };
    let write = |before, after, was, will| write_to(&case.target, before, after, was, will);
    let observe_target = |target: &Target| Move::Call(Box::new(Call::Observe(target.clone())));
    let observe = || observe_target(&case.target);
    let edit = |snapshot: &Snapshot, token| Move::Edit(Box::new(snapshot.clone()), token);
    let mut list = vec![
        ("the original", observe()),
        ("a missing target", observe_target(&case.missing)),
        ("a write to a missing target", write_to(&case.missing, &case.original, zero, None, ours(1))),
        ("a first claim that believes wrongly", write(ten, fifty, None, ours(1))),
        ("after it", observe()),
        ("the first claim", write(&case.original, zero, None, ours(1))),
        ("the first claim settles", Move::Settle),
        ("the split", observe()),
        ("the first claim once more", write(&case.original, zero, None, ours(1))),
        ("a swap", write(zero, ten, ours(1), ours(2))),
        ("after the swap", observe()),
        ("the swap once more", write(zero, ten, ours(1), ours(2))),
        ("after it came twice", observe()),
        ("somebody gives other weights", edit(&case.edited, ours(2))),
        ("a swap after that", write(ten, fifty, ours(2), ours(3))),
        ("theirs stands", observe()),
        ("they put it back", edit(ten, ours(2))),
    ];
    if let Some(joined) = &case.joined {
        list.extend([
            ("somebody sets another beside it", edit(joined, ours(2))),
            ("a swap beside it", write(ten, fifty, ours(2), ours(3))),
            ("both stand", observe()),
            ("they put back what was before", edit(joined, ours(2))),
            ("the rollback beside it", write(ten, &case.original, ours(2), None)),
            ("they take everything back", edit(ten, ours(2))),
        ]);
    }
    if atomic {
        list.extend([
            ("a wrong token", write(ten, fifty, ours(1), ours(3))),
            ("after it", observe()),
            ("the token alone", write(ten, ten, ours(2), mark(2, 3))),
            ("after the token alone", observe()),
            ("the old driver's swap", write(ten, fifty, ours(2), ours(4))),
            ("somebody changes what is under the token", edit(&case.edited, mark(2, 3))),
            ("the token alone over that", write(ten, ten, mark(2, 3), mark(3, 4))),
            ("what stands then", observe()),
            ("they put it back again", edit(ten, mark(2, 3))),
            ("the release", write(ten, ten, mark(2, 3), None)),
            ("after the release", observe()),
            ("another run's token", edit(ten, mark(9, 9))),
            ("a claim beside it", write(ten, fifty, None, ours(5))),
            ("theirs stands still", observe()),
            ("they go", edit(ten, ours(2))),
        ]);
    }
    list.extend([
        ("on", write(ten, fifty, ours(2), ours(5))),
        ("the whole rollback", write(fifty, &case.original, ours(5), None)),
        ("the rollback settles", Move::Settle),
        ("the original again", observe()),
    ]);
    list
}

/// Makes every move on the real place.
async fn really(case: &Case, adapters: &Adapters, place: &impl Place) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut accepted = None;
    for (_, step) in list(case) {
        outcomes.push(match step {
            Move::Call(call) => {
                let reply = match &*call {
                    Call::Write(write) => adapters.write(write).await,
                    read => adapters.observe(read).await,
                };
                if let (Call::Write(write), Ok(Reply::Accepted { ticket })) = (*call, &reply) {
                    accepted = status(write, ticket.clone());
                }
                outcome(reply)
            }
            Move::Settle => settle(accepted.take(), adapters).await,
            Move::Edit(snapshot, token) => {
                place.edit(&case.target, &snapshot, token.as_ref()).await;
                Outcome::Edited
            }
        });
    }
    outcomes
}

/// How an accepted write is asked for; none when it is there at once.
fn status(write: Write, ticket: Option<String>) -> Option<Call> {
    Some(Call::Status { write: Box::new(write), ticket: ticket? })
}

async fn settle(call: Option<Call>, adapters: &Adapters) -> Outcome {
    let Some(call) = call else { return Outcome::Settled };
    for _ in 0..60 {
        match adapters.observe(&call).await {
            Ok(Reply::Pending | Reply::Unsettled { .. }) => tokio::time::sleep(Duration::from_millis(500)).await,
            Ok(Reply::Settled) => return Outcome::Settled,
            other => return outcome(other),
        }
    }
    Outcome::Failed("never settled")
}

/// Makes every move in the simulated world.
fn simulated(case: &Case) -> Vec<Outcome> {
    let held = Held { snapshot: case.original.clone(), token: None };
    let mut world = World::new(1, BTreeMap::from([(case.target.clone(), held)]), Vec::new(), 0);
    let mut accepted = None;
    let moves = list(case).into_iter().map(|(_, step)| match step {
        Move::Call(call) => {
            let reply = world.execute(&call);
            if let (Call::Write(write), Ok(Reply::Accepted { ticket })) = (*call, &reply) {
                accepted = status(write, ticket.clone());
            }
            outcome(reply)
        }
        Move::Settle => match accepted.take() {
            None => Outcome::Settled,
            Some(call) => {
                assert_eq!(world.execute(&call), Ok(Reply::Pending));
                world.pass_until(world.now() + 60_000);
                match world.execute(&call) {
                    Ok(Reply::Settled) => Outcome::Settled,
                    other => outcome(other),
                }
            }
        },
        Move::Edit(snapshot, token) => {
            world.edit(&case.target, *snapshot, token);
            Outcome::Edited
        }
    });
    moves.collect()
}

fn outcome(reply: Result<Reply, CallError>) -> Outcome {
    match reply {
        Ok(Reply::Observed { snapshot, token }) => Outcome::Observed(snapshot, token),
        Ok(Reply::Accepted { .. }) => Outcome::Accepted,
        Ok(Reply::Settled) => Outcome::Settled,
        Ok(
            Reply::All(_)
            | Reply::Pending
            | Reply::Unsettled { .. }
            | Reply::Probed(_)
            | Reply::Controllers(_)
            | Reply::Activity(_),
        ) => Outcome::Failed("an answer to another question"),
        Err(CallError::NotSent(_)) => Outcome::Failed("not sent"),
        Err(CallError::Throttled(_)) => Outcome::Failed("throttled"),
        Err(CallError::Denied(_)) => Outcome::Failed("denied"),
        Err(CallError::Missing(_)) => Outcome::Failed("missing"),
        Err(CallError::Conflict(_)) => Outcome::Failed("conflict"),
        Err(CallError::Rejected(_)) => Outcome::Failed("rejected"),
        Err(CallError::InDoubt(_)) => Outcome::Failed("in doubt"),
    }
}

/// Holds the real answers against the simulated ones, and everything that the server says after the list against what it
/// said before: nobody else's set, rule or field may have moved.
async fn conforms(server: &'static str, case: &Case, adapters: &Adapters, place: &impl Place) {
    let before = place.everything().await;
    let (real, simulated) = (really(case, adapters, place).await, simulated(case));
    let known =
        |name: &str| KNOWN.iter().find(|(at, step, _)| (*at, *step) == (server, name)).map(|(.., answer)| answer);
    let mut wrong = Vec::new();
    for (((name, _), real), simulated) in list(case).iter().zip(&real).zip(&simulated) {
        let as_expected = match known(name) {
            Some(answer) => real == answer && real != simulated,
            None => real == simulated,
        };
        if !as_expected {
            wrong.push(format!("{name}\n    {server}: {real:?}\n    simulated: {simulated:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} in {server} and in the simulated world:\n{}", case.name, wrong.join("\n"));
    assert_eq!(place.everything().await, before, "{}: what {server} says before and after", case.name);
    let _ =
        writeln!(std::io::stdout(), "conformance: {}: {} moves alike in {server} and simulated", case.name, real.len());
}

/// ministack takes any keys.
pub(crate) fn nobody() -> Account {
    let text = || "test".to_owned();
    Account { id: "0".repeat(12), access_key_id: text(), secret_access_key: text(), session_token: text() }
}

#[tokio::test]
async fn record_sets_in_ministack_answer_as_the_simulated_world_does() {
    let Some(ministack) = Ministack::shared() else { return };
    let (endpoint, account) = (ministack.endpoint(), nobody());
    let zone = Zone::new(&endpoint, &account, "conformance").await;
    let adapters = Adapters { records: Some(adapter(&endpoint, &account)), ..Adapters::default() };
    for case in [zone.aliases().await, zone.addresses().await, zone.wildcard().await] {
        conforms("ministack", &case, &adapters, &zone).await;
    }
}

#[tokio::test]
async fn a_rule_and_a_listener_in_moto_answer_as_the_simulated_world_does() {
    let Some(moto) = Moto::shared() else { return };
    let balancer = Balancer::new(moto);
    let adapters = Adapters { rules: Some(balancer.adapter()), ..Adapters::default() };
    for case in [balancer.rule().await, balancer.default_action().await] {
        conforms("moto", &case, &adapters, &balancer).await;
    }
}

#[tokio::test]
async fn a_rule_of_eventbridge_and_an_ecs_service_in_moto_answer_as_the_simulated_world_does() {
    let Some(moto) = Moto::shared() else { return };
    let owners = Owners::new(moto);
    let adapters = Adapters { rules: Some(owners.adapter()), ..Adapters::default() };
    for case in [owners.rule(), owners.service()] {
        conforms("moto", &case, &adapters, &owners).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn work_in_a_real_cluster_answers_as_the_simulated_world_does_while_its_controllers_write_its_status() {
    let Some(cluster) = Cluster::shared() else { return };
    let work = Work::new(cluster).await;
    let adapters = Adapters { routes: Some(work.routes()), ..Adapters::default() };
    for case in [work.cron_job().await, work.deployment().await, work.scaled_object().await] {
        conforms("the API server", &case, &adapters, &work).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn routes_of_a_real_api_server_answer_as_the_simulated_world_does_while_their_status_is_written() {
    let Some(cluster) = Cluster::shared() else { return };
    let annotations = serde_json::json!({"example.com/controller": "somebody"});
    for (name, annotations) in [("a route without annotations", None), ("a route with annotations", Some(annotations))]
    {
        let space = Space::new(cluster).await;
        let case = space.route(cluster, name, annotations).await;
        let routes = caravan_providers_kubernetes::Routes::new(space.client.clone());
        let adapters = Adapters { routes: Some(routes), ..Adapters::default() };
        let count = Arc::new(AtomicU64::new(0));
        let writer = space.keep_writing_status(Arc::clone(&count));
        conforms("the API server", &case, &adapters, &space).await;
        assert!(!writer.is_finished(), "the status could not be written");
        writer.abort();
        let _ = writeln!(
            std::io::stdout(),
            "conformance: {name}: {} writes of its status meanwhile",
            count.load(Ordering::Relaxed)
        );
    }
}
