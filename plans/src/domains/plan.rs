//! The plan of all domains: class, way and moment of each, what the limits let happen, and what raising one would gain.

use super::flag::after_window;
use super::{Choice, Class, Classified, DomainPolicy, Flag, Method, Ours, choose_method, classify, flags};
use crate::budget::{Draw, LimitKind, Limits, Schedule, Task, registered_domain, schedule};
use caravan_inventory::Domain;
use jiff::{SignedDuration, Timestamp};

/// Between the two passes of what is tried before a name moves.
const BETWEEN_PASSES: SignedDuration = SignedDuration::from_hours(1);
/// The calls that a name costs at Cloudflare at most: its custom hostname is made, and looked at twice; its record is read, changed
/// and read again. Of all names as many: the schedule holds nobody up by who wants more.
const CALLS_AT_CLOUDFLARE: u64 = 6;
/// How many validations of a name may fail before a person looks: fewer than the limit, which then holds nobody up.
const FAILURES: u64 = 2;
/// How many times as much one asks for when one asks.
const RAISED: u64 = 10;

/// One domain in the plan.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DomainLine {
    /// Its class, or why it has none.
    pub classified: Classified,
    /// The way to its certificate, or why there is none; none where it has no class.
    pub choice: Option<Choice>,
    /// The earliest moment at which its certificate can be there and be tried twice, so that its name may move. None where there
    /// is no way yet, or what the customer does first can't be foreseen.
    pub ready_at: Option<Timestamp>,
    /// Whether the customer has to do something before, or for the move itself.
    pub waits_for_customer: bool,
    /// What wants a person's eye.
    pub flags: Vec<Flag>,
}

/// One limit in the plan.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BudgetLine {
    /// Which.
    pub kind: LimitKind,
    /// How many there may be: at once, or in its stretch of time.
    pub limit: u64,
    /// How many the plan draws, from the account, domain or name that it draws most from.
    pub used: u64,
    /// How many domains wait for it.
    pub waits: u64,
}

/// What raising a limit would gain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Gain {
    /// Which.
    pub kind: LimitKind,
    /// To how many at once.
    pub raised_to: u64,
    /// When all that is planned would be done.
    pub done_at: Timestamp,
}

/// The plan.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DomainsPlan {
    /// Of each domain, in the order given.
    pub domains: Vec<DomainLine>,
    /// Of each limit.
    pub budgets: Vec<BudgetLine>,
    /// When the last of those that have a moment has it; none where none has.
    pub done_at: Option<Timestamp>,
    /// How many have a moment.
    pub planned: usize,
    /// What raising each limit that can be raised would gain, where it would gain anything.
    pub gains: Vec<Gain>,
}

/// Plans all domains from a moment on, at which all buckets are taken to be full.
#[must_use]
pub fn plan_domains(domains: &[Domain], ours: &Ours, policy: &DomainPolicy, from: Timestamp) -> DomainsPlan {
    let mut lines: Vec<DomainLine> = domains.iter().map(|domain| line(domain, ours, policy, from)).collect();
    let (numbers, tasks): (Vec<usize>, Vec<Task>) = tasks(domains, &lines, ours).unzip();
    let limits = policy.limits();
    let laid = Laid::out(&tasks, &limits);
    for (number, ready) in numbers.iter().zip(&laid.ready) {
        lines[*number].ready_at = after(from, *ready);
        lines[*number].note_window(&domains[*number]);
    }
    let done = laid.done();
    let done_at = done.and_then(|done| after(from, done));
    let raise = |kind: LimitKind| {
        let raised_to = limits.get(kind).most * RAISED;
        let better =
            Laid::out(&tasks, &limits.clone().with(kind, raised_to)).done().filter(|better| Some(*better) < done)?;
        Some(Gain { kind, raised_to, done_at: after(from, better)? })
    };
    // Only what is waited for can gain.
    let is_waited_for = |kind: &LimitKind| kind.can_be_raised() && laid.waits(*kind) > 0;
    let gains = LimitKind::ALL.into_iter().filter(is_waited_for).filter_map(raise).collect();
    let budgets = LimitKind::ALL.into_iter().map(|kind| laid.budget(kind, &limits)).collect();
    DomainsPlan { domains: lines, budgets, done_at, planned: numbers.len(), gains }
}

impl DomainLine {
    /// Holds the moment against the window that the customer was promised.
    fn note_window(&mut self, domain: &Domain) {
        if let Some(flag) = self.ready_at.and_then(|ready| after_window(domain, ready)) {
            self.flags.retain(|other| other.kind != flag.kind);
            self.flags.push(flag);
            self.flags.sort();
        }
    }
}

fn line(domain: &Domain, ours: &Ours, policy: &DomainPolicy, now: Timestamp) -> DomainLine {
    let classified = classify(domain, ours);
    let class = classified.class.as_ref().ok().copied();
    let choice = class.map(|class| choose_method(domain, class, ours, policy, now));
    let is_asked = class.is_some_and(|class| asks_customer(domain, class));
    let waits_for_customer = is_asked || choice.as_ref().is_some_and(|choice| choice.customer > 0);
    DomainLine { classified, choice, ready_at: None, waits_for_customer, flags: flags(domain, ours, policy, now) }
}

fn asks_customer(domain: &Domain, class: Class) -> bool {
    let records = domain.inspection.as_ref().and_then(|look| look.records.found());
    records.is_some_and(|records| class.asks_customer(records))
}

/// What is drawn for each domain whose certificate waits for nobody, with the domain's number. The least tier goes first.
fn tasks(domains: &[Domain], lines: &[DomainLine], ours: &Ours) -> impl Iterator<Item = (usize, Task)> {
    domains.iter().zip(lines).enumerate().filter_map(|(number, (domain, line))| {
        let choice = line.choice.as_ref().filter(|choice| choice.customer == 0)?;
        let class = *line.classified.class.as_ref().ok()?;
        let tier = domain.request.as_ref().and_then(|request| request.tier);
        let rank = u32::from(tier.unwrap_or(3));
        let draws = draws(domain, choice.method?, changes(domain, class, ours));
        Some((number, Task { not_before: 0, rank, draws }))
    })
}

/// Where we change something so that the name moves.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Changed {
    Nowhere,
    Cloudflare,
    Route53,
}

/// The zone of ours in which the record stands that is changed: the name's own, or the one of what it is an alias of.
fn changes(domain: &Domain, class: Class, ours: &Ours) -> Changed {
    let look = domain.inspection.as_ref();
    let zone = match class {
        Class::A => look.and_then(|look| look.zone.found()).map(|zone| zone.name.as_str()),
        Class::B => look
            .and_then(|look| look.records.found())
            .and_then(|records| records.chain.iter().find_map(|alias| ours.zone_of(&alias.target))),
        Class::F if !asks_customer(domain, class) => return Changed::Cloudflare,
        Class::C | Class::D | Class::E | Class::F => return Changed::Nowhere,
    };
    if zone.is_some_and(|zone| ours.is_at_cloudflare(zone)) { Changed::Cloudflare } else { Changed::Route53 }
}

fn draws(domain: &Domain, method: Method, changed: Changed) -> Vec<(Draw, u64)> {
    let name = domain.name.as_str();
    let of = |kind, key: &str, count| (Draw { kind, key: key.to_owned() }, count);
    let mut draws = Vec::new();
    if method.is_new_order() {
        draws.push(of(LimitKind::NewOrders, "account", 1));
        draws.push(of(LimitKind::PerRegisteredDomain, registered_domain(name), 1));
        draws.push(of(LimitKind::PerExactNames, name, 1));
        draws.push(of(LimitKind::FailedValidations, name, FAILURES));
    }
    if method == Method::CustomHostname {
        draws.push(of(LimitKind::CustomHostnames, "account", 1));
    }
    // The change of the record, or of what is behind the customer's alias. It comes later, of all by the same time: what holds
    // for the moments of the orders holds for those of the changes.
    if method == Method::CustomHostname || changed == Changed::Cloudflare {
        draws.push(of(LimitKind::CloudflareRequests, "user", CALLS_AT_CLOUDFLARE));
    }
    if changed == Changed::Route53 {
        draws.push(of(LimitKind::Route53Requests, "account", 1));
    }
    draws
}

/// A schedule, and when each task's name may move.
struct Laid {
    schedule: Schedule,
    ready: Vec<u64>,
}

impl Laid {
    fn out(tasks: &[Task], limits: &Limits) -> Self {
        let schedule = schedule(tasks, limits);
        let tried = u64::try_from(BETWEEN_PASSES.as_millis()).unwrap_or_default();
        let ready = schedule.at.iter().map(|at| at.saturating_add(tried)).collect();
        Self { schedule, ready }
    }

    fn done(&self) -> Option<u64> {
        self.ready.iter().max().copied()
    }

    fn waits(&self, kind: LimitKind) -> u64 {
        self.schedule.spent.get(&kind).map_or(0, |spent| spent.waited)
    }

    fn budget(&self, kind: LimitKind, limits: &Limits) -> BudgetLine {
        let used = self.schedule.spent.get(&kind).map_or(0, |spent| spent.most);
        BudgetLine { kind, limit: limits.get(kind).most, used, waits: self.waits(kind) }
    }
}

fn after(from: Timestamp, milliseconds: u64) -> Option<Timestamp> {
    from.checked_add(SignedDuration::from_millis(i64::try_from(milliseconds).ok()?)).ok()
}
