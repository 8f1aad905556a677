//! Everything that the interface knows. Views read it, the update alone changes it.

mod audit;
mod bookmarks;
mod domains;
mod graph;
mod preview;
mod readiness;
mod windowed;

pub(crate) use audit::{AuditState, EntryState};
pub(crate) use bookmarks::Spot;
pub(crate) use domains::{DomainState, DomainsState};
pub(crate) use graph::{FocusState, GraphState};
pub(crate) use preview::{PreviewItem, PreviewSide, PreviewState};
pub(crate) use readiness::{AssessedState, ReadinessState};
pub(crate) use windowed::Windowed;

use crate::data::{Detail, Member, Overview, PlanText, Row, RunRow, RunView, WaveRow};
use crate::effect::Order;
use crate::place::{Access, Place};
use crate::session::{Answered, Trouble};
use crate::theme::Role;
use caravan_cutover::operator::RunStatus;
use caravan_cutover_engine::Moment;
use caravan_inventory::{Query, Question, WorkloadId};
use std::collections::BTreeMap;

/// What is on the screen.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Screen {
    /// What needs a person now.
    Overview,
    /// Every workload that was found.
    Inventory,
    /// Hostnames, and what stands around one thing.
    Graph,
    /// What should become of each workload, and what keeps it from moving.
    Readiness,
    /// Waves, their plans and their runs.
    Waves,
    /// One run.
    Cutover,
    /// Who did what of a run, and when.
    Audit,
    /// Customers' hostnames.
    Domains,
    /// What becomes of an app, file by file.
    Preview,
}

/// Everything that the interface knows.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) place: Place,
    /// The time of day.
    pub(crate) now: Moment,
    /// Columns and rows of the terminal.
    pub(crate) size: (u16, u16),
    pub(crate) screen: Screen,
    /// The screens that Back leads to, the last one first to be taken.
    pub(crate) trail: Vec<Screen>,
    pub(crate) overview: OverviewState,
    pub(crate) inventory: InventoryState,
    pub(crate) graph: GraphState,
    pub(crate) readiness: ReadinessState,
    pub(crate) waves: WavesState,
    pub(crate) cutover: CutoverState,
    pub(crate) audit: AuditState,
    pub(crate) domains: DomainsState,
    pub(crate) preview: PreviewState,
    /// The places that were kept, by their letters.
    pub(crate) marks: BTreeMap<char, Spot>,
    pub(crate) overlay: Option<Overlay>,
    /// What was said, the newest last.
    pub(crate) messages: Vec<Message>,
    /// Until when the newest message is shown at the bottom.
    pub(crate) shown_until: Moment,
    /// Orders that were given and are not carried out yet.
    pub(crate) sent: Vec<Order>,
    /// What is ordered once an order was carried out.
    pub(crate) after: Vec<(Order, Order)>,
    /// When everything was last read anew by itself.
    pub(crate) refreshed: Moment,
    /// Whether anything has changed since it was drawn.
    pub(crate) dirty: bool,
}

/// Something that is asked for and comes later.
#[derive(Clone, Debug)]
pub(crate) struct Loaded<T> {
    /// What came last.
    pub(crate) value: Option<T>,
    /// Why nothing newer came; none when it did.
    pub(crate) trouble: Option<Trouble>,
    /// When it came.
    pub(crate) at: Moment,
}

#[derive(Debug, Default)]
pub(crate) struct OverviewState {
    pub(crate) told: Loaded<Overview>,
    pub(crate) questions: Loaded<usize>,
    pub(crate) marked: usize,
}

/// Which of two panes has the keyboard.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Pane {
    #[default]
    List,
    Side,
}

#[derive(Debug)]
pub(crate) struct InventoryState {
    /// The filter that holds, as it was typed.
    pub(crate) text: String,
    pub(crate) query: Query,
    pub(crate) list: Windowed<Row>,
    pub(crate) detail: Option<DetailState>,
    pub(crate) pane: Pane,
}

#[derive(Debug)]
pub(crate) struct DetailState {
    pub(crate) id: WorkloadId,
    pub(crate) told: Loaded<Box<Detail>>,
    pub(crate) top: usize,
}

#[derive(Debug, Default)]
pub(crate) struct WavesState {
    pub(crate) list: Loaded<Vec<WaveRow>>,
    /// The line where the keyboard is, among waves and runs.
    pub(crate) marked: usize,
    pub(crate) plan: Option<PlanState>,
    /// The steps of a wave as they are written, in the place of its plan.
    pub(crate) members: Option<MembersState>,
    pub(crate) pane: Pane,
}

#[derive(Debug)]
pub(crate) struct PlanState {
    pub(crate) wave: String,
    pub(crate) told: Loaded<PlanText>,
    pub(crate) top: usize,
}

#[derive(Debug)]
pub(crate) struct MembersState {
    pub(crate) wave: String,
    pub(crate) told: Loaded<Vec<Member>>,
    pub(crate) marked: usize,
}

/// One line of the list of waves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum WaveLine {
    /// The wave at this place.
    Wave(usize),
    /// The run at this place, of the wave at that one.
    Run(usize, usize),
}

#[derive(Debug, Default)]
pub(crate) struct CutoverState {
    pub(crate) run: Option<String>,
    pub(crate) told: Loaded<Box<RunView>>,
    /// The stage that is looked at; none where it follows what happens.
    pub(crate) marked: Option<usize>,
    /// Whether the stages have the keyboard, or what stands beside them.
    pub(crate) pane: Pane,
    /// The first line that is seen of what stands beside the stages.
    pub(crate) top: usize,
}

/// What lies over the screen and has the keyboard.
#[derive(Debug)]
pub(crate) enum Overlay {
    Help {
        top: usize,
    },
    Palette {
        typed: String,
        marked: usize,
    },
    Filter {
        typed: String,
        problem: Option<String>,
    },
    /// A part of a hostname, an id, or a part of a customer's name.
    Find {
        typed: String,
    },
    /// The wave that steps come to.
    MoveTo {
        from: String,
        what: Moved,
        typed: String,
    },
    /// The answer to a question.
    Answer {
        question: Question,
        typed: String,
        /// Which of its options was put there last.
        option: Option<usize>,
    },
    /// The letter of a place: to keep it, or to go there.
    Mark {
        sets: bool,
    },
    Messages {
        top: usize,
    },
    Confirm(Confirm),
}

/// A change that waits for a person's word.
#[derive(Debug)]
pub(crate) struct Confirm {
    pub(crate) title: String,
    /// What is known before the word is given.
    pub(crate) lines: Vec<String>,
    pub(crate) order: Order,
    /// What is ordered with the same word, once the order was carried out; never when it was not.
    pub(crate) then: Option<Box<Order>>,
    pub(crate) by: By,
    /// When it was opened: what was typed ahead confirms nothing.
    pub(crate) opened: Moment,
    pub(crate) top: usize,
}

/// What moves from one wave to another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Moved {
    /// The steps of one workload.
    Workload(WorkloadId),
    /// Everything: the two become one.
    All,
}

/// The word that is wanted.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum By {
    /// This name, typed whole.
    Name { name: String, typed: String },
    /// `y`.
    Yes,
}

/// Something that was said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Message {
    pub(crate) at: Moment,
    pub(crate) role: Role,
    pub(crate) text: String,
}

/// How many messages are kept.
const MESSAGES: usize = 200;
/// How long a message is shown at the bottom, in milliseconds.
const SHOWN_MS: u64 = 6_000;

impl<T> Default for Loaded<T> {
    fn default() -> Self {
        Self { value: None, trouble: None, at: Moment(0) }
    }
}

impl<T> Loaded<T> {
    /// Takes an answer in; what was there before stays when none came.
    pub(crate) fn take(&mut self, answered: Answered<T>, now: Moment) -> Option<Trouble> {
        match answered {
            Ok(value) => {
                (self.value, self.trouble, self.at) = (Some(value), None, now);
                None
            }
            Err(trouble) => {
                let is_news = self.trouble.as_ref() != Some(&trouble);
                self.trouble = Some(trouble.clone());
                is_news.then_some(trouble)
            }
        }
    }
}

impl Default for InventoryState {
    fn default() -> Self {
        Self {
            text: String::new(),
            query: Query::All(Vec::new()),
            list: Windowed::default(),
            detail: None,
            pane: Pane::List,
        }
    }
}

impl Screen {
    /// Every screen, in the order of their keys.
    pub const ALL: &[Self] = &[
        Self::Overview,
        Self::Inventory,
        Self::Graph,
        Self::Readiness,
        Self::Waves,
        Self::Cutover,
        Self::Audit,
        Self::Domains,
        Self::Preview,
    ];

    /// Its title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Inventory => "Inventory",
            Self::Graph => "Graph",
            Self::Readiness => "Readiness",
            Self::Waves => "Waves",
            Self::Cutover => "Cutover",
            Self::Audit => "Audit",
            Self::Domains => "Domains",
            Self::Preview => "Preview",
        }
    }

    /// The beginning of its title, where there is little room.
    #[must_use]
    pub fn short(self) -> &'static str {
        self.title().get(..3).unwrap_or_else(|| self.title())
    }
}

impl Model {
    pub(crate) fn new(place: Place, size: (u16, u16), now: Moment) -> Self {
        Self {
            place,
            now,
            size,
            screen: Screen::Overview,
            trail: Vec::new(),
            overview: OverviewState::default(),
            inventory: InventoryState::default(),
            graph: GraphState::default(),
            readiness: ReadinessState::default(),
            waves: WavesState::default(),
            cutover: CutoverState::default(),
            audit: AuditState::default(),
            domains: DomainsState::default(),
            preview: PreviewState::default(),
            marks: BTreeMap::new(),
            overlay: None,
            messages: Vec::new(),
            shown_until: Moment(0),
            sent: Vec::new(),
            after: Vec::new(),
            refreshed: now,
            dirty: true,
        }
    }

    /// Whether orders can be given.
    pub(crate) fn operates(&self) -> bool {
        self.place.access == Access::Operator
    }

    /// Says something at the bottom, and keeps it.
    pub(crate) fn say(&mut self, role: Role, text: impl Into<String>) {
        self.messages.push(Message { at: self.now, role, text: text.into() });
        let more = self.messages.len().saturating_sub(MESSAGES);
        self.messages.drain(..more);
        self.shown_until = self.now.plus_ms(SHOWN_MS);
    }

    /// Says why something went wrong.
    pub(crate) fn say_trouble(&mut self, trouble: &Trouble) {
        let hints: String = trouble.hints.iter().map(|hint| format!("; {hint}")).collect();
        self.say(Role::Bad, format!("{}{hints}", trouble.text));
    }

    /// Keeps something without showing it at the bottom.
    pub(crate) fn note(&mut self, text: String) {
        self.messages.push(Message { at: self.now, role: Role::Dim, text });
    }

    /// The message at the bottom, for as long as it is shown.
    pub(crate) fn shown_message(&self) -> Option<&Message> {
        self.messages.iter().rev().find(|said| said.role != Role::Dim).filter(|_| self.now < self.shown_until)
    }
}

/// Whether somebody drives a run, as far as its lease says.
pub(crate) fn is_driven(status: &RunStatus) -> bool {
    status.driver.as_ref().is_some_and(|driver| driver.drives)
}

impl WavesState {
    /// The lines of the list.
    pub(crate) fn lines(&self) -> Vec<WaveLine> {
        let waves = self.list.value.iter().flatten().enumerate();
        let lines = waves.flat_map(|(at, wave)| {
            let runs = (0..wave.runs.len()).map(move |run| WaveLine::Run(at, run));
            std::iter::once(WaveLine::Wave(at)).chain(runs)
        });
        lines.collect()
    }

    /// Every run with its wave, in the order of the list.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (&WaveRow, &RunRow)> {
        self.list.value.iter().flatten().flat_map(|wave| wave.runs.iter().map(move |run| (wave, run)))
    }

    /// The wave that is marked, or whose run is.
    pub(crate) fn marked_wave(&self) -> Option<&WaveRow> {
        let (WaveLine::Wave(at) | WaveLine::Run(at, _)) = *self.lines().get(self.marked)?;
        self.list.value.as_ref()?.get(at)
    }

    /// The run that is marked.
    pub(crate) fn marked_run(&self) -> Option<&str> {
        let WaveLine::Run(wave, run) = *self.lines().get(self.marked)? else { return None };
        Some(self.list.value.as_ref()?.get(wave)?.runs.get(run)?.name.as_str())
    }
}
