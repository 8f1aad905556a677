//! The driver of moves: intent before the change, one driver at a time, people's words, and another one after a crash.

use crate::{Journal, JournalError, MoveDriver, MoveError, MoveWorld, Stays};
use caravan_cutover_domains::{
    Act, Answer, Authority, CustomerRecord, EdgeSight, Edges, Event, Held, Lead, Look, MovePlan, OrderStatus, Outcome,
    Proof, ServerAnswer, Sides, Sight, Stage, State, Times, replay,
};
use caravan_cutover_engine::{Clock, Moment};
use caravan_providers::{CallError, Verdict};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

const RUN: &str = "move-1";

/// A clock that goes on by what is waited for, never slower than that.
#[derive(Clone, Debug, Default)]
struct Skipping(Arc<Mutex<u64>>);

impl Clock for Skipping {
    fn now(&self) -> Moment {
        Moment(*self.0.lock().unwrap())
    }

    fn time_of_day(&self) -> Moment {
        self.now()
    }

    async fn until(&self, moment: Moment) {
        tokio::task::yield_now().await;
        let mut now = self.0.lock().unwrap();
        *now = (*now).max(moment.0);
    }
}

/// A world in which everything goes well, that notes what it was asked to change and what the journal held by then.
#[derive(Clone)]
struct Noting {
    journal: Journal,
    acts: Arc<Mutex<Vec<Act>>>,
    held: Arc<Mutex<bool>>,
    /// Where the customer's name leads.
    leads: Arc<Mutex<&'static str>>,
    /// The change in which the driver dies.
    dies_in: Option<&'static str>,
}

fn answers(to: &str) -> BTreeSet<String> {
    BTreeSet::from([to.to_owned()])
}

impl MoveWorld for Noting {
    async fn look(&self, _: &MovePlan, look: &Look) -> Result<Sight, CallError> {
        let held = || Held { fingerprint: "f".to_owned(), ends: Moment(u64::MAX) };
        Ok(match look {
            Look::Route => Sight::Route(Verdict::Pass),
            Look::Order { .. } => Sight::Order(match self.acts.lock().unwrap().last() {
                Some(Act::Finalize { .. }) => OrderStatus::Valid,
                _ => OrderStatus::Ready,
            }),
            Look::Presented { .. } => Sight::Presented(Verdict::Pass),
            Look::Held => Sight::Held(self.held.lock().unwrap().then(held)),
            Look::Edge => Sight::Edge(EdgeSight::Served),
            Look::Sides => Sight::Sides(Sides {
                new: Verdict::Pass,
                old: Verdict::Pass,
                shown: Some(held()),
                old_shown: Some(held()),
            }),
            Look::Names => {
                let answer = Ok(answers(*self.leads.lock().unwrap()));
                Sight::Names(vec![ServerAnswer { server: "ns1".to_owned(), answer }])
            }
            Look::Dangling => Sight::Dangling(Vec::new()),
            Look::Record | Look::Settled(_) => return Err(CallError::NotSent("there is no record of ours".to_owned())),
        })
    }

    async fn act(&self, _: &MovePlan, act: &Act) -> Result<Answer, CallError> {
        // The intent is durable before the change (K1).
        let (_, events) = self.journal.read_move(RUN).await.unwrap();
        assert!(matches!(events.last(), Some(Event::Intended { act: intended, .. }) if intended == act));
        self.acts.lock().unwrap().push(act.clone());
        if self.dies_in == Some(act.name()) {
            std::future::pending::<()>().await;
        }
        Ok(match act {
            Act::Order => Answer::Ordered { order: "https://acme.test/1".to_owned() },
            Act::Store { .. } => {
                *self.held.lock().unwrap() = true;
                Answer::Stored(Held { fingerprint: "f".to_owned(), ends: Moment(u64::MAX) })
            }
            _ => Answer::Done,
        })
    }
}

fn plan() -> MovePlan {
    MovePlan {
        run: RUN.to_owned(),
        name: "shop.example.com".to_owned(),
        lead: Lead::Customer(CustomerRecord { old: answers("old"), new: answers("new"), ttl: 60_000 }),
        names: vec!["shop.example.com".to_owned()],
        authority: Authority {
            directory: "https://acme.test".to_owned(),
            gives_open_orders_again: false,
            has_limits: false,
        },
        proof: Proof::Http,
        edges: Edges {
            old: vec!["192.0.2.1:443".to_owned()],
            new: vec!["198.51.100.1:443".to_owned()],
            path: "/".to_owned(),
            status: (200, 299),
            cluster: "new".to_owned(),
            namespace: "vanity".to_owned(),
            secret: "shop-tls".to_owned(),
            objects: Vec::new(),
        },
        window: None,
        times: Times { soak: 3_600_000, ..Times::default() },
        failed_before: Vec::new(),
        own_zones: Some(vec!["example.com".to_owned()]),
    }
}

struct Room {
    folder: tempfile::TempDir,
    world: Noting,
    clock: Skipping,
}

impl Room {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = camino::Utf8PathBuf::from_path_buf(folder.path().join("journal.db")).unwrap();
        let journal = Journal::open(&file).unwrap();
        journal.create_move(&plan(), "ann", "0", Moment(0)).await.unwrap();
        let world = Noting {
            journal,
            acts: Arc::default(),
            held: Arc::default(),
            leads: Arc::new(Mutex::new("old")),
            dies_in: None,
        };
        Self { folder, world, clock: Skipping::default() }
    }

    fn driver(&self, name: &str) -> MoveDriver<Noting, Skipping> {
        MoveDriver {
            journal: self.world.journal.clone(),
            world: self.world.clone(),
            clock: self.clock.clone(),
            name: name.to_owned(),
            lease_ms: 15_000,
            stays: Stays::UntilItWaits,
        }
    }

    async fn drive(&self, name: &str) -> State {
        self.driver(name).drive(RUN, "ann", |_, _| {}).await.unwrap()
    }

    async fn says(&self, event: Event) {
        self.world.journal.submit_move(RUN, &event).await.unwrap();
    }

    fn acts(&self) -> Vec<&'static str> {
        self.world.acts.lock().unwrap().iter().map(Act::name).collect()
    }
}

fn approved(at: u64) -> Event {
    Event::Approved { who: "ann".to_owned(), at: Moment(at) }
}

#[tokio::test]
async fn a_move_goes_on_under_one_driver_after_another_until_it_is_done() {
    let room = Room::new().await;
    let ready = room.drive("one").await;
    assert_eq!((ready.stage, ready.led), (Stage::Flip, false));
    assert_eq!(
        room.acts(),
        [
            "order a certificate",
            "answer the challenge",
            "have the name validated",
            "finalize the order",
            "store the certificate",
            "clear the challenge",
            "let the new edge serve the name",
        ]
    );
    room.says(Event::ReleaseApproved { who: "ann".to_owned(), at: Moment(1) }).await;
    room.says(approved(2)).await;
    let told = room.drive("two").await;
    assert_eq!((told.stage, told.led), (Stage::Flip, true));
    assert!(room.world.journal.move_refusal(RUN).await.unwrap().unwrap().contains("does not fit here"));
    *room.world.leads.lock().unwrap() = "new";
    let soaked = room.drive("three").await;
    assert_eq!(soaked.stage, Stage::Release);
    for (who, at) in [("ann", 3), ("bob", 4)] {
        room.says(Event::ReleaseApproved { who: who.to_owned(), at: Moment(at) }).await;
    }
    assert_eq!(room.drive("four").await.stage, Stage::Over(Outcome::Done));
    let (record, events) = room.world.journal.read_move(RUN).await.unwrap();
    assert!(record.ended && replay(&record.plan, &events).unwrap().stage == Stage::Over(Outcome::Done));
    assert_eq!(room.acts().iter().filter(|act| **act == "order a certificate").count(), 1);
    // Only now another move of the hostname may begin.
    let again = MovePlan { run: "move-2".to_owned(), ..plan() };
    room.world.journal.create_move(&again, "ann", "0", Moment(5)).await.unwrap();
    let third = MovePlan { run: "move-3".to_owned(), ..plan() };
    let refused = room.world.journal.create_move(&third, "ann", "0", Moment(5)).await.unwrap_err();
    assert!(matches!(refused, JournalError::MoveUnderWay { .. }), "{refused}");
}

#[tokio::test]
async fn what_a_driver_died_in_is_in_doubt_for_the_next() {
    let mut room = Room::new().await;
    room.world.dies_in = Some("order a certificate");
    {
        let (driver, before) = (room.driver("one"), room.acts().len());
        let driving = driver.drive(RUN, "ann", |_, _| {});
        tokio::pin!(driving);
        // Dropped in the midst of the change: its lease is not given up.
        tokio::select! {
            _ = &mut driving => panic!("it dies"),
            () = async { while room.acts().len() == before { tokio::task::yield_now().await } } => {}
        }
    }
    room.world.dies_in = None;
    let held = room.drive("two").await;
    assert_eq!(held.hold, Some(caravan_cutover_domains::Hold::OrderInDoubt));
    assert_eq!((held.epoch, room.acts().len()), (2, 1));
    room.says(Event::Retried { who: "ann".to_owned(), at: room.clock.now() }).await;
    assert_eq!(room.drive("three").await.stage, Stage::Flip);
    assert!(room.folder.path().exists());
}

#[tokio::test]
async fn whoever_lost_the_lease_appends_nothing_more() {
    let room = Room::new().await;
    room.drive("one").await;
    let journal = &room.world.journal;
    let (_, events) = journal.read_move(RUN).await.unwrap();
    room.drive("two").await;
    let next = events.len() as u64 + 1;
    let late = journal.append_move(RUN, (next, 1), &approved(9), None, false).await.unwrap_err();
    assert!(matches!(late, JournalError::LeaseLost { .. }), "{late}");
    let error = MoveError::LeaseHeld { name: "shop.example.com".to_owned() };
    assert_eq!(error.to_string(), "another driver moves shop.example.com");
}

#[tokio::test]
async fn a_changed_entry_breaks_the_chain_of_a_move() {
    let room = Room::new().await;
    room.drive("one").await;
    let raw = rusqlite::Connection::open(room.folder.path().join("journal.db")).unwrap();
    assert!(raw.execute("UPDATE move_event SET payload = '{}' WHERE sequence = 2", []).is_err());
    raw.execute_batch("DROP TRIGGER move_event_is_never_changed").unwrap();
    let changed = "UPDATE move_event SET payload = replace(payload, 'pass', 'Pass') WHERE sequence = 2";
    assert_eq!(raw.execute(changed, []).unwrap(), 1);
    let broken = room.world.journal.read_move(RUN).await.unwrap_err();
    assert!(matches!(broken, JournalError::BrokenChain { sequence: 2, .. }), "{broken}");
}
