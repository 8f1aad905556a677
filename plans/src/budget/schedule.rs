//! A schedule: each task at the first moment that all its limits allow, nobody held up by who waits for another limit.

use super::{Bucket, Limit, LimitKind, Limits};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

/// What is drawn from: one limit, for one account, domain or set of names.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Draw {
    /// Which limit.
    pub kind: LimitKind,
    /// For whom it is kept: an account, a registered domain, a set of names.
    pub key: String,
}

/// Something that is done once, at one moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Task {
    /// Not before this, in milliseconds from the start.
    pub not_before: u64,
    /// Who goes first where two could go: the lesser.
    pub rank: u32,
    /// What it draws, and how many: never more than the limit's burst, and of one limit every task as many, so that nobody who
    /// wants little is held up by one who wants much.
    pub draws: Vec<(Draw, u64)>,
}

/// What became of a limit.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Spent {
    /// How often it was drawn in all.
    pub drawn: u64,
    /// How often from its fullest bucket: one account, one domain.
    pub most: u64,
    /// How many tasks waited for it last: it is what binds.
    pub waited: u64,
    /// How long they waited for it, together, in milliseconds.
    pub waited_ms: u64,
}

/// The moments of all tasks.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Schedule {
    /// Of each task, in the order in which they were given, milliseconds from the start.
    pub at: Vec<u64>,
    /// Of each limit that was drawn, what became of it.
    pub spent: BTreeMap<LimitKind, Spent>,
}

/// A bucket with what was drawn from it.
#[derive(Clone, Copy, Default)]
struct Kept {
    bucket: Bucket,
    drawn: u64,
}

/// The buckets of all draws, each under a number: tasks by the ten thousand share few of them.
struct Buckets {
    limits: Vec<Limit>,
    kept: Vec<Kept>,
}

/// Lays out the tasks. Whoever could go at a moment goes by rank, then in the order given; who can't lets the others past.
#[must_use]
pub fn schedule(tasks: &[Task], limits: &Limits) -> Schedule {
    let (mut buckets, draws) = Buckets::of(tasks, limits);
    let mut result = Schedule { at: vec![0; tasks.len()], spent: BTreeMap::new() };
    let mut queue = Queue::of(tasks);
    while let Some((moment, number)) = queue.pop() {
        match buckets.next(&draws[number], moment) {
            (next, Some(bucket)) => queue.park(number, bucket, moment, next),
            (_, None) => {
                buckets.draw(&draws[number], moment);
                result.at[number] = moment;
                let waited_for = queue.states[number].waits_for.map(|bucket| buckets.limits[bucket].kind);
                note_wait(&mut result.spent, waited_for, moment - tasks[number].not_before);
                queue.leave(number, |bucket| buckets.kept[bucket].bucket.next(&buckets.limits[bucket], 1, moment));
            }
        }
    }
    buckets.sum(&mut result.spent);
    result
}

fn note_wait(spent: &mut BTreeMap<LimitKind, Spent>, limit: Option<LimitKind>, waited: u64) {
    if let Some(limit) = limit.filter(|_| waited > 0) {
        let spent = spent.entry(limit).or_default();
        spent.waited += 1;
        spent.waited_ms += waited;
    }
}

/// Who is looked at when. Of those that wait for one bucket only the first is looked at again, the others stand behind it: else
/// each drawing would wake everybody.
struct Queue<'a> {
    tasks: &'a [Task],
    states: Vec<State>,
    /// Moment, rank, number, and the ticket that the entry was made with: with another one than the task has now it is void.
    entries: BinaryHeap<Reverse<(u64, u32, usize, u32)>>,
    first: HashMap<usize, usize>,
    behind: HashMap<usize, BinaryHeap<Reverse<(u32, usize)>>>,
}

#[derive(Clone, Copy, Default)]
struct State {
    ticket: u32,
    /// The bucket that it waits for, or waited for last.
    waits_for: Option<usize>,
}

impl<'a> Queue<'a> {
    fn of(tasks: &'a [Task]) -> Self {
        let entries = tasks.iter().enumerate().map(|(number, task)| Reverse((task.not_before, task.rank, number, 0)));
        Self {
            tasks,
            states: vec![State::default(); tasks.len()],
            entries: entries.collect(),
            first: HashMap::new(),
            behind: HashMap::new(),
        }
    }

    /// The next task to look at, and the moment.
    fn pop(&mut self) -> Option<(u64, usize)> {
        while let Some(Reverse((moment, _, number, ticket))) = self.entries.pop() {
            if self.states[number].ticket == ticket {
                return Some((moment, number));
            }
        }
        None
    }

    /// Looks at a task at a moment, and at no other.
    fn look_at(&mut self, number: usize, moment: u64) {
        let ticket = self.void(number);
        self.entries.push(Reverse((moment, self.tasks[number].rank, number, ticket)));
    }

    /// Takes a task from whatever entry it has.
    fn void(&mut self, number: usize) -> u32 {
        self.states[number].ticket += 1;
        self.states[number].ticket
    }

    /// At `moment`, lets a task wait for a bucket that has something at `next`.
    fn park(&mut self, number: usize, bucket: usize, moment: u64, next: u64) {
        if self.states[number].waits_for != Some(bucket) {
            self.leave(number, |_| moment);
        }
        self.states[number].waits_for = Some(bucket);
        let by_rank = |number: usize| (self.tasks[number].rank, number);
        let later = match self.first.get(&bucket) {
            Some(first) if by_rank(*first) < by_rank(number) => Some(number),
            Some(first) if *first != number => Some(*first),
            _ => None,
        };
        if let Some(later) = later {
            self.behind.entry(bucket).or_default().push(Reverse(by_rank(later)));
            self.void(later);
        }
        if later != Some(number) {
            self.first.insert(bucket, number);
            self.look_at(number, next);
        }
    }

    /// A task does not wait any more where it waited first: the next one there is looked at, at the moment that is given for it.
    fn leave(&mut self, number: usize, at: impl Fn(usize) -> u64) {
        let Some(bucket) = self.states[number].waits_for else { return };
        if self.first.get(&bucket) != Some(&number) {
            return;
        }
        self.first.remove(&bucket);
        if let Some(Reverse((_, next))) = self.behind.get_mut(&bucket).and_then(BinaryHeap::pop) {
            self.first.insert(bucket, next);
            self.look_at(next, at(bucket));
        }
    }
}

impl Buckets {
    /// The buckets, and for each task the numbers of those that it draws from, and how many.
    fn of(tasks: &[Task], limits: &Limits) -> (Self, Vec<Vec<(usize, u64)>>) {
        let mut numbers: HashMap<&Draw, usize> = HashMap::new();
        let mut buckets = Self { limits: Vec::new(), kept: Vec::new() };
        let mut number_of = |draw| {
            *numbers.entry(draw).or_insert_with(|| {
                buckets.limits.push(limits.get(draw.kind));
                buckets.kept.push(Kept::default());
                buckets.kept.len() - 1
            })
        };
        let mut draws = Vec::with_capacity(tasks.len());
        for task in tasks {
            draws.push(task.draws.iter().map(|(draw, count)| (number_of(draw), *count)).collect());
        }
        (buckets, draws)
    }

    /// The first moment from `now` on that all of them allow, and the one that allows it last, if any makes it wait.
    fn next(&self, draws: &[(usize, u64)], now: u64) -> (u64, Option<usize>) {
        let mut last = (now, None);
        for (number, count) in draws {
            let next = self.kept[*number].bucket.next(&self.limits[*number], *count, now);
            if next > last.0 {
                last = (next, Some(*number));
            }
        }
        last
    }

    fn draw(&mut self, draws: &[(usize, u64)], now: u64) {
        for (number, count) in draws {
            let kept = &mut self.kept[*number];
            kept.bucket.draw(&self.limits[*number], *count, now);
            kept.drawn += count;
        }
    }

    fn sum(&self, spent: &mut BTreeMap<LimitKind, Spent>) {
        for (limit, kept) in self.limits.iter().zip(&self.kept) {
            let spent = spent.entry(limit.kind).or_default();
            spent.drawn += kept.drawn;
            spent.most = spent.most.max(kept.drawn);
        }
    }
}
