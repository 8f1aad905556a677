//! Where a move is: nothing but what its journal says.

use crate::{Act, Held, Hold, Message, MovePlan, Outcome, Stand};
use caravan_cutover_engine::Moment;
use caravan_providers::Write;
use caravan_providers::target::{FencingToken, Snapshot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The stage of a move.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nobody has started it.
    Planned,
    /// Whether the authority may sign, and its challenge gets to us.
    Routable,
    /// The certificate comes to the new edge.
    Certificate,
    /// The new edge is made to serve the name.
    Edge,
    /// The new edge passes twice, some time apart.
    Preflight,
    /// The record of ours is remembered for a shorter time.
    Lowering,
    /// Approval, window, and the name is led to the new edge.
    Flip,
    /// Resolvers forget the old answer.
    Converging,
    /// Users are on the new edge, with evidence that it serves them.
    Soaking,
    /// The way of the next certificate is tried.
    Renewal,
    /// Two people release the old side.
    Release,
    /// It is released: there is no way back.
    Releasing,
    /// Everything goes back as it was.
    Back,
    /// It is over.
    Over(Outcome),
}

/// A change that is under way.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Intent {
    /// The change.
    pub act: Act,
    /// When it was intended.
    pub at: Moment,
}

/// An order for the certificate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Order {
    /// Its URL: journalled as soon as it was known.
    pub url: String,
    /// How far it is.
    pub phase: OrderPhase,
    /// Whether the answer to its challenge may stand somewhere.
    pub presented: bool,
}

/// How far an order is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderPhase {
    /// It was placed.
    Placed,
    /// The answer to its challenge was put.
    Presented,
    /// The answer is seen from outside.
    Checked,
    /// The authority was told to look, at this moment.
    Validating(Moment),
    /// The name is proven.
    Ready,
    /// The certificate was asked for, at this moment.
    Finalizing(Moment),
    /// The certificate is there.
    Valid,
    /// It lies at the new edge.
    Stored,
    /// It came to nothing.
    Failed,
}

/// What is known of the record of ours.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct RecordState {
    /// What was seen there, since the last change and in this round.
    pub seen: Option<(Snapshot, Option<FencingToken>)>,
    /// As what it was last seen with a token of this run.
    pub confirmed: Option<Stand>,
    /// The last change that was intended.
    pub wrote: Option<Box<Write>>,
    /// Whether every name server was seen to answer it.
    pub settled: bool,
}

/// What the users' side is watched for.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Watch {
    /// Whether where the name leads was looked at in this round, and whether it is the new edge.
    pub leads: Option<bool>,
    /// Whether both sides were looked at in this round.
    pub sides: bool,
    /// Whether the way of the next certificate was seen to be open in this round.
    #[serde(default)]
    pub route: bool,
    /// When the next round begins.
    pub next: Moment,
    /// In how many rounds the new side did not pass while the old one did.
    pub failing: u32,
    /// When everything last was as it must be.
    pub evidence: Option<Moment>,
    /// Milliseconds with evidence.
    pub soaked: u64,
}

/// The state of a move.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct State {
    /// The stage.
    pub stage: Stage,
    /// When it began.
    pub since: Moment,
    /// When the last event was, by the clock of whoever was driving then.
    #[serde(default)]
    pub as_of: Moment,
    /// The epoch of the driver.
    pub epoch: u64,
    /// How many changes of the record were intended: each has a token of its own.
    pub sequence: u64,
    /// Nothing is done before this moment.
    pub not_before: Moment,
    /// A change whose answer was lost may land until this moment: nothing is done before it, whatever people want.
    pub doubt_until: Moment,
    /// How many looks or changes in a row brought nothing.
    pub tries: u32,
    /// Whether a person has stopped it.
    pub paused: bool,
    /// Why it waits.
    pub hold: Option<Hold>,
    /// The change under way.
    pub intent: Option<Intent>,
    /// Whether the new edge was looked at for a certificate that it has already.
    pub looked_for_held: bool,
    /// The order of the certificate that is needed now.
    pub order: Option<Order>,
    /// When the next one may be placed.
    pub next_order: Moment,
    /// How many orders for it came to nothing.
    pub fruitless: u32,
    /// How many certificates in a row were needed because the one before would end too soon.
    pub renewed: u32,
    /// Whether the next one is on its way while users are watched.
    pub renewing: bool,
    /// Whether an order was taken from the limits of the authority that was not placed yet.
    #[serde(default)]
    pub reserved: bool,
    /// Until when some limit of the authority has no order.
    #[serde(default)]
    pub limited_until: Option<Moment>,
    /// When validations of the name failed.
    pub failures: Vec<Moment>,
    /// The certificate at the new edge.
    pub held: Option<Held>,
    /// Whether the new edge was seen to be free for the name, or to serve it as planned.
    pub edge_is_clear: bool,
    /// Whether the new edge may have been made to serve the name.
    pub provisioned: bool,
    /// Whether it was since this stage began.
    pub provisioned_now: bool,
    /// How often the new edge has passed before the name moves.
    pub passes: u32,
    /// When both edges last passed.
    pub passed: Option<Moment>,
    /// When the old edge last passed, whatever the new one did.
    pub old_passed: Option<Moment>,
    /// Whether a person approved the move.
    pub approved: bool,
    /// The record of ours.
    pub record: RecordState,
    /// Whether users may have been led to the new edge.
    pub led: bool,
    /// When the customer was told to move.
    pub instructed: Option<Moment>,
    /// What the customer was told.
    pub told: BTreeSet<Message>,
    /// Whether the name went back to the old edge by the customer's hand.
    pub regressed: bool,
    /// When every name server led to the new edge.
    pub moved: Option<Moment>,
    /// The watch over users.
    pub watch: Watch,
    /// What dangles and was left so by a person.
    #[serde(default)]
    pub left_dangling: Vec<String>,
    /// Once the old side is released: whether nothing was seen to dangle.
    #[serde(default)]
    pub is_clean: bool,
    /// Who released the old side first.
    pub released_by: Option<String>,
    /// On the way back: whether it goes to an old edge that does not answer.
    pub despite_probes: bool,
    /// On the way back: when every name server led to the old edge again.
    pub restored: Option<Moment>,
    /// On the way back: whether the new edge serves the name no more.
    pub unprovisioned: bool,
}

impl State {
    /// Before anybody has started it.
    #[must_use]
    pub fn planned(plan: &MovePlan) -> Self {
        Self {
            stage: Stage::Planned,
            since: Moment(0),
            as_of: Moment(0),
            epoch: 0,
            sequence: 0,
            not_before: Moment(0),
            doubt_until: Moment(0),
            tries: 0,
            paused: false,
            hold: None,
            intent: None,
            looked_for_held: false,
            order: None,
            next_order: Moment(0),
            fruitless: 0,
            renewed: 0,
            renewing: false,
            reserved: false,
            limited_until: None,
            failures: plan.failed_before.clone(),
            held: None,
            edge_is_clear: false,
            provisioned: false,
            provisioned_now: false,
            passes: 0,
            passed: None,
            old_passed: None,
            approved: false,
            record: RecordState::default(),
            led: false,
            instructed: None,
            told: BTreeSet::new(),
            regressed: false,
            moved: None,
            watch: Watch::default(),
            left_dangling: Vec::new(),
            is_clean: false,
            released_by: None,
            despite_probes: false,
            restored: None,
            unprovisioned: false,
        }
    }

    /// Whether there is a way back: until the old side is released.
    #[must_use]
    pub const fn can_go_back(&self) -> bool {
        !matches!(self.stage, Stage::Releasing | Stage::Over(_))
    }

    /// The stages in which users are on the new edge and watched.
    pub(crate) const fn is_watched(&self) -> bool {
        matches!(self.stage, Stage::Converging | Stage::Soaking | Stage::Renewal | Stage::Release)
    }

    /// How many validations failed within this time.
    pub(crate) fn failed_since(&self, from: Moment) -> impl Iterator<Item = Moment> + '_ {
        self.failures.iter().copied().filter(move |at| *at > from)
    }
}
