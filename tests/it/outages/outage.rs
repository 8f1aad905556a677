//! One outage: of what, during which part of a run, for how long, and what people want meanwhile. And the table of all.

use crate::places::Answer;
use caravan_cutover_engine::{Direction, Phase, State, Task};
use caravan_tests_testbed::Fault;

/// Where the target of the run stands. Names stand in ministack alone: moto takes no simple record in the batch that takes the
/// weighted ones of its name away, so that none can be put back there.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Server {
    NameInMinistack,
    RuleInMoto,
    ListenerInMoto,
    RuleInFakecloud,
    /// Of a Gateway that nobody serves; the test says what its controller would.
    Route,
    /// Of a Gateway that Envoy Gateway serves.
    RouteOfEnvoyGateway,
}

/// What is wrong while it lasts.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Trouble {
    /// Connections are reset.
    Reset,
    /// Connections are taken and never answered.
    Silence,
    /// Everything is answered by 503.
    Unavailable,
    /// Everything is refused as too fast.
    Throttled,
    /// Everything is done, and nothing answered.
    Deaf,
    /// The balancer finds no target healthy.
    Unhealthy,
}

/// The part of a run in which it begins; stages by their places.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum During {
    /// The provider is away when a stage is about to be written.
    Write(usize),
    /// The provider is away when it is asked whether users follow.
    Settle(usize),
    /// The new side is away while a stage bakes.
    Bake(usize),
    /// Both sides are away while a stage bakes.
    BothSides(usize),
    /// The new side has failed for good while a stage bakes, and the provider is away.
    SideAndProvider(usize),
    /// The provider is away when the original is about to be put back.
    WriteBack,
    /// The provider is away when it is asked whether users are back.
    SettleBack,
    /// The old side is away when users are to go back to it.
    GuardBack,
}

/// What people want meanwhile.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Way {
    /// To go on: whoever holds is told to retry once the outage is over, and taken back from the end.
    On,
    /// To go back, from a second after it has begun.
    Back,
}

/// One outage.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Outage {
    pub(super) seconds: u64,
    pub(super) server: Server,
    pub(super) during: During,
    pub(super) way: Way,
    pub(super) trouble: Trouble,
}

pub(super) const SERVERS: [Server; 6] = [
    Server::NameInMinistack,
    Server::RuleInMoto,
    Server::ListenerInMoto,
    Server::RuleInFakecloud,
    Server::Route,
    Server::RouteOfEnvoyGateway,
];
const TROUBLES: [Trouble; 5] =
    [Trouble::Reset, Trouble::Silence, Trouble::Unavailable, Trouble::Throttled, Trouble::Deaf];
/// At 0, 10, 50 and 100 %.
const STAGES: [usize; 4] = [0, 1, 2, 3];
/// At 50 %.
const HALF: usize = 2;

/// Every outage of this length that there is a place for.
pub(super) fn all(seconds: u64) -> Vec<Outage> {
    let there = STAGES.into_iter().flat_map(|stage| [During::Write, During::Settle, During::Bake].map(|of| of(stage)));
    let there = there.chain([During::BothSides(HALF)]).flat_map(|during| [(during, Way::On), (during, Way::Back)]);
    let back = [During::SideAndProvider(HALF), During::WriteBack, During::SettleBack, During::GuardBack];
    let places: Vec<_> = there.chain(back.map(|during| (during, Way::Back))).collect();
    let troubles = TROUBLES.into_iter().chain([Trouble::Unhealthy]);
    let every = troubles.flat_map(|trouble| {
        let places = places.iter();
        places.flat_map(move |(during, way)| {
            SERVERS.map(|server| Outage { seconds, server, during: *during, way: *way, trouble })
        })
    });
    every.filter(Outage::is_possible).collect()
}

/// Of each kind one place: every server with every trouble, at a stage that differs from server to server.
pub(super) fn one_of_each_kind() -> Vec<Outage> {
    let places = [
        (During::Write(0), Way::On),
        (During::Settle(1), Way::Back),
        (During::WriteBack, Way::Back),
        (During::Settle(2), Way::On),
        (During::SettleBack, Way::Back),
        (During::SideAndProvider(HALF), Way::Back),
        (During::Write(3), Way::Back),
    ];
    let of_sides = [(During::Bake(1), Way::On), (During::GuardBack, Way::Back), (During::Bake(3), Way::On)];
    let mut outages = Vec::new();
    for (length, seconds) in [5, 40].into_iter().enumerate() {
        for (at, server) in SERVERS.into_iter().enumerate() {
            for (kind, trouble) in TROUBLES.into_iter().enumerate() {
                let (during, way) = places[(at * 2 + kind + length * 3) % places.len()];
                outages.push(Outage { seconds, server, during, way, trouble });
            }
            let (during, way) = of_sides[(at + length) % of_sides.len()];
            outages.push(Outage { seconds, server, during, way, trouble: TROUBLES[at % TROUBLES.len()] });
        }
        let (during, trouble) = (During::Settle(HALF), Trouble::Unhealthy);
        let of_rules =
            [(Server::RuleInMoto, Way::On), (Server::ListenerInMoto, Way::Back), (Server::RuleInFakecloud, Way::On)];
        for (server, way) in of_rules {
            outages.push(Outage { seconds, server, during, way, trouble });
        }
    }
    outages
}

impl Server {
    /// Whether it is one of the places that a load balancer has.
    pub(super) const fn is_balancer(self) -> bool {
        matches!(self, Self::RuleInMoto | Self::ListenerInMoto | Self::RuleInFakecloud)
    }
}

impl Outage {
    /// A side that is deaf is a silent one; only of a rule the health of targets is asked.
    fn is_possible(&self) -> bool {
        match self.trouble {
            Trouble::Deaf => !self.during.is_of_sides(),
            Trouble::Unhealthy => {
                let settles = matches!(self.during, During::Settle(_) | During::SettleBack);
                settles && self.server.is_balancer()
            }
            _ => true,
        }
    }

    /// Whether the new side may be found to have failed, and everything goes back.
    pub(super) const fn may_end_the_way_there(&self) -> bool {
        matches!(self.during, During::Bake(_) | During::BothSides(_) | During::SideAndProvider(_))
    }

    /// Whether the new side is bad while users may be on it.
    pub(super) const fn is_bad_for_users(&self) -> bool {
        matches!(self.during, During::Bake(1..) | During::SideAndProvider(_))
    }
}

impl During {
    /// Whether a run is there.
    pub(super) fn is(self, state: &State) -> bool {
        let enters = |at| match state.phase.task() {
            Some(Task::Enter { stage, .. }) => stage == at,
            _ => false,
        };
        let undoes = matches!(state.phase.task(), Some(Task::Undo { .. }));
        match self {
            Self::Write(stage) => matches!(state.phase, Phase::Applying { .. }) && enters(stage),
            Self::Settle(stage) => matches!(state.phase, Phase::Settling { .. }) && enters(stage),
            Self::Bake(stage) | Self::BothSides(stage) | Self::SideAndProvider(stage) => {
                matches!(state.phase, Phase::Baking { .. })
                    && state.direction == Direction::Forward
                    && state.steps[0].stage == Some(stage)
            }
            Self::WriteBack => matches!(state.phase, Phase::Applying { .. }) && undoes,
            Self::SettleBack => matches!(state.phase, Phase::SettlingAll { .. }),
            Self::GuardBack => matches!(state.phase, Phase::Guarding { .. }) && undoes,
        }
    }

    /// Whether sides are away, and the provider is not.
    pub(super) const fn is_of_sides(self) -> bool {
        matches!(self, Self::Bake(_) | Self::BothSides(_) | Self::GuardBack)
    }

    /// Whether it is part of the way back.
    pub(super) const fn is_back(self) -> bool {
        matches!(self, Self::WriteBack | Self::SettleBack | Self::GuardBack)
    }
}

impl Trouble {
    /// What a provider's API does then.
    pub(super) fn of_provider(self) -> Fault {
        match self {
            Self::Reset => Fault::Reset,
            Self::Silence => Fault::Silence,
            Self::Unavailable => Fault::html(503),
            Self::Throttled => Fault::Throttle,
            // Longer than any caller waits.
            Self::Deaf => Fault::Applied { milliseconds: 15_000 },
            Self::Unhealthy => Fault::unhealthy(),
        }
    }

    /// What a side does then.
    pub(super) const fn of_side(self) -> Answer {
        match self {
            Self::Reset => Answer::Reset,
            Self::Silence | Self::Deaf => Answer::Silence,
            Self::Unavailable | Self::Unhealthy => Answer::Status(503),
            Self::Throttled => Answer::Status(429),
        }
    }
}
