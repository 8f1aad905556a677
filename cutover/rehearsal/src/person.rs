//! The person on call during a simulated run: who approves, tries again, and takes back.

use caravan_cutover_engine::{Event, Hold, Moment, Phase, State};

/// Milliseconds after which a person sees what waits for them.
pub(crate) const REACTION_MS: u64 = 60_000;
/// How often a person tries the same thing again before they do something else.
const MAX_TRIES: u32 = 3;

/// What a person wants of the run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Intention {
    /// Everything on the new side, for good.
    Through,
    /// Everything on the new side, and after the soak nothing old left.
    Finalised,
    /// Everything on the new side, and then back again.
    ThereAndBack,
    /// Back again with even seeds; of the others one half is finalised, and one is not.
    BySeed,
    /// Back as soon as so many events are in the journal.
    BackAfter(usize),
    /// The same, but where the rollback is stuck they leave it to others at once.
    GiveUpAfter(usize),
    /// To be finalised, and then back as soon as so many events are in the journal, where there is a way back still.
    FinaliseAndBackAfter(usize),
}

impl Intention {
    /// Whether the run is to end on the new side.
    #[must_use]
    pub(crate) const fn is_forward(self) -> bool {
        matches!(self, Self::Through | Self::Finalised)
    }

    /// What is wanted of the run of a seed.
    #[must_use]
    pub(crate) const fn of(self, seed: u64) -> Self {
        match self {
            Self::BySeed if seed.is_multiple_of(2) => Self::ThereAndBack,
            Self::BySeed if seed % 4 == 3 => Self::Finalised,
            Self::BySeed => Self::Through,
            other => other,
        }
    }
}

/// How a person on call answers what waits for them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Manner {
    /// Within a minute, and with care.
    #[default]
    Prompt,
    /// With care, but only after a while.
    Late {
        /// How long after, in milliseconds.
        ms: u64,
    },
    /// Never.
    Silent,
    /// Within a minute, but the first times with whatever command comes to their mind.
    Careless {
        /// How many times.
        answers: u8,
        /// What decides the commands.
        seed: u64,
    },
}

/// A person who approves, tries again, takes back, and in the end leaves things to others.
#[derive(Clone, Debug)]
pub struct Person {
    intention: Intention,
    manner: Manner,
    chance: fastrand::Rng,
    /// How often they were careless.
    careless: u8,
    tries: u32,
    /// Whether the conflict that they see was already tried again.
    tried_again: bool,
    aborted: bool,
    /// How often they have approved that it is finalised.
    finalised: u32,
}

impl Person {
    /// A person who wants that, and answers in this manner.
    #[must_use]
    pub fn new(intention: Intention, manner: Manner) -> Self {
        let seed = if let Manner::Careless { seed, .. } = manner { seed } else { 0 };
        let chance = fastrand::Rng::with_seed(seed);
        Self { intention, manner, chance, careless: 0, tries: 0, tried_again: false, aborted: false, finalised: 0 }
    }

    /// Milliseconds after which they answer what waits for them; none when they never do.
    pub(crate) const fn reaction_ms(&self) -> Option<u64> {
        match self.manner {
            Manner::Prompt | Manner::Careless { .. } => Some(REACTION_MS),
            Manner::Late { ms } => Some(ms),
            Manner::Silent => None,
        }
    }

    /// Whether they wait for the soak and then finalise.
    pub(crate) const fn finalises(&self) -> bool {
        matches!(self.intention, Intention::Finalised | Intention::FinaliseAndBackAfter(_))
    }

    /// What a careless person commands, whether or not the run allows it; none when they take care.
    pub(crate) fn careless(&mut self, at: Moment) -> Option<Event> {
        match self.manner {
            Manner::Careless { answers, .. } if self.careless < answers => {}
            _ => return None,
        }
        self.careless += 1;
        let who = who();
        Some(match self.chance.u8(0..14) {
            0..=3 => Event::Approved { who, at, shown: None },
            4 | 5 => Event::Paused { who, at },
            6 => Event::Resumed { who, at },
            7 => Event::Retried { who, at },
            8 | 9 => Event::Aborted { who, at, despite_probes: None },
            10 => Event::Adopted { who, at, shown: None },
            11 => Event::FinaliseApproved { who, at, shown: None },
            12 => Event::FinaliseApproved { who: another(), at, shown: None },
            _ => Event::Released { who, at, reason: None },
        })
    }

    /// What they commanded was taken in.
    pub(crate) const fn commanded(&mut self, event: &Event) {
        self.aborted |= matches!(event, Event::Aborted { .. });
    }

    /// Something has changed since they tried: a conflict that they see now is another one.
    pub(crate) const fn hears_news(&mut self) {
        self.tried_again = false;
    }

    /// What they do on their own account, whatever the run is doing.
    pub(crate) fn interrupts(&mut self, state: &State, journalled: usize, at: Moment) -> Option<Event> {
        match self.intention {
            Intention::BackAfter(events) | Intention::GiveUpAfter(events) | Intention::FinaliseAndBackAfter(events)
                if !self.aborted && journalled >= events && !state.is_over() && !state.is_one_way() =>
            {
                self.aborted = true;
                Some(Event::Aborted { who: who(), at, despite_probes: None })
            }
            _ => None,
        }
    }

    /// What they do about a run that waits for them.
    pub(crate) fn answers(&mut self, state: &State, at: Moment) -> Option<Event> {
        let who = who();
        self.tries += 1;
        let tries_again = self.tries <= MAX_TRIES;
        let in_conflict = matches!(state.phase, Phase::Conflict { .. });
        let tried_again = std::mem::replace(&mut self.tried_again, in_conflict);
        match &state.phase {
            Phase::AwaitingApproval { .. } => {
                self.tries = 0;
                Some(Event::Approved { who, at, shown: None })
            }
            Phase::Paused | Phase::Held { reason: Hold::Adopted, .. } => Some(Event::Resumed { who, at }),
            Phase::Held { .. } if tries_again => Some(Event::Retried { who, at }),
            Phase::Held { .. } if !self.aborted && !state.is_one_way() => self.abort(who, at),
            Phase::Held { .. } => Some(Event::Resumed { who, at }),
            Phase::Conflict { .. } if !tried_again => Some(Event::Retried { who, at }),
            Phase::Conflict { .. } if !self.aborted && !state.is_one_way() => self.abort(who, at),
            Phase::Conflict { .. } => Some(Event::Adopted { who, at, shown: None }),
            Phase::Stuck { .. } if matches!(self.intention, Intention::GiveUpAfter(_)) => {
                Some(Event::Released { who, at, reason: None })
            }
            Phase::Stuck { .. } => Some(Event::Retried { who, at }),
            Phase::Shifted => {
                self.tries = 0;
                match self.intention {
                    Intention::ThereAndBack | Intention::BackAfter(_) | Intention::GiveUpAfter(_) if !self.aborted => {
                        self.abort(who, at)
                    }
                    // Their words were void so often that they take it back.
                    Intention::Finalised | Intention::FinaliseAndBackAfter(_)
                        if self.finalised > 2 * MAX_TRIES && !self.aborted && !state.is_one_way() =>
                    {
                        self.abort(who, at)
                    }
                    Intention::Finalised | Intention::FinaliseAndBackAfter(_) => {
                        self.finalised += 1;
                        let is_second = state.finalise_approved_by.contains(&who);
                        let who = if is_second { another() } else { who };
                        Some(Event::FinaliseApproved { who, at, shown: None })
                    }
                    _ => Some(Event::Released { who, at, reason: None }),
                }
            }
            _ => None,
        }
    }

    fn abort(&mut self, who: String, at: Moment) -> Option<Event> {
        self.aborted = true;
        self.tries = 0;
        Some(Event::Aborted { who, at, despite_probes: None })
    }
}

/// The other one of the two persons who approve that a run is finalised.
fn another() -> String {
    "somebody else".to_owned()
}

fn who() -> String {
    "rehearsal".to_owned()
}
