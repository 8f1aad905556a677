//! A world in virtual time: name servers and what resolvers remember of them, both edges, an authority, a customer.

use crate::plans::{DAY, HOUR, MINUTE, NEW, OLD, SECOND, START, snapshot};
use caravan_cutover_domains::{
    Act, Answer, EdgeSight, Held, Lead, Look, Message, MovePlan, OrderStatus, ServerAnswer, Sides, Sight,
};
use caravan_cutover_engine::Moment;
use caravan_providers::target::{FencingToken, Snapshot};
use caravan_providers::{CallError, Verdict, Write};
use fastrand::Rng;
use std::collections::BTreeSet;

/// A stretch of time.
pub(crate) type Span = (Moment, Moment);

/// What is wrong with the world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wrong {
    /// The authority may not sign, until then.
    pub(crate) caa_until: Moment,
    /// How many validations fail.
    pub(crate) failing_validations: u32,
    /// The answer to a challenge is seen from outside, and the authority fails all the same, or it is not seen at all.
    pub(crate) challenge_unseen: bool,
    /// Milliseconds that certificates last.
    pub(crate) certificates_last: Option<u64>,
    /// When the old edge's certificate ends.
    pub(crate) old_ends: Option<Moment>,
    /// The new edge never serves the name.
    pub(crate) never_served: bool,
    /// The new edge fails its users then.
    pub(crate) new_fails: Option<Span>,
    /// The old edge does not answer then.
    pub(crate) old_fails: Option<Span>,
    /// No API can be reached then.
    pub(crate) outages: Vec<Span>,
    /// Somebody writes this into the record, or the customer does, at that moment.
    pub(crate) edits: Vec<(Moment, Snapshot)>,
    /// Some limit of the authority has no order before this moment.
    pub(crate) limited_until: Moment,
    /// Something would be left dangling then.
    pub(crate) dangles: Option<Span>,
    /// The customer follows what they are told after so long; never without.
    pub(crate) customer_follows: Option<u64>,
    /// Of a hundred calls, so many bring no answer.
    pub(crate) lost: u32,
    /// Of a hundred calls, so many are throttled.
    pub(crate) throttled: u32,
}

/// An order at the authority.
#[derive(Clone, Debug)]
pub(crate) struct PlacedOrder {
    pub(crate) url: String,
    status: OrderStatus,
    /// When what was asked for happens.
    due: Option<Moment>,
    finalizing: bool,
    presented: bool,
}

/// What a resolver remembers.
#[derive(Clone, Debug)]
struct Remembered {
    address: String,
    until: Moment,
    /// Keeps answers for twice their time.
    is_bad: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) now: Moment,
    pub(crate) wrong: Wrong,
    plan: MovePlan,
    rng: Rng,
    /// What the API has of the record.
    pub(crate) record: Snapshot,
    pub(crate) token: Option<FencingToken>,
    /// What the two name servers answer, and from when on they answer what the API has.
    served: [Snapshot; 2],
    spread: [Moment; 2],
    resolvers: Vec<Remembered>,
    pub(crate) orders: Vec<PlacedOrder>,
    pub(crate) secret: Option<Held>,
    pub(crate) provisioned: Option<Moment>,
    pub(crate) old_is_gone: bool,
    /// Changes on their way that land at a moment, although their answer is lost.
    flying: Vec<(Moment, Act)>,
    customer_acts: Option<(Moment, &'static str)>,
    /// What the customer was told, and when.
    pub(crate) told: Vec<(Moment, Message)>,
    /// When validations failed.
    pub(crate) failed: Vec<Moment>,
    /// How many orders were taken from the limits.
    pub(crate) reserved: u64,
    /// Orders that were placed although one was open or had brought a certificate that lasts.
    pub(crate) needless_orders: u32,
    /// What the record was made by this run, in order.
    pub(crate) writes: Vec<(Moment, Write)>,
}

impl World {
    pub(crate) fn new(plan: &MovePlan, wrong: Wrong, seed: u64) -> Self {
        let (record, ttl) = match &plan.lead {
            Lead::Ours(own) => (own.original.clone(), own.original_ttl),
            Lead::Customer(record) => (snapshot(OLD, 3_600), record.ttl),
        };
        let mut rng = Rng::with_seed(seed);
        let resolvers = (0..6).map(|nth| Remembered {
            address: OLD.to_owned(),
            until: START.plus_ms(rng.u64(0..ttl)),
            is_bad: nth == 5,
        });
        let resolvers = resolvers.collect();
        Self {
            now: START,
            wrong,
            plan: plan.clone(),
            rng,
            served: [record.clone(), record.clone()],
            record,
            token: None,
            spread: [START; 2],
            resolvers,
            orders: Vec::new(),
            secret: None,
            provisioned: None,
            old_is_gone: false,
            flying: Vec::new(),
            customer_acts: None,
            told: Vec::new(),
            failed: Vec::new(),
            reserved: 0,
            needless_orders: 0,
            writes: Vec::new(),
        }
    }

    /// Lets time pass, step by step, and gives the first resolver whose users find nobody.
    pub(crate) fn pass(&mut self, until: Moment) -> Option<String> {
        while self.now < until {
            let step = if until.0 - self.now.0 > 10 * MINUTE { 30 * SECOND } else { 10 * SECOND };
            self.now = self.now.plus_ms(step.min(until.0 - self.now.0));
            self.happen();
            if let Some(dark) = self.dark() {
                return Some(dark);
            }
        }
        None
    }

    /// What is due by now.
    fn happen(&mut self) {
        let (now, landing): (Moment, Vec<Act>) = {
            let now = self.now;
            let due = self.flying.iter().filter(|(at, _)| *at <= now).map(|(_, act)| act.clone()).collect();
            self.flying.retain(|(at, _)| *at > now);
            (now, due)
        };
        for act in landing {
            let _late = self.carry_out(&act);
        }
        let edits: Vec<Snapshot> =
            self.wrong.edits.iter().filter(|(at, _)| *at <= now).map(|(_, edit)| edit.clone()).collect();
        self.wrong.edits.retain(|(at, _)| *at > now);
        for edit in edits {
            self.write_record(edit, self.token.clone());
        }
        if let Some((_, address)) = self.customer_acts.filter(|(at, _)| *at <= now) {
            self.customer_acts = None;
            self.write_record(snapshot(address, 3_600), None);
        }
        for nth in 0..2 {
            if self.spread[nth] <= now {
                self.served[nth] = self.record.clone();
            }
        }
        self.orders_go_on();
        for nth in 0..self.resolvers.len() {
            if self.resolvers[nth].until <= now {
                let server = self.rng.usize(0..2);
                let (address, ttl) = address_of(&self.served[server]);
                let one = &mut self.resolvers[nth];
                let factor = if one.is_bad { 2 } else { 1 };
                *one = Remembered { address, until: now.plus_ms(u64::from(ttl) * SECOND * factor), ..one.clone() };
            }
        }
    }

    fn orders_go_on(&mut self) {
        let now = self.now;
        for order in &mut self.orders {
            if order.due.is_none_or(|due| due > now) {
                continue;
            }
            order.due = None;
            if order.finalizing {
                order.status = OrderStatus::Valid;
            } else if self.wrong.failing_validations > 0 || !order.presented {
                self.wrong.failing_validations = self.wrong.failing_validations.saturating_sub(1);
                self.failed.push(now);
                let reason = "the answer is not the one that belongs to the challenge".to_owned();
                order.status = OrderStatus::Invalid { reason, by_validation: true };
            } else {
                order.status = OrderStatus::Ready;
            }
        }
    }

    fn write_record(&mut self, record: Snapshot, token: Option<FencingToken>) {
        (self.record, self.token) = (record, token);
        self.spread = [0, 1].map(|_| self.now.plus_ms(self.rng.u64(1..40) * SECOND));
    }

    /// Whose users find nobody.
    fn dark(&self) -> Option<String> {
        let strangers = |address: &str| address != OLD && address != NEW;
        self.resolvers.iter().find_map(|one| {
            let why = match one.address.as_str() {
                other if strangers(other) => return None,
                OLD => self.old_dark(),
                _ => self.new_dark(),
            };
            why.map(|why| format!("{}: {why}", one.address))
        })
    }

    fn old_dark(&self) -> Option<&'static str> {
        if self.old_is_gone {
            return Some("the old edge is gone");
        }
        (self.old_ends() <= self.now).then_some("the old edge's certificate is over")
    }

    fn new_dark(&self) -> Option<&'static str> {
        match (&self.secret, self.provisioned) {
            (None, _) => Some("the new edge has no certificate"),
            (_, None) => Some("the new edge has no route"),
            (Some(held), _) if held.ends <= self.now => Some("the new edge's certificate is over"),
            (_, Some(at)) if at > self.now || self.wrong.never_served => Some("the new edge does not serve it yet"),
            _ => None,
        }
    }

    fn old_ends(&self) -> Moment {
        self.wrong.old_ends.unwrap_or(START.plus_ms(400 * DAY))
    }

    /// Whether users led to the new edge would find it.
    pub(crate) fn new_is_ready(&self) -> bool {
        self.new_dark().is_none()
    }

    fn is_out(&self) -> bool {
        self.wrong.outages.iter().any(|span| within(*span, self.now))
    }

    fn trouble(&mut self) -> Option<CallError> {
        if self.is_out() {
            return Some(CallError::NotSent("no connection".to_owned()));
        }
        (self.rng.u32(0..100) < self.wrong.throttled).then(|| CallError::Throttled("slow down".to_owned()))
    }

    /// Makes a change once, with whatever goes wrong.
    pub(crate) fn act(&mut self, act: &Act) -> Result<Answer, CallError> {
        if let Some(error) = self.trouble() {
            return Err(error);
        }
        if self.rng.u32(0..100) < self.wrong.lost {
            match self.rng.u32(0..3) {
                0 => {}
                1 => drop(self.carry_out(act)),
                _ => {
                    let at = self.now.plus_ms(self.rng.u64(1..self.plan.times.in_flight));
                    self.flying.push((at, act.clone()));
                }
            }
            return Err(CallError::InDoubt("no answer".to_owned()));
        }
        self.carry_out(act)
    }

    fn carry_out(&mut self, act: &Act) -> Result<Answer, CallError> {
        match act {
            Act::Reserve => {
                let is_free = self.wrong.limited_until <= self.now;
                self.reserved += u64::from(is_free);
                Ok(Answer::Reserved { until: (!is_free).then_some(self.wrong.limited_until) })
            }
            Act::Order => Ok(Answer::Ordered { order: self.place() }),
            Act::Present { order } => {
                self.of(order).presented = true;
                Ok(Answer::Done)
            }
            Act::Clear { order } => {
                self.of(order).presented = false;
                Ok(Answer::Done)
            }
            Act::Validate { order } => {
                let due = self.now.plus_ms(self.rng.u64(1..20) * SECOND);
                let order = self.of(order);
                if order.status == OrderStatus::Pending {
                    order.due = Some(due);
                }
                Ok(Answer::Done)
            }
            Act::Finalize { order } => {
                let due = self.now.plus_ms(self.rng.u64(1..20) * SECOND);
                let order = self.of(order);
                if order.status != OrderStatus::Ready {
                    return Err(CallError::Rejected("the order is not ready".to_owned()));
                }
                (order.status, order.due, order.finalizing) = (OrderStatus::Processing, Some(due), true);
                Ok(Answer::Done)
            }
            Act::Store { order } => self.store(&order.clone()),
            Act::Provision => {
                let at = self.now.plus_ms(self.rng.u64(1..20) * SECOND);
                self.provisioned.get_or_insert(at);
                Ok(Answer::Done)
            }
            Act::Unprovision => {
                self.provisioned = None;
                Ok(Answer::Done)
            }
            Act::Write(write) => self.swap(write),
            Act::Tell(message) => {
                self.tell(*message);
                Ok(Answer::Done)
            }
        }
    }

    fn of(&mut self, url: &str) -> &mut PlacedOrder {
        self.orders.iter_mut().find(|order| order.url == url).unwrap()
    }

    fn place(&mut self) -> String {
        let is_open = |order: &&PlacedOrder| matches!(order.status, OrderStatus::Pending | OrderStatus::Ready);
        if let Some(open) = self.orders.iter().find(is_open) {
            if self.plan.authority.gives_open_orders_again {
                return open.url.clone();
            }
            self.needless_orders += 1;
        }
        let needs = self.plan.times.soak + self.plan.times.margin;
        let lasts = self.secret.as_ref().is_some_and(|held| held.ends >= self.now.plus_ms(needs));
        let is_wanted = |order: &PlacedOrder| order.status == OrderStatus::Processing;
        if lasts || self.orders.iter().any(is_wanted) {
            self.needless_orders += 1;
        }
        let url = format!("https://acme.test/order/{}", self.orders.len() + 1);
        let status = OrderStatus::Pending;
        self.orders.push(PlacedOrder { url: url.clone(), status, due: None, finalizing: false, presented: false });
        url
    }

    fn store(&mut self, url: &str) -> Result<Answer, CallError> {
        if self.of(url).status != OrderStatus::Valid {
            return Err(CallError::Rejected("there is no certificate".to_owned()));
        }
        let fingerprint = format!("of {url}");
        if let Some(held) = self.secret.as_ref().filter(|held| held.fingerprint == fingerprint) {
            return Ok(Answer::Stored(held.clone()));
        }
        let lasts = self.wrong.certificates_last.unwrap_or(64 * DAY);
        let held = Held { fingerprint, ends: self.now.plus_ms(lasts) };
        self.secret = Some(held.clone());
        Ok(Answer::Stored(held))
    }

    fn swap(&mut self, write: &Write) -> Result<Answer, CallError> {
        if self.record != write.before || self.token != write.token_before {
            return Err(CallError::Conflict("the record is another one".to_owned()));
        }
        self.writes.push((self.now, write.clone()));
        self.write_record(write.after.clone(), write.token_after.clone());
        Ok(Answer::Done)
    }

    fn tell(&mut self, message: Message) {
        self.told.push((self.now, message));
        let Some(after) = self.wrong.customer_follows else { return };
        let to = match message {
            Message::Instruct | Message::Remind(_) | Message::ThirdValue | Message::Regressed => NEW,
            Message::PutBack => OLD,
        };
        self.customer_acts = Some((self.now.plus_ms(after), to));
    }

    /// Looks once.
    pub(crate) fn look(&mut self, look: &Look) -> Result<Sight, CallError> {
        if let Some(error) = self.trouble() {
            return Err(error);
        }
        if self.rng.u32(0..100) < self.wrong.lost {
            return Err(CallError::InDoubt("no answer".to_owned()));
        }
        Ok(match look {
            Look::Route => Sight::Route(if self.now < self.wrong.caa_until {
                Verdict::Fail { reason: "CAA at example.com lets only pki.goog sign".to_owned() }
            } else {
                Verdict::Pass
            }),
            Look::Order { order } => Sight::Order(self.of(order).status.clone()),
            Look::Presented { order } => {
                let is_seen = self.of(order).presented && !self.wrong.challenge_unseen;
                let unseen = || Verdict::Fail { reason: "404".to_owned() };
                Sight::Presented(if is_seen { Verdict::Pass } else { unseen() })
            }
            Look::Held => Sight::Held(self.secret.clone()),
            Look::Edge => Sight::Edge(match self.provisioned {
                None => EdgeSight::Absent,
                Some(at) if at > self.now || self.wrong.never_served => {
                    EdgeSight::Waiting { reason: "Programmed is False".to_owned() }
                }
                Some(_) => EdgeSight::Served,
            }),
            Look::Sides => Sight::Sides(self.sides()),
            Look::Record => Sight::Record { snapshot: self.record.clone(), token: self.token.clone() },
            Look::Settled(write) => {
                let shows = self.record == write.after && self.spread.iter().all(|at| *at <= self.now);
                Sight::Settled((!shows).then(|| "a name server answers something else".to_owned()))
            }
            Look::Dangling => Sight::Dangling(self.dangling()),
            Look::Names => Sight::Names(
                self.served
                    .iter()
                    .enumerate()
                    .map(|(nth, served)| ServerAnswer {
                        server: format!("ns{nth}"),
                        answer: Ok(BTreeSet::from([address_of(served).0])),
                    })
                    .collect(),
            ),
        })
    }

    /// What would be left dangling.
    pub(crate) fn dangling(&self) -> Vec<String> {
        let dangles = self.wrong.dangles.is_some_and(|span| within(span, self.now));
        dangles.then(|| "an AAAA record leads to the old edge".to_owned()).into_iter().collect()
    }

    fn sides(&self) -> Sides {
        let fails = |span: Option<Span>| span.is_some_and(|span| within(span, self.now));
        let verdict = |why: Option<&str>, fails: bool| match why {
            _ if fails => Verdict::Fail { reason: "503".to_owned() },
            Some(why) => Verdict::Fail { reason: why.to_owned() },
            None => Verdict::Pass,
        };
        Sides {
            new: verdict(self.new_dark(), fails(self.wrong.new_fails)),
            old: verdict(self.old_dark(), fails(self.wrong.old_fails)),
            shown: self.secret.clone().filter(|_| self.new_is_ready()),
            old_shown: Some(Held { fingerprint: "old".to_owned(), ends: self.old_ends() }),
        }
    }

    /// Nothing goes wrong any more.
    pub(crate) fn mend(&mut self) {
        let certificates_last = self.wrong.certificates_last;
        self.wrong = Wrong { certificates_last, customer_follows: Some(HOUR), ..Wrong::default() };
    }
}

pub(crate) fn within((from, until): Span, now: Moment) -> bool {
    (from..until).contains(&now)
}

/// What a record answers, and for how many seconds.
fn address_of(record: &Snapshot) -> (String, u32) {
    let Snapshot::Records(sets) = record else { panic!("no record: {record:?}") };
    (sets[0].values[0].clone(), sets[0].ttl.unwrap())
}
