//! The answer: of each line the rule, the sources, the evidence and the decisions.

use super::decided;
use super::evidence::{Evidence, Reading};
use super::traced::Traced;
use crate::error::Failure;
use crate::origins::{environment_of, lifted_from};
use caravan_convert::{Origin, Platform, Sources, line_of};
use caravan_inventory::Decisions;
use caravan_inventory_store::Store;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// `caravan.why/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct Answer {
    #[schemars(extend("const" = "caravan.why/v1"))]
    schema: &'static str,
    /// The file, as a path in the tree.
    pub(super) file: String,
    /// The app: `team/app`.
    pub(super) app: String,
    /// Whether the file stands there; where it does not, the lines are those that would be written.
    pub(super) there: bool,
    pub(super) lines: Vec<AnsweredLine>,
}

/// One line of the file.
#[derive(JsonSchema, Serialize)]
pub(crate) struct AnsweredLine {
    /// From 1.
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) state: LineState,
    /// The place in the file: the document, by kind and name, and a JSON pointer into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pointer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule: Option<RuleRow>,
    pub(super) origins: Vec<OriginRow>,
    /// The decisions that it would be another line without, or that a field behind it would be asked about without.
    pub(super) decisions: Vec<decided::DecisionRow>,
}

/// Whose a line is.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LineState {
    /// Caravan's: it would be written as it is.
    Generated,
    /// Somebody's who changed the file: it is kept.
    Edited,
    /// It was generated once, and would not be any more.
    Outdated,
}

#[derive(Clone, JsonSchema, Serialize)]
pub(super) struct RuleRow {
    pub(super) name: &'static str,
    pub(super) says: &'static str,
}

/// One thing that decided a line.
#[derive(Clone, JsonSchema, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub(super) enum OriginRow {
    /// A field of the app's plconfig.yaml as it holds in the file's environment.
    Plconfig {
        pointer: String,
        /// Its line in plconfig.yaml; none where it stands in no line of its own.
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<u32>,
        /// Whether somebody wrote it, and not the lift.
        edited: bool,
        /// What it was lifted from; empty where somebody wrote it.
        lifted_from: Vec<OriginRow>,
    },
    /// The environment that the file is for.
    Environment { name: String },
    /// A setting of the platform: a key of `caravan.yaml`.
    Setting { key: String, value: Value },
    /// A place of people.yaml.
    People { pointer: String },
    /// The rule alone.
    Default,
    /// A field of a source document, with what is known of it.
    Source(Evidence),
    /// A workload as a whole.
    Workload { id: String, environment: String },
    /// An app as a whole: what it asks of the platform.
    App { team: String, app: String },
    /// A shared resource as a whole.
    Resource { observation: String },
    /// Somebody changed the file.
    Edited,
}

impl OriginRow {
    /// The fields of sources that it is, or leads to.
    fn fields(&self) -> Vec<&Evidence> {
        match self {
            Self::Source(field) => vec![field],
            Self::Plconfig { lifted_from, .. } => lifted_from.iter().flat_map(Self::fields).collect(),
            _ => Vec::new(),
        }
    }
}

/// Says it of every line.
///
/// # Errors
/// When the inventory can't be read.
pub(super) fn answer(
    store: &Store,
    decisions: &Decisions,
    platform: &Platform,
    traced: &Traced,
) -> Result<Answer, Failure> {
    let members = traced.app.members.iter().map(|member| &member.environment);
    let rows = Rows {
        traced,
        sources: Sources::new(members.zip(&traced.ledgers)),
        platform: serde_json::to_value(platform).unwrap_or_default(),
        plconfig: traced.plconfig.as_ref().map(|file| String::from_utf8_lossy(&file.bytes).into_owned()),
    };
    let mut reading = Reading::new(store, &traced.ledgers);
    let decided = decided::of(store, decisions, platform, traced)?;
    let mut lines = Vec::new();
    for ((at, text), written) in (1..).zip(traced.text.lines()).zip(traced.written()) {
        let mut line = rows.line(&mut reading, at, text, written)?;
        line.decisions = decided.of(written, line.origins.iter().flat_map(OriginRow::fields));
        lines.push(line);
    }
    let app = format!("{}/{}", traced.app.team, traced.app.name);
    Ok(Answer { schema: "caravan.why/v1", file: traced.path.clone(), app, there: traced.there, lines })
}

/// What rows are made of.
struct Rows<'a> {
    traced: &'a Traced,
    sources: Sources<'a>,
    platform: Value,
    /// The text of plconfig.yaml.
    plconfig: Option<String>,
}

impl Rows<'_> {
    fn line(
        &self,
        reading: &mut Reading<'_>,
        line: usize,
        text: &str,
        written: Option<u32>,
    ) -> Result<AnsweredLine, Failure> {
        let span = written.and_then(|line| self.traced.provenance.line(line));
        let is_mine = span.is_none_or(|span| span.origins.contains(&Origin::Edited));
        let state = match (span, self.traced.as_generated) {
            (None, true) => LineState::Outdated,
            _ if is_mine => LineState::Edited,
            _ => LineState::Generated,
        };
        let mut origins = Vec::new();
        for origin in span.iter().flat_map(|span| &span.origins) {
            origins.push(self.origin(reading, origin)?);
        }
        if span.is_none() && state == LineState::Edited {
            origins.push(OriginRow::Edited);
        }
        Ok(AnsweredLine {
            line,
            text: text.to_owned(),
            state,
            document: span.and_then(|span| span.place.document.clone()),
            pointer: span.map(|span| span.place.pointer.clone()),
            rule: span.map(|span| RuleRow { name: span.rule.name, says: span.rule.says }),
            origins,
            decisions: Vec::new(),
        })
    }

    fn origin(&self, reading: &mut Reading<'_>, origin: &Origin) -> Result<OriginRow, Failure> {
        let environment = || environment_of(&self.traced.path).unwrap_or_default().to_owned();
        Ok(match origin {
            Origin::Plconfig { pointer } => {
                let edited = self.is_edited(pointer);
                let mut lifted = Vec::new();
                if !edited {
                    for origin in lifted_from(&self.traced.path, origin, &self.sources) {
                        lifted.push(self.origin(reading, &origin)?);
                    }
                }
                OriginRow::Plconfig {
                    pointer: pointer.clone(),
                    line: self.plconfig_line(pointer),
                    edited,
                    lifted_from: lifted,
                }
            }
            Origin::Environment => OriginRow::Environment { name: environment() },
            Origin::Setting { name } => OriginRow::Setting {
                key: format!("platform.{}", name.replace('/', ".")),
                value: self.platform.pointer(&format!("/{name}")).cloned().unwrap_or_default(),
            },
            Origin::People { pointer } => OriginRow::People { pointer: pointer.clone() },
            Origin::Default => OriginRow::Default,
            Origin::Source { observation, pointer, verdict } => {
                OriginRow::Source(reading.evidence(observation, pointer, verdict)?)
            }
            Origin::Workload { id, environment } => {
                OriginRow::Workload { id: id.to_string(), environment: environment.to_string() }
            }
            Origin::App { team, app } => OriginRow::App { team: team.clone(), app: app.clone() },
            Origin::Observed { observation } => OriginRow::Resource { observation: observation.to_string() },
            Origin::Edited => OriginRow::Edited,
        })
    }

    /// The places in plconfig.yaml where a field of one environment may stand: in its patch, or for all.
    fn plconfig_places(&self, pointer: &str) -> [String; 2] {
        let environment = environment_of(&self.traced.path).unwrap_or_default();
        [format!("/environments/{environment}{pointer}"), pointer.to_owned()]
    }

    fn plconfig_line(&self, pointer: &str) -> Option<u32> {
        let text = self.plconfig.as_deref()?;
        self.plconfig_places(pointer).iter().find_map(|place| line_of(text, place))
    }

    /// Whether somebody wrote the field, or what it is inside of, or something inside of it.
    fn is_edited(&self, pointer: &str) -> bool {
        let Some(file) = &self.traced.plconfig else { return false };
        let below = |outer: &str, inner: &str| {
            inner == outer || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
        };
        let edited = file.provenance.spans().iter().filter(|span| span.origins.contains(&Origin::Edited));
        let places = self.plconfig_places(pointer);
        edited.into_iter().any(|span| {
            places.iter().any(|place| below(place, &span.place.pointer) || below(&span.place.pointer, place))
        })
    }
}
